"""Classifiers of a household's cats, some of which hang on others.

"Our cats" tells leo, charlie and others apart; "Collar" is asked only of leo. In
longer chains bells hang on collars that hang on cats.
"""

from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import ObjectClassifier
from tests.frigate_sim.cameras import NativeModel

from .conftest import Frigate, SetUp, Told, classifier_data, data_of
from .flow.dialogues import submit
from .visits import ScriptedHead, script

COLLAR = NativeModel(
    name="Collar", type="attribute", objects=("cat",), classes={"red": 3, "blue": 3}
)
WITH_COLLAR = {"models": (COLLAR,), "past_events": 0}
CATS = "01CATS"
COLLARS = "01COLLARS"
BELLS = "01BELLS"


def child(
    parent: str, *classes: str, name: str = "Collar", **changes: Any
) -> ConfigSubentryData:
    """Return a classifier that hangs on another one, or on Frigate."""
    return classifier_data(
        **{"classes": ["red", "blue"], "kind": "attribute", "name": name}
        | changes
        | {"condition": {"parent": parent, "classes": list(classes)}}
    )


def with_id(data: ConfigSubentryData, classifier_id: str) -> ConfigSubentryData:
    return ConfigSubentryData(**data, subentry_id=classifier_id)  # type: ignore[typeddict-unknown-key, typeddict-item]


OUR_CATS = with_id(classifier_data(name="Our cats"), "cats")


def named(entry: MockConfigEntry, name: str) -> ObjectClassifier:
    (found,) = (
        item
        for item in data_of(entry).classifiers.values()
        if item.settings.name == name
    )
    assert isinstance(found, ObjectClassifier)
    return found


async def cats_and_collar(
    set_up: SetUp, *said: Any, collar: tuple[Any, ...] = ("red",), **changes: Any
) -> tuple[MockConfigEntry, ScriptedHead, ScriptedHead]:
    """Set up both classifiers, and what their heads will say."""
    entry = await set_up(OUR_CATS, child("cats", "leo", **changes))
    cats = script(named(entry, "Our cats"), *said)
    return entry, cats, script(named(entry, "Collar"), *collar)


def of(told: Told, name: str) -> list[Any]:
    """Return the classes that a classifier assigned, in order; None was taken back."""
    return [
        event.data["class"]
        for event in told
        if event.data["classifier"] == name and not event.data["final"]
    ]


def classifier(classifier_id: str, **changes: Any) -> ConfigSubentryData:
    """Return a classifier of a known id."""
    data: Any = {**classifier_data(**changes), "subentry_id": classifier_id}
    return ConfigSubentryData(**data)


def on(parent: str, *classes: str) -> dict[str, Any]:
    return {"parent": parent, "classes": list(classes)}


async def bells_on_collars_on_cats(set_up: SetUp) -> MockConfigEntry:
    """Set up three classifiers, each of which hangs on the one before."""
    return await set_up(
        classifier(CATS, name="Our cats"),
        classifier(COLLARS, name="Collars", condition=on(CATS, "leo")),
        classifier(BELLS, name="Bells", condition=on(COLLARS, "leo")),
    )


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, classifier_id: str, **changes: Any
) -> Any:
    """Open the form of a classifier, change something and submit it."""
    shown = await entry.start_subentry_reconfigure_flow(hass, classifier_id)
    data = dict(entry.subentries[classifier_id].data)
    return await submit(hass, shown, data | changes)


class SeeingFrigate(Frigate):
    """A Frigate that recognises faces and reads plates."""

    def _config(self) -> dict[str, Any]:
        on = {"enabled": True}
        return super()._config() | {"face_recognition": on, "lpr": on}
