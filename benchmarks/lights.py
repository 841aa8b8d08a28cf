"""Light that was not there when the crops were collected.

Worked out in linear light, as a lamp or a cloud changes it: gains of the colours, all
of it times an exposure, and a veil of scattered light on top. What the camera adds
(noise, compression) is added by `walks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

_SENSITIVITY: Final = (0.5, 0.3, 0.2)  # of a sensor without its infrared filter
_VEIL: Final = 0.6  # how bright haze is
_GAMMA: Final = 2.2  # of a screen, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What becomes of the red, green and blue light that a photo shows."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    exposure: float = 1.0
    colour: float = 1.0  # saturation: 0 is grey
    veil: float = 0.0  # share of the light that haze has scattered
    infrared: bool = False

    def on(self, picture: Image.Image) -> Image.Image:
        """Show an RGB picture in this light."""
        light = (np.asarray(picture, np.float64) / 255) ** _GAMMA
        if self.infrared:
            light = np.repeat((light @ np.array(_SENSITIVITY))[..., None], 3, axis=2)
        light = light * np.array(self.gains) * self.exposure
        grey = light.mean(axis=2, keepdims=True)
        light = grey + (light - grey) * self.colour
        light = light * (1 - self.veil) + _VEIL * self.veil
        pixels = np.rint(light.clip(0, 1) ** (1 / _GAMMA) * 255)
        return Image.fromarray(pixels.astype(np.uint8))


LIGHTS: Final[Mapping[str, Light]] = {
    "dusk": Light(gains=(0.75, 0.9, 1.25), exposure=0.2, colour=0.6),
    "lamp": Light(gains=(1.5, 0.95, 0.45), exposure=0.7),
    "glare": Light(exposure=2.3),
    "infrared": Light(infrared=True, exposure=1.2),
    "haze": Light(veil=0.25, exposure=0.9),
}
