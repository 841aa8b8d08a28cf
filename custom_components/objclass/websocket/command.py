"""How a command becomes one of Home Assistant's websocket commands."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import WebSocketCommandHandler
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant

from ..classifier import AnyClassifier
from ..const import DOMAIN
from ..data import ObjclassConfigEntry
from ..lookup import classifier_by_id

ATTR_CLASSIFIER_ID: Final = "classifier_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command about one classifier; `data` is the message."""

    hass: HomeAssistant
    entry: ObjclassConfigEntry
    classifier: AnyClassifier
    data: Mapping[str, Any]


def command(
    name: str,
    handler: Callable[
        [HomeAssistant, ActiveConnection, dict[str, Any]], Awaitable[Any]
    ],
    fields: Mapping[Any, Any] | None = None,
    *,
    admin: bool = False,
) -> WebSocketCommandHandler:
    """Make a command that answers with what its handler returns."""

    async def answer(
        hass: HomeAssistant,
        connection: ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        connection.send_result(msg["id"], await handler(hass, connection, msg))

    answered = async_response(answer)
    if admin:
        answered = require_admin(answered)
    schema = {vol.Required("type"): f"{DOMAIN}/{name}", **(fields or {})}
    return websocket_command(schema)(answered)


def classifier_command(
    name: str,
    handler: Callable[[Call], Awaitable[Any]],
    fields: Mapping[Any, Any] | None = None,
    *,
    admin: bool = False,
) -> WebSocketCommandHandler:
    """Make a command about one classifier, which has to be running."""
    return command(
        name,
        partial(_async_call, handler),
        {vol.Required(ATTR_CLASSIFIER_ID): str, **(fields or {})},
        admin=admin,
    )


async def _async_call(
    handler: Callable[[Call], Awaitable[Any]],
    hass: HomeAssistant,
    _connection: ActiveConnection,
    msg: dict[str, Any],
) -> Any:
    entry, classifier = classifier_by_id(hass, msg[ATTR_CLASSIFIER_ID])
    return await handler(Call(hass=hass, entry=entry, classifier=classifier, data=msg))
