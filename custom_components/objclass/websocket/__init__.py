"""What the panel, and any program, can ask over Home Assistant's websocket.

The commands are documented in docs/websocket.md; each is in the file of its subject.
"""

from homeassistant.components.websocket_api import async_register_command
from homeassistant.core import HomeAssistant, callback

from . import (
    classifiers,
    frame,
    history,
    samples,
    settings,
    status,
    subscription,
    training,
    transfer,
)

_SUBJECTS = (
    classifiers,
    frame,
    history,
    samples,
    settings,
    status,
    subscription,
    training,
    transfer,
)


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for subject in _SUBJECTS:
        for command in subject.COMMANDS:
            async_register_command(hass, command)
