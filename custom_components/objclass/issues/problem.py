"""What is wrong and only a person can mend, as Home Assistant's repairs show it.

An issue's id begins with its kind, which tells `repairs` how it is mended, and ends
with what it is about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from ..data import ObjclassConfigEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong.

    `kind` says how `repairs` mends it, unless it can only be mended elsewhere: then
    `link` leads there. The dialogue of one that is fixable shows no link by itself; its
    text may. `about` is the id of the classifier, or of the entry. `text` is the key of
    its texts where that is not its kind.
    """

    kind: str
    about: str
    placeholders: Mapping[str, str]
    fixable: bool = True
    link: str | None = None
    text: str | None = None


@callback
def async_tell(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    kinds: Iterable[str],
    problems: Iterable[Problem],
) -> None:
    """Raise an issue for each problem, and take back the other ones of these kinds."""
    raised = set()
    for problem in problems:
        issue_id = f"{problem.kind}-{problem.about}"
        raised.add(issue_id)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "about": problem.about},
            is_fixable=problem.fixable,
            learn_more_url=problem.link,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem.text or problem.kind,
            translation_placeholders={
                "frigate": _called(entry),
                **({"link": problem.link} if problem.link else {}),
                **problem.placeholders,
            },
        )
    for kind in kinds:
        async_forget_issues(hass, entry.entry_id, kind, but=raised)


def _called(entry: ObjclassConfigEntry) -> str:
    """Return what to call a Frigate: its title may be a bare address."""
    known = "frigate" in entry.title.lower()
    return entry.title if known else f"Frigate ({entry.title})"


@callback
def async_see_anew(hass: HomeAssistant, *issue_ids: str) -> None:
    """Remove issues that are raised again if they are still so.

    One that a person chose to leave stays left: it is not to be mentioned again.
    """
    for issue_id in issue_ids:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        if issue and issue.dismissed_version is None:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_forget_with_entries(hass: HomeAssistant) -> None:
    """Remove the issues of every entry that is removed or turned off."""

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if change is ConfigEntryChange.REMOVED or entry.disabled_by:
            async_forget_issues(hass, entry.entry_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)


@callback
def async_forget_issues(
    hass: HomeAssistant, entry_id: str, kind: str = "", but: set[str] | None = None
) -> None:
    """Remove the issues of an entry, of one kind or of all, except those `but`."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        issue = ir.async_get(hass).async_get_issue(domain, issue_id)
        if (
            domain == DOMAIN
            and issue_id.startswith(kind)
            and issue_id not in (but or ())
            and issue is not None
            and issue.data is not None
            and issue.data.get("entry_id") == entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
