"""What is wrong and only a person can mend, as Home Assistant's repairs show it.

An issue's id begins with its kind, which tells `repairs` how it is mended, and ends
with what it is about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..classifier import ObjectClassifier
from ..conditions.chain import Chain
from ..conditions.condition import FRIGATE_FACE, FRIGATE_PLATE, Condition
from ..const import DOMAIN, ISSUE_CONDITION
from ..data import ObjclassConfigEntry
from ..frigate.models import FrigateConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong.

    `kind` is the key of its texts and says how `repairs` mends it, unless it can only
    be mended elsewhere: then `link` leads there. The dialogue of one that is fixable
    shows no link by itself; its text may. `about` is the id of the classifier, or of
    the entry.
    """

    kind: str
    about: str
    placeholders: Mapping[str, str]
    fixable: bool = True
    link: str | None = None


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
            translation_key=problem.kind,
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
def async_check_conditions(
    hass: HomeAssistant,
    entry: ObjclassConfigEntry,
    chain: Chain,
    frigate: FrigateConfig,
) -> None:
    """Raise an issue for each condition that cannot be met any more."""
    raised = set()
    for classifier in chain.classifiers:
        condition = classifier.settings.condition
        if condition is None:
            continue
        gone = _is_gone(condition, chain.parent(classifier), frigate)
        if gone or _is_stranger(condition, chain.parent(classifier)):
            issue_id = f"{ISSUE_CONDITION}-{classifier.id}"
            raised.add(issue_id)
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                data={"entry_id": entry.entry_id, "about": classifier.id},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="parent_gone" if gone else "parent_class_gone",
                translation_placeholders={
                    "classifier": classifier.settings.name,
                    "classes": ", ".join(condition.classes),
                },
            )
    async_forget_issues(hass, entry.entry_id, ISSUE_CONDITION, but=raised)


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


def _is_gone(
    condition: Condition, parent: ObjectClassifier | None, frigate: FrigateConfig
) -> bool:
    """Return whether there is nothing any more that could meet a condition."""
    if not condition.on_frigate:
        return parent is None
    if condition.attribute is not None:
        return condition.attribute not in frigate.custom_models
    return (condition.parent == FRIGATE_FACE and not frigate.face_recognition) or (
        condition.parent == FRIGATE_PLATE and not frigate.lpr
    )


def _is_stranger(condition: Condition, parent: ObjectClassifier | None) -> bool:
    """Return whether the parent has none of the classes any more."""
    return parent is not None and set(condition.classes).isdisjoint(
        parent.settings.all_classes
    )
