"""Creating a classifier, and changing it without losing a labelled crop."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.objclass.classifier import classifier_folder
from custom_components.objclass.const import DOMAIN
from custom_components.objclass.learning.samples import SampleStore

from ..conftest import (
    CLASSIFIER,
    Frigate,
    SetUp,
    classifier_data,
    classifier_of,
    folder_of,
    no_past,
)
from ..crops import keep, learn
from ..entries import finish
from .dialogues import begin, choices, submit

pytestmark = no_past

RULES = {
    "threshold": 0.8,
    "min_attempts": 3,
    "agreement": 0.6,
    "max_attempts": 16,
    "save_attempts": 200,
    "familiarity": True,
    "refuse_worse": False,
}
ANSWER: dict[str, Any] = {
    "name": "Our dogs",
    "labels": ["dog"],
    "classes": ["rex", "bello"],
    "kind": "sub_label",
    "filter": {},
    "rules": RULES,
}


async def change(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Press "Change classifier" of the first one."""
    return await entry.start_subentry_reconfigure_flow(
        hass, next(iter(entry.subentries))
    )


def data_of_first(entry: MockConfigEntry) -> dict[str, Any]:
    return dict(next(iter(entry.subentries.values())).data)


# Creating


async def test_a_classifier_is_created_from_what_frigate_tracks(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    shown = await begin(hass, entry)
    assert shown["step_id"] == "user"
    assert choices(shown, "labels") == {"cat": "cat", "dog": "dog"}
    assert choices(shown, "filter", "cameras") == {
        "Front door": "front_door",
        "Back yard": "back_yard",
    }
    assert set(choices(shown, "filter", "zones")) == {"lawn", "steps"}

    result = await submit(
        hass, shown, ANSWER | {"filter": {"cameras": ["back_yard"], "zones": []}}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Our dogs"
    assert entry.state is ConfigEntryState.LOADED
    classifier = classifier_of(entry, 1)
    assert classifier.settings.name == "Our dogs"
    assert classifier.settings.all_classes == ("rex", "bello", "none")
    assert classifier.settings.cameras == {"back_yard"}
    assert classifier.settings.save_attempts == 200
    assert hass.states.get("sensor.our_dogs_back_yard")
    assert not hass.states.get("sensor.our_dogs_front_door")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {device.name for device in devices} == {"Our cats", "Our dogs"}


async def test_the_rules_are_frigates_own_unless_changed(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    shown = await begin(hass, entry)
    assert shown["data_schema"] is not None
    filled_in = shown["data_schema"](ANSWER | {"rules": {}})
    assert filled_in["rules"] == RULES


async def test_a_classifier_can_be_created_while_frigate_is_away(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.config_entries.async_unload(entry.entry_id)
    shown = await begin(hass, entry)
    assert choices(shown, "labels") == {}
    result = await submit(hass, shown, ANSWER)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert classifier_of(entry, 1).settings.labels == {"dog"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "our  CATS"}, {"name": "name_taken"}),
        ({"name": "  "}, {"name": "bad_name"}),
        ({"name": "x" * 65}, {"name": "bad_name"}),
        ({"labels": []}, {"labels": "no_labels"}),
        ({"classes": []}, {"classes": "class_count"}),
        ({"classes": ["none"]}, {"classes": "class_count"}),
        ({"classes": [f"c{n}" for n in range(50)]}, {"classes": "class_count"}),
        ({"classes": ["rex", "Rex"]}, {"classes": "class_twice"}),
        ({"classes": ["rex", "None"]}, {"classes": "class_reserved"}),
        ({"classes": ["rex", "unknown"]}, {"classes": "class_reserved"}),
        ({"classes": ["rex", "Unavailable"]}, {"classes": "class_reserved"}),
        ({"classes": ["rex", "undecided"]}, {"classes": "class_reserved"}),
        ({"classes": ["rex, bello"]}, {"classes": "class_name"}),
        ({"classes": ["r\x00ex"]}, {"classes": "class_name"}),
        ({"classes": ["x" * 65]}, {"classes": "class_name"}),
        ({"rules": RULES | {"min_attempts": 17}}, {"base": "attempts_crossed"}),
    ],
)
async def test_a_mistake_is_said_and_can_be_corrected(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    change: dict[str, Any],
    error: dict[str, str],
) -> None:
    entry = await set_up()
    shown = await submit(hass, await begin(hass, entry), ANSWER | change)
    assert shown["type"] is FlowResultType.FORM
    assert shown["errors"] == error

    result = await submit(hass, shown, ANSWER)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_names_are_tidied_and_none_need_not_be_written_down(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    answer = ANSWER | {
        "name": "  Our   dogs ",
        "classes": [" rex ", "rex", "none", "old  bello"],
        "rules": RULES | {"min_attempts": 2.0},
    }
    result = await submit(hass, await begin(hass, entry), answer)
    assert result["title"] == "Our dogs"
    assert result["data"]["classes"] == ["rex", "old bello"]
    assert result["data"]["rules"]["min_attempts"] == 2
    assert isinstance(result["data"]["rules"]["min_attempts"], int)


async def test_a_class_may_be_called_like_the_state_of_something_else(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    answer = ANSWER | {"classes": ["on", "off", "home", "friendly_name", "Žofka 🐕"]}
    await submit(hass, await begin(hass, entry), answer)
    assert entry.state is ConfigEntryState.LOADED
    state = hass.states.get("sensor.our_dogs_front_door")
    assert state is not None
    assert state.attributes["options"] == answer["classes"]
    labelled = hass.states.get("sensor.our_dogs_labelled_crops")
    assert labelled is not None
    assert labelled.attributes["friendly_name"] == "Our dogs Labelled crops"


async def test_two_frigates_may_have_classifiers_of_the_same_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up(classifier_data(name="Our dogs"))
    async with Frigate(hass, prefix="garage") as second:
        entry = MockConfigEntry(
            domain=DOMAIN,
            unique_id="garage",
            data={"url": second.url, "verify_ssl": True},
        )
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        result = await submit(hass, await begin(hass, entry), ANSWER)
        assert result["type"] is FlowResultType.CREATE_ENTRY


# Changing


async def test_everything_can_be_changed_later(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    stored = CLASSIFIER | {
        "filter": {"cameras": ["gone", "front_door"], "zones": ["steps"]},
        "rules": RULES | {"threshold": 0.9},
    }
    entry = await set_up(classifier_data(**stored))
    shown = await change(hass, entry)
    assert shown["data_schema"] is not None
    schema = shown["data_schema"].schema
    for key in ("name", "labels", "classes", "kind"):
        assert get_schema_suggested_value(schema, key) == stored[key]
    where, rules = (schema[key].schema.schema for key in ("filter", "rules"))
    assert get_schema_suggested_value(where, "cameras") == ["gone", "front_door"]
    assert get_schema_suggested_value(where, "zones") == ["steps"]
    assert get_schema_suggested_value(rules, "threshold") == 0.9
    assert "gone" in choices(shown, "filter", "cameras")

    result = await submit(hass, shown, ANSWER | {"kind": "attribute"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    (subentry,) = entry.subentries.values()
    assert subentry.title == "Our dogs"
    assert classifier_of(entry).settings.kind == "attribute"
    assert classifier_of(entry).settings.classes == ("rex", "bello")
    assert hass.states.get("binary_sensor.our_cats_leo_in_view") is None
    assert entry.state is ConfigEntryState.LOADED


async def test_a_classifier_may_keep_its_name_but_not_take_anothers(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Our dogs"))
    shown = await submit(hass, await change(hass, entry), ANSWER)
    assert shown["errors"] == {"name": "name_taken"}
    result = await submit(hass, shown, ANSWER | {"name": "Our Cats"})
    assert result["reason"] == "reconfigure_successful"


async def test_without_labelled_crops_classes_change_without_a_question(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), None, 2)
    await keep(classifier_of(entry), "charlie")
    answer = CLASSIFIER | {"classes": ["charlie"], "rules": RULES}
    result = await submit(hass, await change(hass, entry), answer)
    assert result["reason"] == "reconfigure_successful"
    assert classifier_of(entry).samples.labelled == {"charlie": 1}


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize(
    ("classes", "offered", "chosen", "becomes"),
    [
        (["leon", "charlie"], "leon", {}, {"charlie": 3, "leon": 2}),
        (["leon", "charlie"], "leon", {"leo": "unlabel"}, {"charlie": 3}),
        (["charlie"], "unlabel", {}, {"charlie": 3}),
        (["charlie"], "unlabel", {"leo": "none"}, {"charlie": 3, "none": 2}),
        (["charlie"], "unlabel", {"leo": "charlie"}, {"charlie": 5}),
        (["a", "b"], "unlabel", {"leo": "a", "charlie": "b"}, {"a": 2, "b": 3}),
    ],
)
async def test_labelled_crops_of_a_class_that_goes_are_asked_about_and_stay(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    *,
    loaded: bool,
    classes: list[str],
    offered: str,
    chosen: dict[str, str],
    becomes: dict[str, int],
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 2)
    await keep(classifier_of(entry), "charlie", 3)
    await keep(classifier_of(entry), None, 4)
    if not loaded:
        await hass.config_entries.async_unload(entry.entry_id)

    shown = await submit(
        hass,
        await change(hass, entry),
        CLASSIFIER | {"classes": classes, "rules": RULES},
    )
    assert shown["step_id"] == "moves"
    assert shown["description_placeholders"] is not None
    assert "leo (2)" in shown["description_placeholders"]["classes"]
    assert list(choices(shown, "leo")) == ["unlabel", *classes, "none"]
    assert shown["data_schema"] is not None
    assert shown["data_schema"]({})["leo"] == offered
    # Nothing is stored before it is answered.
    assert data_of_first(entry)["classes"] == ["leo", "charlie"]

    result = await submit(hass, shown, chosen)
    assert result["reason"] == "reconfigure_successful"
    assert data_of_first(entry)["classes"] == classes
    if not loaded:
        assert await hass.config_entries.async_setup(entry.entry_id)
    classifier = classifier_of(entry)
    assert classifier.samples.labelled == becomes
    assert len(await classifier.samples.async_files(classifier.samples.store.find)) == 9


async def test_crops_that_cannot_be_moved_are_said_and_can_be_tried_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 2)
    answer = CLASSIFIER | {"classes": ["leon", "charlie"], "rules": RULES}
    shown = await submit(hass, await change(hass, entry), answer)
    classifier.samples.store.close()

    shown = await submit(hass, shown, {})
    assert shown["step_id"] == "moves"
    assert shown["errors"] == {"base": "storage_failed"}
    assert data_of_first(entry)["classes"] == ["leo", "charlie"]

    classifier.samples.store = await hass.async_add_executor_job(
        SampleStore, folder_of(hass, entry)
    )
    result = await submit(hass, shown, {"leo": "leon"})
    assert result["reason"] == "reconfigure_successful"
    assert classifier_of(entry).samples.labelled == {"leon": 2}


async def test_trainings_that_cannot_take_a_new_name_are_said_and_can_be_tried_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await learn(classifier_of(entry))
    report = folder_of(hass, entry) / "heads" / "1.json"
    await hass.async_add_executor_job(report.unlink)
    await hass.async_add_executor_job(report.mkdir)
    answer = CLASSIFIER | {"classes": ["leon", "charlie"], "rules": RULES}
    shown = await submit(hass, await change(hass, entry), answer)
    shown = await submit(hass, shown, {"leo": "leon"})
    assert shown["errors"] == {"base": "storage_failed"}
    assert data_of_first(entry)["classes"] == ["leo", "charlie"]

    await hass.async_add_executor_job(report.rmdir)
    result = await submit(hass, shown, {"leo": "leon"})
    assert result["reason"] == "reconfigure_successful"
    await finish(entry, "train")
    head = classifier_of(entry).trainings.trained_head
    assert head is not None
    assert set(head.classes) == {"leon", "charlie"}


async def test_crops_that_cannot_be_counted_are_said_and_can_be_tried_again(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 2)
    folder = folder_of(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    database = folder / "samples.sqlite"
    content = await hass.async_add_executor_job(database.read_bytes)
    await hass.async_add_executor_job(database.write_bytes, b"scratched" * 1000)

    answer = CLASSIFIER | {"classes": ["leon", "charlie"], "rules": RULES}
    shown = await submit(hass, await change(hass, entry), answer)
    assert shown["step_id"] == "user"
    assert shown["errors"] == {"base": "storage_failed"}

    await hass.async_add_executor_job(database.write_bytes, content)
    shown = await submit(hass, shown, answer)
    assert shown["step_id"] == "moves"


async def test_the_crops_of_a_deleted_classifier_stay_on_the_disk(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 2)
    hass.config_entries.async_remove_subentry(entry, classifier.id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert not hass.states.async_all()
    registry = dr.async_get(hass)
    assert not dr.async_entries_for_config_entry(registry, entry.entry_id)
    crops = classifier_folder(hass, entry.entry_id, classifier.id) / "crops"
    assert len(await hass.async_add_executor_job(lambda: list(crops.iterdir()))) == 2
