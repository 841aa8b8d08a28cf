"""Repairs, opened and answered as the frontend does."""

from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.const import DOMAIN

_FLOWS = "/api/repairs/issues/fix"


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return what is wrong and nobody has chosen to leave, by the id of the issue."""
    return {
        issue_id: issue
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and issue.dismissed_version is None
    }


async def opened(
    hass: HomeAssistant, get_client: ClientSessionGenerator, kind: str
) -> dict[str, Any]:
    """Open the repair of the one issue of a kind; return what it shows."""
    assert await async_setup_component(hass, REPAIRS, {})
    (issue_id,) = (one for one in issues(hass) if one.partition("-")[0] == kind)
    begin = {"handler": DOMAIN, "issue_id": issue_id}
    answer = await (await get_client()).post(_FLOWS, json=begin)
    shown: dict[str, Any] = await answer.json()
    return shown


async def mend(
    hass: HomeAssistant,
    get_client: ClientSessionGenerator,
    kind: str,
    choice: str | None = None,
) -> dict[str, Any]:
    """Open a repair and choose from its menu, or submit its form."""
    shown = await opened(hass, get_client, kind)
    return await answered(hass, get_client, shown, choice)


async def answered(
    hass: HomeAssistant,
    get_client: ClientSessionGenerator,
    shown: dict[str, Any],
    choice: str | None = None,
) -> dict[str, Any]:
    """Choose from the menu of a repair that is open, or submit its form."""
    answer = await (await get_client()).post(
        f"{_FLOWS}/{shown['flow_id']}", json={"next_step_id": choice} if choice else {}
    )
    result: dict[str, Any] = await answer.json()
    await hass.async_block_till_done()
    return result
