"""What a person set for a classifier, read from its config subentry."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME

from .conditions.condition import Condition
from .const import (
    CONF_AGREEMENT,
    CONF_CAMERA_ENTITIES,
    CONF_CAMERAS,
    CONF_CLASSES,
    CONF_CONFIRMATIONS,
    CONF_DEVICE_CLASS,
    CONF_FAMILIARITY,
    CONF_FRIGATE_CAMERAS,
    CONF_FRIGATE_MOTION,
    CONF_INTERVAL,
    CONF_KIND,
    CONF_LABELS,
    CONF_MAX_ATTEMPTS,
    CONF_MIN_ATTEMPTS,
    CONF_MOTION_SENSORS,
    CONF_ON_CLASS,
    CONF_PARTS,
    CONF_PUBLISH,
    CONF_REFUSE_WORSE,
    CONF_SAVE_ATTEMPTS,
    CONF_THRESHOLD,
    CONF_ZONES,
    KIND_SUB_LABEL,
    SECTION_CONDITION,
    SECTION_FILTER,
    SECTION_ON,
    SECTION_RULES,
    SECTION_WHEN,
)
from .frigate.messages import TrackedObject
from .learning.confirmation import ConfirmationRules
from .learning.consensus import NONE, Rules
from .learning.frame import WHOLE, Part

# Frigate keeps as many crops for its own object classifiers.
DEFAULT_SAVE_ATTEMPTS: Final = 200
DEFAULT_SAVE_FRAMES: Final = 100
DEFAULT_INTERVAL: Final = 30
# The number of classes that a binary sensor can show.
_ON_AND_OFF: Final = 2
# What Frigate calls people, and their faces.
_PEOPLE: Final = frozenset({"person", "face"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierSettings(ABC):
    """What both kinds of classifiers have.

    `classes` are those that the person named. With `familiarity` a crop that is unlike
    everything labelled counts for none of them; with `refuse_worse` a training that
    turns out clearly worse is not put in use.
    """

    name: str
    classes: tuple[str, ...]
    save_attempts: int
    familiarity: bool
    refuse_worse: bool

    @property
    @abstractmethod
    def all_classes(self) -> tuple[str, ...]:
        """The classes that a crop may be labelled with."""

    @property
    @abstractmethod
    def threshold(self) -> float:
        """The score, 0 to 1, from which on an answer counts."""

    @property
    def of_people(self) -> bool:
        """Whether it may name people, whom the log must not name."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSettings(ClassifierSettings):
    """A classifier of tracked objects.

    Besides its classes it has `none`. Empty `cameras` or `zones` mean all of them.
    `condition` is what has to be known of an object before it is looked at.
    """

    labels: frozenset[str]
    kind: str
    cameras: frozenset[str]
    zones: frozenset[str]
    rules: Rules
    condition: Condition | None = None

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read the settings that the subentry flow stored."""
        data: Mapping[str, Any] = subentry.data
        rules: Mapping[str, Any] = data.get(SECTION_RULES, {})
        where: Mapping[str, Any] = data.get(SECTION_FILTER, {})
        defaults = Rules()
        return cls(
            name=data[CONF_NAME],
            labels=frozenset(data[CONF_LABELS]),
            kind=data.get(CONF_KIND, KIND_SUB_LABEL),
            classes=tuple(data[CONF_CLASSES]),
            cameras=frozenset(where.get(CONF_CAMERAS, ())),
            zones=frozenset(where.get(CONF_ZONES, ())),
            rules=Rules(
                threshold=rules.get(CONF_THRESHOLD, defaults.threshold),
                min_attempts=int(rules.get(CONF_MIN_ATTEMPTS, defaults.min_attempts)),
                agreement=rules.get(CONF_AGREEMENT, defaults.agreement),
                max_attempts=int(rules.get(CONF_MAX_ATTEMPTS, defaults.max_attempts)),
            ),
            save_attempts=int(rules.get(CONF_SAVE_ATTEMPTS, DEFAULT_SAVE_ATTEMPTS)),
            familiarity=rules.get(CONF_FAMILIARITY, True),
            refuse_worse=rules.get(CONF_REFUSE_WORSE, False),
            condition=Condition.from_data(data.get(SECTION_CONDITION, {})),
        )

    @property
    @override
    def all_classes(self) -> tuple[str, ...]:
        return (*self.classes, NONE)

    @property
    @override
    def of_people(self) -> bool:
        return not self.labels.isdisjoint(_PEOPLE)

    def in_log(self, class_name: str | None) -> str:
        """Return what the log calls a class: one of people by its number only."""
        if class_name is None or class_name == NONE or not self.of_people:
            return class_name or ""
        if class_name not in self.classes:
            return "a class that is gone"
        return f"class {self.classes.index(class_name) + 1}"

    @property
    @override
    def threshold(self) -> float:
        return self.rules.threshold

    def wants_camera(self, camera: str) -> bool:
        """Return whether objects on this camera are looked at."""
        return not self.cameras or camera in self.cameras

    def wants(self, tracked: TrackedObject) -> bool:
        """Return whether this object is looked at."""
        return (
            tracked.label in self.labels
            and self.wants_camera(tracked.camera)
            and (not self.zones or not self.zones.isdisjoint(tracked.entered_zones))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSettings(ClassifierSettings):
    """A classifier of whole pictures: each picture has exactly one of its classes.

    `cameras` are names of Frigate's cameras and ids of Home Assistant's camera
    entities; only the latter have a dot in them. `parts` says where to look, for the
    cameras whose whole picture is not wanted. `interval` is in seconds, None to look
    on motion only: when Frigate (`frigate_motion`) or one of the `motion_sensors`
    (entity ids) tells of it. The state is also told over MQTT with `publish`. While it
    is `on_class`, the binary sensor is on; without one there is none.
    """

    cameras: tuple[str, ...]
    parts: Mapping[str, Part]
    interval: float | None
    frigate_motion: bool
    motion_sensors: tuple[str, ...]
    rules: ConfirmationRules
    publish: bool
    on_class: str | None
    device_class: str | None

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read the settings that the subentry flow stored."""
        data: Mapping[str, Any] = subentry.data
        when: Mapping[str, Any] = data.get(SECTION_WHEN, {})
        rules: Mapping[str, Any] = data.get(SECTION_RULES, {})
        on: Mapping[str, Any] = data.get(SECTION_ON, {})
        defaults = ConfirmationRules()
        classes = tuple(data[CONF_CLASSES])
        on_class = on.get(CONF_ON_CLASS) if len(classes) == _ON_AND_OFF else None
        return cls(
            name=data[CONF_NAME],
            classes=classes,
            cameras=(
                *data.get(CONF_FRIGATE_CAMERAS, ()),
                *data.get(CONF_CAMERA_ENTITIES, ()),
            ),
            parts={
                camera: Part(left=left, top=top, right=right, bottom=bottom)
                for camera, (left, top, right, bottom) in data.get(
                    CONF_PARTS, {}
                ).items()
            },
            interval=when.get(CONF_INTERVAL),
            frigate_motion=when.get(CONF_FRIGATE_MOTION, False),
            motion_sensors=tuple(when.get(CONF_MOTION_SENSORS, ())),
            rules=ConfirmationRules(
                threshold=rules.get(CONF_THRESHOLD, defaults.threshold),
                confirmations=int(
                    rules.get(CONF_CONFIRMATIONS, defaults.confirmations)
                ),
            ),
            publish=data.get(CONF_PUBLISH, False),
            # A class that was renamed since is no "on" class any more.
            on_class=on_class if on_class in classes else None,
            device_class=on.get(CONF_DEVICE_CLASS),
            save_attempts=int(rules.get(CONF_SAVE_ATTEMPTS, DEFAULT_SAVE_FRAMES)),
            familiarity=rules.get(CONF_FAMILIARITY, True),
            refuse_worse=rules.get(CONF_REFUSE_WORSE, False),
        )

    @property
    @override
    def all_classes(self) -> tuple[str, ...]:
        return self.classes

    @property
    @override
    def threshold(self) -> float:
        return self.rules.threshold

    def part_of(self, camera: str) -> Part:
        """Return where to look in a camera's picture."""
        return self.parts.get(camera, WHOLE)
