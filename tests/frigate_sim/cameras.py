"""The simulated cameras and classification models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

type Fractions = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """A camera; zones are left, top, right, bottom as fractions of the frame."""

    name: str
    friendly_name: str | None = None
    width: int = 1280
    height: int = 720
    zones: Mapping[str, Fractions] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the detect stream."""
        return self.width, self.height

    def zones_at(self, x: float, y: float) -> list[str]:
        """Return the zones that contain a point in pixels."""
        across, down = x / self.width, y / self.height
        return [
            name
            for name, (left, top, right, bottom) in self.zones.items()
            if left <= across <= right and top <= down <= bottom
        ]


FRONT_DOOR = Camera(
    name="front_door", friendly_name="Front door", zones={"steps": (0.5, 0.4, 1.0, 1.0)}
)
BACK_YARD = Camera(name="back_yard", zones={"lawn": (0.0, 0.4, 0.7, 1.0)})


@dataclass(frozen=True, kw_only=True, slots=True)
class NativeModel:
    """A custom classification model in Frigate's own configuration.

    `classes` maps each class to the number of its images in the dataset.
    """

    name: str
    type: Literal["sub_label", "attribute"]
    objects: tuple[str, ...]
    classes: Mapping[str, int] = field(default_factory=dict)
    enabled: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshots:
    """Frigate's `snapshots:` configuration."""

    enabled: bool = True
    clean_copy: bool = True
    bounding_box: bool = True
    timestamp: bool = False
    crop: bool = False
    height: int | None = None
