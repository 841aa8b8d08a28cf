"""What a classifier hangs on, as a person chooses it in the form."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.frigate_sim.cameras import NativeModel

from ..chains import BELLS, CATS, COLLARS, SeeingFrigate, change, classifier, on
from ..conftest import Frigate, SetUp, classifier_of
from ..crops import keep
from ..websocket.client import Panel, Refused
from ..writes import COLLAR
from .dialogues import begin, choices, submit
from .test_classifier import ANSWER

pytestmark = pytest.mark.parametrize(
    "frigate", [{"models": (COLLAR,), "past_events": 0}], indirect=True
)


@pytest.fixture
async def chain(set_up: SetUp) -> MockConfigEntry:
    """Return an entry with bells that hang on collars that hang on cats."""
    return await set_up(
        classifier(CATS, name="Our cats"),
        classifier(
            COLLARS, name="Collars", classes=["red", "blue"], condition=on(CATS, "leo")
        ),
        classifier(
            BELLS, name="Bells", classes=["bell"], condition=on(COLLARS, "red", "none")
        ),
    )


def stored(entry: MockConfigEntry, classifier_id: str) -> Any:
    return entry.subentries[classifier_id].data.get("condition")


async def test_other_classifiers_and_frigate_are_offered(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    shown = await begin(hass, chain)
    assert choices(shown, "condition", "parent") == {
        "Our cats": CATS,
        "Collars": COLLARS,
        "Bells": BELLS,
        "Frigate: sub label": "frigate_sub_label",
        "Frigate: collar": "frigate_attribute:collar",
    }
    assert choices(shown, "condition", "classes") == {
        "leo (Our cats)": "leo",
        "charlie (Our cats)": "charlie",
        "none (Our cats, Collars, Bells)": "none",
        "red (Collars)": "red",
        "blue (Collars)": "blue",
        "bell (Bells)": "bell",
    }
    answer = ANSWER | {"labels": ["cat"], "condition": on(CATS, " leo ", "leo")}
    result = await submit(hass, shown, answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["condition"] == on(CATS, "leo")


async def test_faces_and_plates_are_offered_where_frigate_reads_them(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    # What a model of Frigate's says as sub label is already in the sub label.
    names = NativeModel(
        name="names", type="sub_label", objects=("cat",), classes={"leo": 3}
    )
    async with SeeingFrigate(hass, models=(COLLAR, names), past_events=0) as seeing:
        entry = await set_up(data={"url": seeing.url})
        offered = choices(await begin(hass, entry), "condition", "parent")
    assert set(offered) == {
        "Our cats",
        "Frigate: sub label",
        "Frigate: face",
        "Frigate: licence plate",
        "Frigate: collar",
    }


async def test_a_condition_is_taken_away_by_clearing_its_parent(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    await change(hass, chain, COLLARS, condition={"classes": ["leo"]})
    assert stored(chain, COLLARS) is None


@pytest.mark.parametrize(
    ("who", "condition", "reason", "says"),
    [
        (
            CATS,
            on(BELLS, "bell"),
            "condition_circle",
            {"circle": "Our cats → Bells → Collars → Our cats"},
        ),
        (COLLARS, on(BELLS, "bell"), "condition_circle", {}),
        (COLLARS, on(CATS), "condition_classes", {}),
        (
            COLLARS,
            on(CATS, "leo", "rex"),
            "condition_unknown_class",
            {"parent": "Our cats", "class": "rex", "known": "leo, charlie, none"},
        ),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused_in_words(
    hass: HomeAssistant,
    frigate: Frigate,
    chain: MockConfigEntry,
    who: str,
    condition: dict[str, Any],
    reason: str,
    says: dict[str, str],
) -> None:
    before = stored(chain, who)
    result = await change(hass, chain, who, condition=condition)
    assert result["errors"] == {"condition": reason}
    assert says.items() <= result["description_placeholders"].items()
    assert stored(chain, who) == before


async def test_a_parent_that_looks_at_other_objects_is_refused_in_the_panel_too(
    frigate: Frigate, chain: MockConfigEntry, panel: Panel
) -> None:
    data = {"name": "Dogs", "labels": ["dog"], "classes": ["rex"]}
    with pytest.raises(Refused) as refused:
        await panel.ask(
            "create",
            entry_id=chain.entry_id,
            data=data | {"condition": on(CATS, "leo")},
        )
    assert refused.value.key == "refused_condition_labels"
    assert refused.value.placeholders["field"] == "condition"
    created = await panel.ask(
        "create",
        entry_id=chain.entry_id,
        data=data | {"condition": on("frigate_sub_label", "rex")},
    )
    assert stored(chain, created["classifier_id"]) == on("frigate_sub_label", "rex")


async def test_a_class_that_is_renamed_keeps_its_children(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry, panel: Panel
) -> None:
    set_ups = []

    @callback
    def note() -> None:
        if chain.state is ConfigEntryState.LOADED:
            set_ups.append("loaded")

    chain.async_on_state_change(note)
    await panel.ask("rename_class", classifier_id=CATS, old="leo", new="leopold")
    assert stored(chain, COLLARS) == on(CATS, "leopold")
    await hass.async_block_till_done()
    assert set_ups == ["loaded"]
    # With labelled crops the form asks what they become.
    await keep(classifier_of(chain, 1), "red")
    await panel.ask("rename_class", classifier_id=COLLARS, old="red", new="none")
    assert stored(chain, BELLS) == on(COLLARS, "none")


@pytest.mark.parametrize("labelled", [False, True])
async def test_a_class_that_is_merged_into_another_gives_it_its_children(
    hass: HomeAssistant,
    frigate: Frigate,
    chain: MockConfigEntry,
    panel: Panel,
    *,
    labelled: bool,
) -> None:
    if labelled:
        await keep(classifier_of(chain), "leo")
    await panel.ask("rename_class", classifier_id=CATS, old="leo", new="charlie")
    assert stored(chain, COLLARS) == on(CATS, "charlie")


async def test_a_class_that_only_takes_the_place_of_another_has_none_of_its_children(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    await keep(classifier_of(chain), "leo")
    shown = await change(hass, chain, CATS, classes=["felix", "charlie"])
    assert shown["step_id"] == "moves"
    await submit(hass, shown, {"leo": "unlabel"})
    assert stored(chain, COLLARS) == on(CATS, "leo")


async def test_other_settings_can_be_changed_while_the_parent_is_gone(
    hass: HomeAssistant, frigate: Frigate, chain: MockConfigEntry
) -> None:
    hass.config_entries.async_remove_subentry(chain, CATS)
    await hass.async_block_till_done()
    result = await change(hass, chain, COLLARS, name="Collars and bands")
    assert result["reason"] == "reconfigure_successful"
    assert stored(chain, COLLARS) == on(CATS, "leo")
