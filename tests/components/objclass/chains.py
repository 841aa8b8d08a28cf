"""Classifiers of a household's cats, some of which hang on others.

"Our cats" tells leo, charlie and others apart; "Collar" is asked only of leo.
"""

from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import ObjectClassifier
from tests.frigate_sim.cameras import NativeModel

from .conftest import SetUp, Told, classifier_data, data_of
from .visits import ScriptedHead, script

COLLAR = NativeModel(
    name="Collar", type="attribute", objects=("cat",), classes={"red": 3, "blue": 3}
)
WITH_COLLAR = {"models": (COLLAR,), "past_events": 0}


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
