"""Every icon that we name exists in the newest frontend, and it shows our brand."""

import json
import re
from pathlib import Path

import hass_frontend
import pytest

from tests.stack.home_assistant import HomeAssistant

COMPONENT = Path(__file__).parents[2] / "custom_components" / "objclass"


def known_icons() -> set[str]:
    """Return the names that the frontend can draw."""
    names: set[str] = set()
    for path in (Path(hass_frontend.where()) / "static" / "mdi").glob("*.json"):
        content = json.loads(path.read_text())
        if isinstance(content, dict) and "parts" not in content:
            names |= set(content)
    return names


def test_every_icon_can_be_drawn() -> None:
    icons = known_icons()
    assert "cat" in icons
    for path in COMPONENT.rglob("*"):
        if path.suffix in {".py", ".js", ".json", ".yaml"}:
            for name in re.findall(r"mdi:([a-z0-9-]+)", path.read_text()):
                assert name in icons, f"mdi:{name} in {path.name}"


@pytest.mark.parametrize("name", ["icon.png", "dark_icon@2x.png", "logo.png"])
async def test_home_assistant_shows_our_brand(
    home_assistant: HomeAssistant, name: str
) -> None:
    path = f"/api/brands/integration/objclass/{name}"
    shown = await home_assistant.api.get_bytes(path)
    assert shown == (COMPONENT / "brand" / name).read_bytes()
