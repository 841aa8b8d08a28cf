"""What a bad network and other versions do to Frigate's messages.

They come twice, in the wrong order, late, with fields that nobody knows, and with any
one of their fields missing; between them comes what is no message at all.
"""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .sim import FrigateSim

type Json = dict[str, Any]

_UNKNOWN: Mapping[str, Any] = {
    "of_tomorrow": {"deep": [1, 2, {"deeper": None}]},
    "frame": "0190f1.webp",
}
_NONSENSE: tuple[Any, ...] = (None, [], {}, "online", {"type": "end"}, {"after": 3})
_TIMES = ("frame_time", "start_time", "end_time")


class Disorder:
    """Disturbs what a Frigate publishes from now on; `sent` counts what it added."""

    def __init__(self, sim: FrigateSim) -> None:
        self.sent: Counter[str] = Counter()
        self._say_event = sim.say_event
        self._before: Json | None = None
        self._held: Json | None = None
        sim.world.publish = self._disturb

    def _disturb(self, message: Json) -> None:
        for nonsense in _NONSENSE:
            self._say("nonsense", nonsense)
        for part, field in _fields(message):
            less = deepcopy(message)
            del less[part][field]
            self._say("missing", less)
        whole = _with_unknown_fields(message)
        if message["type"] == "update" and self._held is None:
            self._held = whole
            return
        self._say("unknown", whole)
        self._say("twice", whole)
        if self._held is not None:
            self._say("overtaken", self._held)
            self._held = None
        if self._before is not None:
            self._say("late", self._before)
        self._before = whole

    def _say(self, kind: str, message: Any) -> None:
        self.sent[kind] += 1
        self._say_event(message)


class ClockJump:
    """Lets a Frigate's clock be wrong by `seconds` in what it publishes from now on."""

    def __init__(self, sim: FrigateSim) -> None:
        self.seconds = 0.0
        self.sent = 0
        self._say_event = sim.say_event
        sim.world.publish = self._jump

    def _jump(self, message: Json) -> None:
        moved = deepcopy(message)
        for part in ("before", "after"):
            _move(moved[part], self.seconds)
            _move(moved[part].get("snapshot") or {}, self.seconds)
        self.sent += moved != message
        self._say_event(moved)


def _fields(message: Json) -> list[tuple[str, str]]:
    """Return where there is a field that could be missing."""
    return [(part, field) for part in ("before", "after") for field in message[part]]


def _with_unknown_fields(message: Json) -> Json:
    more = deepcopy(message) | deepcopy(dict(_UNKNOWN))
    for part in (more["before"], more["after"], more["after"].get("snapshot") or {}):
        part.update(deepcopy(dict(_UNKNOWN)))
    return more


def _move(item: Json, seconds: float) -> None:
    for field in _TIMES:
        if item.get(field) is not None:
            item[field] += seconds
