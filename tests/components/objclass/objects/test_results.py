"""What attempts come to, as automations and the log get to see it."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.util.json import json_loads

from ..conftest import Frigate, SetUp, Told, classifier_data, classifier_of, no_past
from ..visits import BARELY, STRANGER, Said, Visit, finals, script

pytestmark = no_past


def live(events: Told) -> list[tuple[str, int]]:
    """Return class and attempts of each assignment before the end."""
    return [
        (event.data["class"], event.data["attempts"])
        for event in events
        if not event.data["final"]
    ]


@pytest.mark.parametrize(
    ("said", "assigned", "outcome"),
    [
        # Three attempts that agree are enough, two are not.
        (["leo"] * 3, [("leo", 3)], "leo"),
        # An attempt below the threshold does not count, one that just meets it does.
        (
            [("leo", 0.79), "leo", ("leo", 0.5), "leo", ("leo", 0.8)],
            [("leo", 3)],
            "leo",
        ),
        ([("leo", 0.79)] * 5, [], "undecided"),
        # 60 % have to agree: two of three do, one of two does not.
        (["leo", "charlie", "leo"], [("leo", 3)], "leo"),
        (["leo", "charlie", "none", "none"], [], "undecided"),
        # Three of five are just enough.
        (["charlie", "none", "leo", "leo", "leo"], [("leo", 5)], "leo"),
        # `none` and strangers suppress.
        (["none", "leo", "none"], [], "none"),
        ([STRANGER] * 3, [], "none"),
        ([(STRANGER, 0.3), "leo", (STRANGER, 0.99)], [], "none"),
        # So do attempts that agree, when all of them are barely familiar.
        ([BARELY] * 3, [], "none"),
        ([BARELY, BARELY, "leo", BARELY], [("leo", 3)], "leo"),
        # A later majority replaces the class, `none` does not take it away.
        (
            ["leo"] * 3 + ["charlie"] * 5,
            [("leo", 3), ("charlie", 8)],
            "charlie",
        ),
        (["leo"] * 3 + ["none"] * 6, [("leo", 3)], "leo"),
    ],
    ids=str,
)
async def test_attempts_agree_by_the_documented_rules(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    said: list[Said],
    assigned: list[tuple[str, int]],
    outcome: str,
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *said)
    visit = Visit(frigate, entry)
    await visit.look(len(said))
    await visit.end()

    assert live(told) == assigned
    (final,) = finals(told)
    ends = {"none": ("none", "none"), "undecided": ("undecided", None)}
    assert (final["outcome"], final["class"]) == ends.get(
        outcome, ("assigned", outcome)
    )


@pytest.mark.parametrize(
    ("rules", "said", "assigned"),
    [
        ({"threshold": 0.5}, [("leo", 0.5)] * 3, [("leo", 3)]),
        ({"min_attempts": 1}, ["leo"], [("leo", 1)]),
        ({"min_attempts": 5}, ["leo"] * 5, [("leo", 5)]),
        ({"agreement": 1.0}, ["leo", "charlie", "leo", "leo"], []),
        ({"familiarity": False}, [BARELY] * 3, [("leo", 3)]),
    ],
    ids=str,
)
async def test_the_rules_can_be_set(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    rules: dict[str, float],
    said: list[Said],
    assigned: list[tuple[str, int]],
) -> None:
    entry = await set_up(classifier_data(rules=rules))
    script(classifier_of(entry), *said)
    visit = Visit(frigate, entry)
    await visit.look(len(said))
    assert live(told) == assigned


@pytest.mark.parametrize(
    ("said", "outcome", "votes"),
    [
        (["leo", "leo"], "assigned", {"leo": 2}),
        (["none"], "none", {"none": 1}),
        (["leo", "charlie"], "undecided", {"leo": 1, "charlie": 1}),
        ([("leo", 0.4)], "undecided", {}),
    ],
    ids=str,
)
async def test_who_was_seen_too_rarely_is_decided_if_all_that_counts_agrees(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    said: list[Said],
    outcome: str,
    votes: dict[str, int],
) -> None:
    entry = await set_up()
    script(classifier_of(entry), *said)
    visit = Visit(frigate, entry)
    await visit.look(len(said))
    await visit.end()

    (final,) = finals(told)
    assert (final["outcome"], final["votes"]) == (outcome, votes)
    # The end may assign the class; then that is told before the outcome.
    assert len(told) == (2 if outcome == "assigned" else 1)


async def test_an_automation_sees_all_that_was_found_out(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, ("leo", 0.9), ("charlie", 0.95), ("leo", 0.8), ("leo", 1.0))
    visit = Visit(frigate, entry)
    await visit.look(4)
    message = visit.end_message()
    await visit.say(message)

    first, last = (json_loads(json_dumps(event.data)) for event in told)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    about = {
        "classifier": "Our cats",
        "classifier_id": classifier.id,
        "device_id": device.id,
        "event_id": visit.id,
        "camera": "front_door",
        "label": "cat",
        "class": "leo",
    }
    assert first == about | {
        "score": 0.85,
        "attempts": 3,
        "votes": {"leo": 2, "charlie": 1},
        "unfamiliar": 0,
        "distance": 0.1,
        "frame_time": visit.seen.frames[-2].time,
        "final": False,
        "outcome": None,
        "taken_back": None,
    }
    assert last == about | {
        "score": 0.9,
        "attempts": 4,
        "votes": {"leo": 3, "charlie": 1},
        "unfamiliar": 0,
        "distance": 0.1,
        "frame_time": message["after"]["frame_time"],
        "final": True,
        "outcome": "assigned",
        "taken_back": None,
    }
