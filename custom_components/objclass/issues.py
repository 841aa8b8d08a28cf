"""What is wrong and only a person can mend, as Home Assistant's repairs show it.

An issue's id begins with its kind, which tells `repairs` how it is mended, and ends
with what it is about.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .chain import Chain
from .classifier import ObjectClassifier
from .condition import FRIGATE_FACE, FRIGATE_PLATE, Condition
from .const import DOMAIN, ISSUE_CONDITION
from .data import ObjclassConfigEntry
from .frigate.models import FrigateConfig


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
                data={"entry_id": entry.entry_id, "subentry_id": classifier.id},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="parent_gone" if gone else "parent_class_gone",
                translation_placeholders={
                    "classifier": classifier.settings.name,
                    "classes": ", ".join(condition.classes),
                    "frigate": entry.title,
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
