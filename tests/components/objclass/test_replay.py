"""A recorded session of a real Frigate, replayed through the real pipeline.

The recording of Frigate 0.18 holds whole lives of five dogs, told twice (by two
recorders, with Frigate offline in between). Frigate's own models are at work in it:
`pets` writes the sub label `rex`, `collar` an attribute. Pictures come from the
simulated Frigate, put where the recording says that the dog was; what is seen in them
comes from the test.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.objclass.const import EVENT_RESULT
from tests.frigate_sim.objects import Frame, SimObject
from tests.frigate_sim.walks import Sighting

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past, published
from .frigate.examples import PAYLOADS
from .visits import Said, crops, finals, script, settle

RECORDING = "mqtt_session_frigate_0_18.jsonl"

type Row = tuple[str, str]  # topic below the prefix, payload


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is said of every picture, and what the recorded session makes of it.

    `attempts` are those on each object, `messages` and `writes` those to Frigate.
    """

    said: Said = "bella"
    enough: int = 3
    outcome: str = "assigned"
    attempts: int = 7
    messages: int
    writes: int = 0


CASES = {
    # Frigate's own model has written `rex` before the third picture.
    "seen": Case(messages=5 * 5),
    "seen at once": Case(enough=1, messages=5 * 7, writes=5),
    "seen as none": Case(said="none", outcome="none", messages=0),
    # With a last look, at the frame of the end.
    "hardly seen": Case(
        said=("bella", 0.5), outcome="undecided", attempts=8, messages=0
    ),
}
IDS = [
    "1795319051.814181-beahoa",
    "1795319067.021702-edkgmf",
    "1795319082.193577-ljgndm",
    "1795319097.359886-anppdk",
    "1795319112.497621-ajieji",
]


@pytest.fixture(scope="module")
def recorded() -> list[Row]:
    """Return the recorded session."""
    path = PAYLOADS / RECORDING
    if not path.is_file():
        pytest.skip(
            f"the recorded Frigate session is not there: {path} (the rules are still "
            "proven by the small session in this file)"
        )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [(row["topic"].removeprefix("frigate/"), row["payload"]) for row in lines]


# A small session in the shape of the recorded one: of each object the messages with
# type, time of the frame, time of the snapshot and sub label; native results between.
SMALL: list[tuple[str, ...] | tuple[str, str, float, float, Any]] = [
    ("available", "offline"),
    ("available", "online"),
    ("a", "new", 4.0, 4.0, None),
    ("a", "update", 4.2, 4.0, None),
    ("a", "update", 5.2, 5.2, None),
    ("a", "pets"),
    ("a", "update", 6.2, 5.8, ["rex", 1.0]),
    ("a", "update", 7.2, 6.6, ["rex", 1.0]),
    ("a", "pets"),
    ("a", "end", 8.0, 8.0, ["rex", 1.0]),
    ("b", "new", 14.0, 14.0, None),
    ("b", "update", 14.2, 14.0, None),
    ("b", "update", 15.2, 15.2, [None, None]),
    ("b", "update", 16.2, 15.8, None),
    ("b", "update", 17.2, 16.6, None),
    ("b", "end", 18.0, 18.0, None),
    ("available", "offline"),
]


def small() -> Iterator[Row]:
    """Write the small session out, twice, like the recorded one."""
    for name, *said in SMALL * 2:
        event_id = f"1795319000.5-{name}"
        match said:
            case [payload] if name == "available":
                yield name, str(payload)
            case ["pets"]:
                native = {"type": "classification", "id": event_id, "model": "pets"}
                yield (
                    "tracked_object_update",
                    json.dumps(native | {"camera": "front_door", "sub_label": "rex"}),
                )
            case [kind, at, snapshot_at, sub_label]:
                box = [int(10 * at), 300, int(10 * at) + 150, 400]
                after = {
                    "id": event_id,
                    "camera": "front_door",
                    "label": "dog",
                    "frame_time": 1795319000 + float(at),
                    "start_time": 1795319000.5,
                    "box": box,
                    "snapshot": {
                        "frame_time": 1795319000 + float(snapshot_at),
                        "box": box,
                        "score": 0.8,
                    },
                    "sub_label": sub_label,
                    "false_positive": False,
                    "has_snapshot": True,
                }
                yield "events", json.dumps({"type": kind, "after": after})


# What a session implies


@dataclass(kw_only=True)
class Outcome:
    """What comes of one object: implied by a session, or what really came."""

    outcomes: list[str] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    messages: int = 0
    sub_labels: list[str] = field(default_factory=list)


def implied(session: Iterable[Row], case: Case) -> dict[str, Outcome]:
    """Go through a session by hand, without the pipeline."""
    objects: dict[str, Outcome] = {}
    foreign: set[str] = set()
    for topic, payload in session:
        if topic == "tracked_object_update":
            said = json.loads(payload)
            foreign |= {said["id"]} if said.get("sub_label") else set()
        if topic != "events":
            continue
        message = json.loads(payload)
        after = message["after"]
        event_id, frame_time = after["id"], after["snapshot"]["frame_time"]
        found = objects.setdefault(event_id, Outcome())
        if found.outcomes:
            continue  # told again
        if after["sub_label"] and after["sub_label"][0]:
            foreign.add(event_id)
        ends = message["type"] == "end"
        too_few = case.outcome == "undecided" or len(found.frames) < case.enough
        if frame_time not in found.frames and (too_few or not ends):
            found.frames.append(frame_time)
            if case.outcome == "assigned" and len(found.frames) >= case.enough:
                found.messages += 1
                if event_id not in foreign:
                    found.sub_labels = ["bella"]
        if ends:
            found.outcomes.append(case.outcome)
    return objects


