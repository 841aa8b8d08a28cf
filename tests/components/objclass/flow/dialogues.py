"""The dialogue of a classifier, as somebody goes through it."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry


async def begin(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str = "classifier"
) -> SubentryFlowResult:
    """Press "Add classifier", or the button of another kind."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )


async def submit(
    hass: HomeAssistant, shown: SubentryFlowResult, answer: dict[str, Any]
) -> SubentryFlowResult:
    """Answer a form, and wait for what becomes of it."""
    result = await hass.config_entries.subentries.async_configure(
        shown["flow_id"], answer
    )
    await hass.async_block_till_done()
    return result


def choices(shown: SubentryFlowResult, *keys: str) -> dict[str, str]:
    """Return what a field of a form offers, value by what a person reads."""
    assert shown["data_schema"] is not None
    schema = shown["data_schema"].schema
    for section in keys[:-1]:
        schema = schema[section].schema.schema
    options = schema[keys[-1]].config["options"]
    return {
        option if isinstance(option, str) else option["label"]: option
        if isinstance(option, str)
        else option["value"]
        for option in options
    }
