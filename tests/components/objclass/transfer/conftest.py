"""What the tests of imports share."""

from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return a folder that Home Assistant may read."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path
