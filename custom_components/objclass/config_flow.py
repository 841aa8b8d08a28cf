"""Setting up a Frigate (address, log-in, options), or Home Assistant's own cameras."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.components import mqtt
from homeassistant.config_entries import (
    SOURCE_MQTT,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo

from .api import create_client
from .const import (
    CONF_FRIGATE_ENTRY,
    CONF_PUBLISH_MQTT,
    CONF_WRITE_BACK,
    DOMAIN,
    SECTION_LOGIN,
    SUBENTRY_CLASSIFIER,
    SUBENTRY_FRAME,
)
from .discovery import (
    USUAL_PREFIX,
    async_find,
    data_of,
    entry_data,
    known_entries,
)
from .flow.classifier import ClassifierFlow
from .flow.frame import FrameFlow
from .flow.options import ObjclassOptionsFlow
from .frigate.client import FrigateClient
from .frigate.errors import (
    FrigateAuthError,
    FrigateCertificateError,
    FrigateError,
    FrigateNotFoundError,
    FrigateResponseError,
)
from .frigate.models import FrigateVersion

OLDEST_FRIGATE: Final = FrigateVersion(0, 14)
ADMIN: Final = "admin"
# The entry without a Frigate. No MQTT topic, by which the others are known, has a `#`.
CAMERAS_ID: Final = "#cameras"
CAMERAS_TITLE: Final = "Home Assistant cameras"

LOGIN_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_USERNAME): TextSelector(
            TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="username")
        ),
        vol.Optional(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="current-password"
            )
        ),
    }
)
MANUAL_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
        ),
        vol.Required(CONF_VERIFY_SSL, default=True): bool,
        vol.Required(SECTION_LOGIN): section(LOGIN_SCHEMA, {"collapsed": False}),
    }
)


class ObjclassConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add a Frigate, or change how it is reached; or go without one."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        self._data: dict[str, Any] = {}
        self._role = ADMIN
        self._placeholders: dict[str, str] = {}

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        if CONF_URL in config_entry.data:
            return {SUBENTRY_CLASSIFIER: ClassifierFlow, SUBENTRY_FRAME: FrameFlow}
        return {SUBENTRY_FRAME: FrameFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return ObjclassOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the pictures come from."""
        known = known_entries(self.hass)
        # What the official integration knows already need not be entered again.
        return self.async_show_menu(
            step_id="user",
            menu_options=[*(["existing"] if known else []), "manual", "cameras"],
        )

    async def async_step_cameras(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go without a Frigate: Home Assistant's own cameras only."""
        await self.async_set_unique_id(CAMERAS_ID, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=CAMERAS_TITLE, data={})

    @override
    async def async_step_mqtt(
        self, discovery_info: MqttServiceInfo
    ) -> ConfigFlowResult:
        """Frigate has said on MQTT that it is there."""
        prefix = discovery_info.topic.removesuffix("/available")
        await self.async_set_unique_id(prefix)
        self._abort_if_unique_id_configured()
        if discovery_info.payload != "online":
            # It will say so when it is there again.
            return self.async_abort(reason="frigate_away")
        if prefix != USUAL_PREFIX:
            # Many things say on such a topic that they are there.
            self._data = await async_find(self.hass, prefix) or {}
            if not self._data:
                return self.async_abort(reason="not_frigate")
        self._placeholders["prefix"] = prefix
        self.context["title_placeholders"] = {"name": _title(prefix)}
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the address at which the Frigate that was discovered answers."""
        if user_input is None:
            self._data = await async_find(self.hass, self._placeholders["prefix"]) or {}
            if not self._data:
                return await self._async_show_manual({})
            return self.async_show_form(
                step_id="discovery_confirm",
                description_placeholders={
                    **self._placeholders,
                    "address": self._data[CONF_URL],
                },
            )
        if error := await self._async_connect():
            return await self._async_show_manual({"base": error})
        return await self._async_finish()

    async def async_step_existing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take address and log-in from an entry of the official integration."""
        known = known_entries(self.hass)
        if user_input is None and len(known) > 1:
            return self.async_show_form(
                step_id="existing", data_schema=_choice_of(known.values())
            )
        chosen = user_input[CONF_FRIGATE_ENTRY] if user_input else next(iter(known), "")
        if chosen not in known:
            # It was removed meanwhile.
            return await self.async_step_user()
        self._data = data_of(known[chosen])
        if error := await self._async_connect():
            return await self._async_show_manual({"base": error})
        return await self._async_finish()

    async def async_step_manual(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for address and log-in."""
        if user_input is None and self.source == SOURCE_MQTT and not self._data:
            # The dialogue is opened only now, and Frigate may answer by now.
            return await self.async_step_discovery_confirm()
        errors: dict[str, str] = {}
        if user_input is not None:
            login = dict(user_input[SECTION_LOGIN])
            if login.get(CONF_USERNAME) == self._data.get(CONF_USERNAME):
                # It is never sent to the browser, so an empty one is the old one.
                login[CONF_PASSWORD] = login.get(CONF_PASSWORD) or self._data.get(
                    CONF_PASSWORD, ""
                )
            self._data = entry_data(
                _address(user_input[CONF_URL]),
                verify_ssl=user_input[CONF_VERIFY_SSL],
                login=login,
            )
            if (error := await self._async_connect()) is None:
                return await self._async_finish()
            errors["base"] = error
        return await self._async_show_manual(errors)

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how Frigate is reached."""
        self._data = dict(self._get_reconfigure_entry().data)
        if CONF_URL not in self._data:
            return self.async_abort(reason="nothing_to_change")
        return await self._async_show_manual({})

    async def async_step_reauth(
        self, _entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Frigate refuses the log-in."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new log-in."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data = entry_data(
                entry.data[CONF_URL],
                verify_ssl=entry.data[CONF_VERIFY_SSL],
                login=user_input,
            )
            if (error := await self._async_connect()) is None:
                return await self._async_finish()
            errors["base"] = error
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                LOGIN_SCHEMA,
                {CONF_USERNAME: (user_input or entry.data).get(CONF_USERNAME)},
            ),
            errors=errors,
            description_placeholders={"title": entry.title, **self._placeholders},
        )

    async def async_step_read_only(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with an account that may not write to Frigate."""
        return self._async_save(read_only=True)

    async def _async_show_manual(self, errors: dict[str, str]) -> ConfigFlowResult:
        suggested = {
            **self._data,
            SECTION_LOGIN: {CONF_USERNAME: self._data.get(CONF_USERNAME)},
        }
        return self.async_show_form(
            step_id="manual",
            data_schema=self.add_suggested_values_to_schema(MANUAL_SCHEMA, suggested),
            errors=errors,
            description_placeholders={
                "example": "http://ccab4aaf-frigate:5000",
                **self._placeholders,
            },
        )

    async def _async_finish(self) -> ConfigFlowResult:
        """Frigate answered: save, unless the account is not good for everything."""
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_mismatch(reason="other_frigate")
        else:
            self._abort_if_unique_id_configured()
        if self._role == ADMIN:
            return self._async_save()
        return await self.async_step_viewer()

    async def async_step_viewer(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what an account that is no admin cannot do, and ask how to go on."""
        other = "reauth_confirm" if self.source == SOURCE_REAUTH else "manual"
        return self.async_show_menu(
            step_id="viewer",
            menu_options=["read_only", other],
            description_placeholders={"role": self._role},
        )

    @callback
    def _async_save(self, *, read_only: bool = False) -> ConfigFlowResult:
        if self.source == SOURCE_REAUTH:
            return self._async_update(self._get_reauth_entry(), read_only=read_only)
        if self.source == SOURCE_RECONFIGURE:
            return self._async_update(
                self._get_reconfigure_entry(), read_only=read_only
            )
        return self.async_create_entry(
            title=_title(self.unique_id or USUAL_PREFIX),
            data=self._data,
            options={CONF_WRITE_BACK: not read_only, CONF_PUBLISH_MQTT: True},
        )

    @callback
    def _async_update(self, entry: ConfigEntry, *, read_only: bool) -> ConfigFlowResult:
        # Writing that a person has turned off stays off.
        options = {**entry.options, **({CONF_WRITE_BACK: False} if read_only else {})}
        if entry.update_listeners:
            return self.async_update_and_abort(entry, data=self._data, options=options)
        # An entry that could not be set up does not listen for changes.
        return self.async_update_reload_and_abort(
            entry, data=self._data, options=options
        )

    async def _async_connect(self) -> str | None:
        """Try to reach Frigate and the broker; return the key of an error."""
        if not await mqtt.async_wait_for_mqtt_client(self.hass):
            return "mqtt_missing"
        if not mqtt.is_connected(self.hass):
            return "mqtt_disconnected"
        try:
            return await self._async_ask(create_client(self.hass, self._data))
        except FrigateError as err:
            self._placeholders["error"] = str(err)
            return _error_key(err)

    async def _async_ask(self, client: FrigateClient) -> str | None:
        """Ask a Frigate that can be reached who it is."""
        version = await client.version()
        if version < OLDEST_FRIGATE:
            self._placeholders["version"] = version.text
            return "too_old"
        config = await client.config()
        if not config.mqtt_enabled:
            return "frigate_without_mqtt"
        self._role = await client.role()
        # A dialogue that was left open elsewhere does not stand in the way.
        await self.async_set_unique_id(config.topic_prefix, raise_on_progress=False)
        return None


def _error_key(error: FrigateError) -> str:
    """Return the key of what is said of an error, and of what helps."""
    match error:
        case FrigateAuthError():
            return "invalid_auth"
        case FrigateCertificateError():
            return "bad_certificate"
        case FrigateNotFoundError() | FrigateResponseError(status=HTTPStatus.OK):
            return "not_frigate"
    return "cannot_connect"


def _title(prefix: str) -> str:
    """Return what the Frigate with a topic prefix is called; each has its own."""
    return "Frigate" if prefix == USUAL_PREFIX else f"Frigate ({prefix})"


def _address(typed: str) -> str:
    """Return an address that may have been typed as `frigate:5000`."""
    if "://" in typed:
        return typed
    bare = typed.strip().rstrip("/")
    return f"{'https' if bare.endswith(':8971') else 'http'}://{bare}"


def _choice_of(entries: Iterable[ConfigEntry]) -> vol.Schema:
    options = [
        SelectOptionDict(value=entry.entry_id, label=entry.title) for entry in entries
    ]
    selector = SelectSelector(SelectSelectorConfig(options=options))
    return vol.Schema({vol.Required(CONF_FRIGATE_ENTRY): selector})
