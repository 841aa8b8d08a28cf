"""Setting up a Frigate: address and log-in, options, reauthentication."""

from collections.abc import Mapping
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.components import mqtt
from homeassistant.config_entries import (
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
from yarl import URL

from .api import create_client
from .classifier_flow import ClassifierFlow
from .const import (
    CONF_FRIGATE_ENTRY,
    CONF_PUBLISH_MQTT,
    CONF_WRITE_BACK,
    DOMAIN,
    SECTION_LOGIN,
    SUBENTRY_CLASSIFIER,
)
from .frigate.client import FrigateClient
from .frigate.errors import FrigateAuthError, FrigateConnectionError, FrigateError
from .frigate.models import FrigateVersion

FRIGATE: Final = "frigate"
OLDEST_FRIGATE: Final = FrigateVersion(0, 14)
ADMIN: Final = "admin"

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
OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_WRITE_BACK, default=True): bool,
        vol.Required(CONF_PUBLISH_MQTT, default=True): bool,
    }
)


class ObjclassConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add a Frigate, or change how it is reached."""

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
        return {SUBENTRY_CLASSIFIER: ClassifierFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return ObjclassOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what the official integration knows already."""
        if self.hass.config_entries.async_entries(FRIGATE, include_ignore=False):
            return self.async_show_menu(
                step_id="user", menu_options=["existing", "manual"]
            )
        return await self.async_step_manual()

    async def async_step_existing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take address and log-in from an entry of the official integration."""
        entries = self.hass.config_entries.async_entries(FRIGATE, include_ignore=False)
        if len(entries) == 1:
            user_input = {CONF_FRIGATE_ENTRY: entries[0].entry_id}
        errors: dict[str, str] = {}
        if user_input is not None:
            known = self.hass.config_entries.async_get_known_entry(
                user_input[CONF_FRIGATE_ENTRY]
            ).data
            self._data = _entry_data(
                known[CONF_URL],
                # The official integration does not verify unless it is told to.
                verify_ssl=bool(known.get("validate_ssl")),
                login=known,
            )
            if (error := await self._async_connect()) is None:
                return await self._async_finish()
            if len(entries) == 1:
                return await self._async_show_manual({"base": error})
            errors["base"] = error
        return self.async_show_form(
            step_id="existing",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_FRIGATE_ENTRY): SelectSelector(
                        SelectSelectorConfig(
                            options=[
                                SelectOptionDict(value=item.entry_id, label=item.title)
                                for item in entries
                            ]
                        )
                    )
                }
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_manual(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for address and log-in."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data = _entry_data(
                user_input[CONF_URL],
                verify_ssl=user_input[CONF_VERIFY_SSL],
                login=user_input[SECTION_LOGIN],
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
            self._data = _entry_data(
                entry.data[CONF_URL],
                verify_ssl=entry.data[CONF_VERIFY_SSL],
                login=user_input,
            )
            if (error := await self._async_connect()) is None:
                self._abort_if_unique_id_mismatch(reason="other_frigate")
                return self.async_update_and_abort(entry, data=self._data)
            errors["base"] = error
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                LOGIN_SCHEMA, {CONF_USERNAME: entry.data.get(CONF_USERNAME)}
            ),
            errors=errors,
            description_placeholders={"title": entry.title, **self._placeholders},
        )

    async def async_step_read_only(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with an account that may not write to Frigate."""
        return self._async_save(write_back=False)

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
        """Frigate answered: say what the account cannot do, or save."""
        if self._role != ADMIN:
            return self.async_show_menu(
                step_id="viewer",
                menu_options=["read_only", "manual"],
                description_placeholders={"role": self._role},
            )
        return self._async_save(write_back=True)

    @callback
    def _async_save(self, *, write_back: bool) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            self._abort_if_unique_id_mismatch(reason="other_frigate")
            entry = self._get_reconfigure_entry()
            return self.async_update_and_abort(
                entry,
                data=self._data,
                options={**entry.options, CONF_WRITE_BACK: write_back},
            )
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=URL(self._data[CONF_URL]).host or "Frigate",
            data=self._data,
            options={CONF_WRITE_BACK: write_back, CONF_PUBLISH_MQTT: True},
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
            match err:
                case FrigateAuthError():
                    return "invalid_auth"
                case FrigateConnectionError():
                    return "cannot_connect"
            return "not_frigate"

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
        await self.async_set_unique_id(config.topic_prefix)
        return None


class ObjclassOptionsFlow(OptionsFlow):
    """What Frigate is told."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, self.config_entry.options
            ),
        )


def _entry_data(
    url: str, *, verify_ssl: bool, login: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what an entry stores; an empty log-in is none."""
    data: dict[str, Any] = {
        CONF_URL: url.strip().rstrip("/"),
        CONF_VERIFY_SSL: verify_ssl,
    }
    if login.get(CONF_USERNAME):
        data[CONF_USERNAME] = login[CONF_USERNAME]
        data[CONF_PASSWORD] = login.get(CONF_PASSWORD, "")
    return data
