"""An entry's options: what Frigate is told, and what all classifiers run on."""

import os
from asyncio import Task
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_URL, UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.requirements import RequirementsNotFound

from ..const import CONF_PUBLISH_MQTT, CONF_WRITE_BACK
from ..learning.backbone_model import BUNDLED_SIZE, SMALLER_SIZES
from ..learning.model_head import PIXEL_RANGES
from ..learning.runtimes.graph import ModelError
from ..learning.runtimes.model_server import ServerAnswerError, ServerAwayError
from ..learning.runtimes.runtime_litert_gpu import why_no_gpu
from ..runtime.packages import async_get_package, is_missing
from ..runtime.settings import (
    CONF_BACKBONE,
    CONF_DEVICE,
    CONF_MODEL,
    CONF_MODEL_NAME,
    CONF_PIXEL_RANGE,
    CONF_RUNTIME,
    CONF_SERVER_URL,
    CONF_THREADS,
    CONF_TIMEOUT,
    CPU,
    DEFAULT_TIMEOUT,
    GPU,
    OWN,
    SECTION_OWN,
    SECTION_SERVER,
    async_read,
)
from ..runtime.worker import NoSuchRuntimeError, async_change_runtime
from .fields import dropdown, number

RUNTIMES: Final = ("auto", "litert", "ncnn", "numpy")
OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_WRITE_BACK, default=True): bool,
        vol.Required(CONF_PUBLISH_MQTT, default=True): bool,
    }
)
BACKBONES: Final = (*(str(size) for size in (BUNDLED_SIZE, *SMALLER_SIZES)), OWN)


class ObjclassOptionsFlow(OptionsFlow):
    """Asks for both. What to run on is the same for all entries."""

    _placeholders: Mapping[str, str]
    _settings: dict[str, Any]
    _installing: Task[None] | None = None

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which of the two; without a Frigate there is nothing to tell."""
        if CONF_URL not in self.config_entry.data:
            return await self.async_step_runtime()
        return self.async_show_menu(step_id="init", menu_options=["results", "runtime"])

    async def async_step_results(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what Frigate is told."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="results",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, self.config_entry.options
            ),
        )

    async def async_step_runtime(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask, and change it at once."""
        self._placeholders = {"error": ""}
        if user_input is not None and await self._must_install(user_input):
            self._settings = user_input
            return await self.async_step_install()
        return await self._async_ask_runtime(user_input)

    async def async_step_install(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the chosen runtime is being installed, which takes a while."""
        runtime = self._settings[CONF_RUNTIME]
        if self._installing is None:
            self._installing = self.hass.async_create_task(
                self._async_install(runtime), f"objclass: install {runtime}"
            )
        if not self._installing.done():
            return self.async_show_progress(
                step_id="install",
                progress_action="install",
                progress_task=self._installing,
                description_placeholders={"runtime": runtime},
            )
        self._installing = None
        return self.async_show_progress_done(next_step_id="installed")

    async def async_step_installed(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what was asked for, or say that it could not be installed."""
        return await self._async_ask_runtime(self._settings)

    async def _must_install(self, settings: dict[str, Any]) -> bool:
        return not self.hass.config.skip_pip and (
            await self.hass.async_add_executor_job(is_missing, settings[CONF_RUNTIME])
        )

    async def _async_install(self, runtime: str) -> None:
        # Whoever wants to use it next is told why it is not there.
        with suppress(RequirementsNotFound):
            await async_get_package(self.hass, runtime)

    async def _async_ask_runtime(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        why = await self.hass.async_add_executor_job(why_no_gpu)
        if user_input is not None and user_input[CONF_DEVICE] == GPU and why:
            errors[CONF_DEVICE] = "gpu_missing"
        elif user_input is not None:
            field, error = await self._async_change(user_input)
            if not error:
                # Nothing of the entry itself has changed.
                return self.async_create_entry(data=dict(self.config_entry.options))
            errors[field] = error
        return self.async_show_form(
            step_id="runtime",
            data_schema=self.add_suggested_values_to_schema(
                _schema(gpu=why is None), user_input or await async_read(self.hass)
            ),
            errors=errors,
            description_placeholders={
                "example": "/config/mine.tflite",
                "gpu": why or "",
                **self._placeholders,
            },
        )

    async def _async_change(self, settings: dict[str, Any]) -> tuple[str, str]:
        """Return the field and the key of what is wrong; empty ones if nothing is."""
        own, server = settings[SECTION_OWN], settings[SECTION_SERVER]
        if settings[CONF_BACKBONE] == OWN:
            path = own.get(CONF_MODEL, "")
            if not await self.hass.async_add_executor_job(self._may_read, path):
                return "base", "path_not_allowed"
        if server.get(CONF_SERVER_URL) and not server.get(CONF_MODEL_NAME):
            return "base", "no_model_name"
        try:
            await async_change_runtime(self.hass, settings)
        except NoSuchRuntimeError:
            return CONF_RUNTIME, "runtime_missing"
        except (ServerAwayError, ServerAnswerError) as err:
            self._placeholders = {"error": str(err)}
            return "base", "server_failed"
        except (ModelError, OSError) as err:
            self._placeholders = {"error": str(err)}
            return "base", "model_failed"
        return "", ""

    def _may_read(self, path: str) -> bool:
        # The folder itself may be a link.
        own = Path(self.hass.config.path()).resolve()
        inside = own in Path(path).resolve().parents
        return inside or self.hass.config.is_allowed_path(path)


def _schema(*, gpu: bool) -> vol.Schema:
    """Return the form; what this machine does not have is not offered."""
    own = {
        vol.Optional(CONF_MODEL): TextSelector(),
        vol.Required(CONF_PIXEL_RANGE, default="zero_to_255"): dropdown(
            PIXEL_RANGES, translation_key="pixel_range"
        ),
    }
    server = {
        vol.Optional(CONF_SERVER_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        vol.Optional(CONF_MODEL_NAME): TextSelector(),
        vol.Required(CONF_TIMEOUT, default=DEFAULT_TIMEOUT): number(
            0.1, 30, step=0.1, unit=UnitOfTime.SECONDS
        ),
    }
    return vol.Schema(
        {
            vol.Required(CONF_RUNTIME, default="auto"): dropdown(
                RUNTIMES, translation_key="runtime"
            ),
            vol.Required(CONF_THREADS, default=1): number(1, os.cpu_count() or 1),
            vol.Required(CONF_DEVICE, default=CPU): dropdown(
                [CPU, GPU] if gpu else [CPU], translation_key="device"
            ),
            vol.Required(CONF_BACKBONE, default=str(BUNDLED_SIZE)): dropdown(
                BACKBONES, translation_key="backbone"
            ),
            vol.Required(SECTION_OWN): section(vol.Schema(own), {"collapsed": True}),
            vol.Required(SECTION_SERVER): section(
                vol.Schema(server), {"collapsed": True}
            ),
        }
    )
