"""Mending what `issues` tells of."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, SECTION_CONDITION


class ConditionRepair(RepairsFlow):
    """A classifier whose condition cannot be met any more."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        self._entry_id = entry_id
        self._subentry_id = subentry_id

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask what is to be done."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_menu(
            step_id="init",
            menu_options=["drop", "leave"],
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def async_step_drop(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask the classifier of every object from now on."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry and (subentry := entry.subentries.get(self._subentry_id)):
            data = {**subentry.data}
            data.pop(SECTION_CONDITION, None)
            self.hass.config_entries.async_update_subentry(entry, subentry, data=data)
        return self.async_create_entry(data={})

    async def async_step_leave(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave it asleep, and do not mention it any more."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="left")


async def async_create_fix_flow(
    _hass: HomeAssistant, _issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the dialogue that mends an issue."""
    return ConditionRepair(**(data or {}))
