"""Mending what `issues` tells of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .const import (
    CONF_KIND,
    CONF_WRITE_BACK,
    DOMAIN,
    ISSUE_AWAY,
    ISSUE_CONDITION,
    ISSUE_DAMAGED,
    ISSUE_FEW,
    ISSUE_IMAGES,
    ISSUE_LABELS,
    ISSUE_RIVALS,
    ISSUE_SNAPSHOTS,
    ISSUE_VIEWER,
    KIND_ATTRIBUTE,
    SECTION_CONDITION,
)
from .learning.runtimes.graph import ModelError
from .lookup import find_classifier
from .runtime.settings import (
    CONF_DEVICE,
    CONF_RUNTIME,
    CPU,
    SECTION_SERVER,
    async_read,
)
from .runtime.worker import NoSuchRuntimeError, async_change_runtime

_PAGE: Final = f"/config/integrations/integration/{DOMAIN}"


class Repair(RepairsFlow):
    """A menu of ways to mend it, the last of which is to leave it as it is.

    `about` is the id of a classifier or entry.
    """

    options: Sequence[str]

    def __init__(self, entry_id: str, about: str) -> None:
        self._entry_id = entry_id
        self._about = about

    @property
    def _entry(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self._entry_id)

    @property
    def _issue(self) -> ir.IssueEntry | None:
        return ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)

    @property
    def _placeholders(self) -> dict[str, str] | None:
        return self._issue.translation_placeholders if self._issue else None

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask what is to be done."""
        return self.async_show_menu(
            step_id="init",
            menu_options=list(self.options),
            description_placeholders=self._placeholders,
        )

    async def async_step_leave(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave it, and do not mention it any more."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="left")

    @callback
    def _async_change(self, changes: Mapping[str, Any], *, without: str = "") -> None:
        """Change the settings of the classifier."""
        if self._entry and (subentry := self._entry.subentries.get(self._about)):
            data = {**subentry.data, **changes}
            data.pop(without, None)
            self.hass.config_entries.async_update_subentry(
                self._entry, subentry, data=data
            )


class ConditionRepair(Repair):
    """A classifier whose condition cannot be met any more."""

    options = ("drop", "leave")

    async def async_step_drop(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask the classifier of every object from now on."""
        self._async_change({}, without=SECTION_CONDITION)
        return self.async_create_entry(data={})


class RivalsRepair(Repair):
    """A classifier that names the same objects as something in Frigate does."""

    options = ("attribute", "leave")

    async def async_step_attribute(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave the sub label to the other one."""
        self._async_change({CONF_KIND: KIND_ATTRIBUTE})
        return self.async_create_entry(data={})


class ViewerRepair(Repair):
    """An account that may not write to Frigate."""

    options = ("log_in", "only_look", "leave")

    async def async_step_log_in(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for another log-in, on the integration's page."""
        if self._entry:
            self._entry.async_start_reauth(self.hass)
        # It is mended when another account has been given, which sets the entry up.
        return self.async_abort(
            reason="log_in", description_placeholders={"link": _PAGE}
        )

    async def async_step_only_look(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Do not try to write any more."""
        if self._entry:
            options = {**self._entry.options, CONF_WRITE_BACK: False}
            self.hass.config_entries.async_update_entry(self._entry, options=options)
        return self.async_create_entry(data={})


class FallbackRepair(Repair):
    """Something that was chosen to run on does not work, so something else is used."""

    options = ("fall_back", "leave")
    _CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
        "gpu_failed": {CONF_DEVICE: CPU},
        "runtime_missing": {CONF_RUNTIME: "auto"},
        "server_failed": {SECTION_SERVER: {}},
    }

    def __init__(self) -> None:
        super().__init__("", "")

    async def async_step_fall_back(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Choose what is used anyway."""
        settings = {**await async_read(self.hass), **self._CHANGES[self.issue_id]}
        try:
            await async_change_runtime(self.hass, settings)
        except NoSuchRuntimeError, ModelError, OSError:
            # Something else that was chosen does not work either.
            return self.async_abort(reason="failed")
        return self.async_create_entry(data={})


class LookAgainRepair(Repair):
    """Something that is mended elsewhere: look whether it has been."""

    options: Sequence[str] = ("confirm", "leave")

    async def async_step_confirm(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Look anew; tell it if nothing has changed."""
        # It may have been removed while the dialogue was open.
        if self._entry:
            await self._async_look_again()
        if await self._async_is_mended():
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            errors={"base": "as_before"},
            description_placeholders=self._placeholders,
        )

    async def _async_look_again(self) -> None:
        await self.hass.config_entries.async_reload(self._entry_id)

    async def _async_is_mended(self) -> bool:
        return self._issue is None


class TrainRepair(LookAgainRepair):
    """A classifier that lacks pictures: train it on those that have a label by now."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        try:
            return await super().async_step_confirm(user_input)
        except HomeAssistantError as err:
            return self.async_abort(
                reason="failed", description_placeholders={"error": str(err)}
            )

    @override
    async def _async_look_again(self) -> None:
        if classifier := find_classifier(self.hass, self._about):
            await classifier.trainings.async_train()


class AwayRepair(LookAgainRepair):
    """A Frigate that is away: its entry is set up when it is there again."""

    @override
    async def _async_is_mended(self) -> bool:
        return self._entry is None or self._entry.state is ConfigEntryState.LOADED


class DamagedRepair(LookAgainRepair):
    """A file that is damaged: rescued, or brought back from a backup."""

    options = ("rescue", "confirm", "leave")

    async def async_step_rescue(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin anew with what can still be read; what was trained stays."""
        classifier = find_classifier(self.hass, self._about)
        # It may be back, or have been rescued in another dialogue.
        if classifier is None or not classifier.samples.store.damage:
            return self.async_create_entry(data={})
        try:
            rescued = await classifier.samples.async_rescue()
        except HomeAssistantError as err:
            return self.async_abort(
                reason="failed", description_placeholders={"error": str(err)}
            )
        self.hass.config_entries.async_schedule_reload(self._entry_id)
        return self.async_show_form(
            step_id="rescued",
            description_placeholders={
                "labelled": str(rescued.labelled),
                "unlabelled": str(rescued.unlabelled),
                "unknown": str(rescued.unknown),
                "folder": str(rescued.aside),
            },
        )

    async def async_step_rescued(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """End, once it has been read what came back."""
        return self.async_create_entry(data={})


FLOWS: Final[dict[str, Callable[..., Repair]]] = {
    ISSUE_AWAY: AwayRepair,
    ISSUE_CONDITION: ConditionRepair,
    ISSUE_DAMAGED: DamagedRepair,
    ISSUE_FEW: TrainRepair,
    ISSUE_IMAGES: TrainRepair,
    ISSUE_LABELS: LookAgainRepair,
    ISSUE_RIVALS: RivalsRepair,
    ISSUE_SNAPSHOTS: LookAgainRepair,
    ISSUE_VIEWER: ViewerRepair,
    "gpu_failed": FallbackRepair,
    "runtime_missing": FallbackRepair,
    "server_failed": FallbackRepair,
}


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the dialogue that mends an issue."""
    return FLOWS[issue_id.partition("-")[0]](**(data or {}))