def test_the_recorded_session_implies_these_figures(recorded: list[Row]) -> None:
    for case in CASES.values():
        objects = implied(recorded, case)
        assert list(objects) == IDS
        assert [len(one.frames) for one in objects.values()] == [case.attempts] * 5
        assert sum(one.messages for one in objects.values()) == case.messages
        assert sum(len(one.sub_labels) for one in objects.values()) == case.writes


# Replaying


class Stage:
    """A Home Assistant and a Frigate in which a session is replayed."""

    def __init__(
        self,
        hass: HomeAssistant,
        frigate: Frigate,
        set_up: SetUp,
        mqtt_mock: MqttMockHAClient,
    ) -> None:
        self._hass = hass
        self._frigate = frigate
        self._set_up = set_up
        self._mqtt = mqtt_mock

    async def play(
        self, session: Iterable[Row], case: Case, *, burst: bool = False
    ) -> dict[str, Outcome]:
        """Replay a session, at leisure or as one burst; return what came of it."""
        told = async_capture_events(self._hass, EVENT_RESULT)
        entry = await self._set_up(
            classifier_data(
                name="Our dogs",
                labels=["dog"],
                classes=["bella", "rex"],
                rules={"min_attempts": case.enough},
            ),
            online=False,
        )
        script(classifier_of(entry), case.said)
        for topic, payload in session:
            if topic == "events":
                self._stage(json.loads(payload))
            self._frigate.say(topic, payload)
            if topic in {"events", "tracked_object_update"} and not burst:
                await settle(self._hass, entry)
        await settle(self._hass, entry)

        came: dict[str, Outcome] = {}
        for final in finals(told):
            one = came.setdefault(final["event_id"], Outcome())
            one.outcomes.append(str(final["outcome"]))
        for event_id, one in came.items():
            one.frames = [crop.time for crop in await crops(entry, event_id)]
        for message in published(self._mqtt):
            came[message["id"]].messages += 1
        for write in self._frigate.world.writes:
            came[write.id].sub_labels.append(write.value)
        return came

    def _stage(self, message: dict[str, Any]) -> None:
        """Put an object where a message says that it was seen best."""
        after = message["after"]
        world = self._frigate.world
        seen = world.objects.get(after["id"]) or self._cast(after)
        seen.best = Frame(
            time=after["snapshot"]["frame_time"],
            number=len(seen.frames),
            sighting=Sighting(at=0.0, box=tuple(after["snapshot"]["box"]), score=0.8),
        )
        seen.frames.append(seen.best)
        # Frigate's own models write as well.
        if after["sub_label"]:
            seen.sub_label = tuple(after["sub_label"])
        if message["type"] == "end":
            seen.end_time = after["frame_time"]

    def _cast(self, after: dict[str, Any]) -> SimObject:
        world = self._frigate.world
        place = world.camera(after["camera"])
        assert place is not None
        start = after["start_time"]
        seen = world._appear("rex", place, start, 10.0, rest=0.0, live=True)
        del world.objects[seen.id]
        seen.id = after["id"]
        seen.stored, seen.first_sure = True, 0.0
        world.objects[seen.id] = seen
        return seen


@pytest.fixture
def stage(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, mqtt_mock: MqttMockHAClient
) -> Stage:
    return Stage(hass, frigate, set_up, mqtt_mock)


@no_past
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_the_recorded_session_gives_what_it_implies(
    recorded: list[Row], frigate: Frigate, stage: Stage, case: Case
) -> None:
    assert await stage.play(recorded, case) == implied(recorded, case)
    # In the end Frigate shows what its own model found, whatever we thought.
    shown = {frigate.world.objects[event_id].sub_label for event_id in IDS}
    assert shown == {("rex", 1.0)}


@no_past
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_small_session_gives_what_it_implies(stage: Stage, case: Case) -> None:
    session = list(small())
    expected = implied(session, case)
    assert [len(one.frames) for one in expected.values()] == [
        case.attempts - 3,
        case.attempts - 3,
    ]
    assert await stage.play(session, case) == expected


@no_past
async def test_told_in_one_burst_every_object_still_ends_once(
    frigate: Frigate, stage: Stage, recorded: list[Row]
) -> None:
    came = await stage.play(recorded, CASES["seen"], burst=True)
    assert sorted(came) == IDS
    # Frigate is offline again before any of them could be looked at.
    assert [one.outcomes for one in came.values()] == [["undecided"]] * 5
    assert frigate.world.writes == []


@no_past
async def test_a_small_burst_ends_every_object_once(stage: Stage) -> None:
    came = await stage.play(small(), CASES["seen"], burst=True)
    assert [one.outcomes for one in came.values()] == [["undecided"]] * 2
