"""What a camera shows now, to draw on."""

from base64 import b64decode
from io import BytesIO

import pytest
from homeassistant.core import HomeAssistant
from PIL import Image

from ..conftest import Frigate, SetUp, no_past
from ..frames.cameras import GATE, add_cameras, add_entry
from .client import Panel, Refused


def size_of(picture: str) -> tuple[int, int]:
    kind, _, data = picture.partition(",")
    assert kind == "data:image/jpeg;base64"
    return Image.open(BytesIO(b64decode(data))).size


async def test_a_camera_entity_is_shown_small_enough(
    hass: HomeAssistant, panel: Panel, viewer: Panel
) -> None:
    (camera,) = await add_cameras(hass, "Gate")
    entry = await add_entry(hass)
    buffer = BytesIO()
    Image.new("RGB", (1920, 1080)).save(buffer, "JPEG")
    camera.picture = buffer.getvalue()
    asked = {"entry_id": entry.entry_id, "camera": GATE}
    shown = await panel.ask("frame", **asked)
    assert size_of(shown["picture"]) == (960, 540)

    camera.picture = None
    with pytest.raises(Refused) as error:
        await panel.ask("frame", **asked)
    assert error.value.key == "camera_failed"
    for wrong, key in (
        ({"camera": "front_door"}, "camera_failed"),
        ({"entry_id": "x"}, "entry_unknown"),
    ):
        with pytest.raises(Refused) as error:
            await panel.ask("frame", **(asked | wrong))
        assert error.value.key == key
    with pytest.raises(Refused) as error:
        await viewer.ask("frame", **asked)
    assert error.value.code == "unauthorized"


@no_past
async def test_a_camera_of_frigates_is_shown(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    shown = await panel.ask("frame", entry_id=entry.entry_id, camera="front_door")
    width, height = size_of(shown["picture"])
    assert 0 < height < width <= 960
