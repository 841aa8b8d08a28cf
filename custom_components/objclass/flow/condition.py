"""The part of a classifier's form that asks what the classifier hangs on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

import voluptuous as vol
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..conditions.condition import (
    FRIGATE_ATTRIBUTE,
    FRIGATE_FACE,
    FRIGATE_PLATE,
    FRIGATE_SUB_LABEL,
    Condition,
    circle,
)
from ..const import (
    CONF_CLASSES,
    CONF_LABELS,
    CONF_PARENT,
    SECTION_CONDITION,
    SUBENTRY_CLASSIFIER,
)
from ..frigate.models import FrigateConfig
from ..learning.consensus import NONE
from .fields import clean_names

# A classifier that was removed has no name any more.
_GONE: Final = "?"


class Refusal(NamedTuple):
    """Why a condition cannot be: the key of a text, and what the text names."""

    reason: str
    placeholders: Mapping[str, str]


def classifiers_of(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the classifiers that another one may hang on, by id."""
    return {
        subentry.subentry_id: subentry
        for subentry in entry.get_subentries_of_type(SUBENTRY_CLASSIFIER)
    }


def condition_of(subentry: ConfigSubentry) -> Condition | None:
    """Return what a classifier hangs on."""
    return Condition.from_data(subentry.data.get(SECTION_CONDITION, {}))


def frigate_parents(frigate: FrigateConfig | None) -> dict[str, str]:
    """Return what Frigate itself finds out: id by name."""
    parents = {FRIGATE_SUB_LABEL: "Frigate: sub label"}
    if frigate and frigate.face_recognition:
        parents[FRIGATE_FACE] = "Frigate: face"
    if frigate and frigate.lpr:
        parents[FRIGATE_PLATE] = "Frigate: licence plate"
    for name, model in frigate.custom_models.items() if frigate else ():
        if model.type == "attribute" and model.enabled:
            parents[f"{FRIGATE_ATTRIBUTE}{name}"] = f"Frigate: {name}"
    return parents


def condition_section(
    entry: ConfigEntry,
    own_id: str | None,
    frigate: FrigateConfig | None,
    current: Mapping[str, Any],
) -> section:
    """Build the part of the form; `current` is what was chosen before."""
    before = Condition.from_data(current)
    others = [
        other for other_id, other in classifiers_of(entry).items() if other_id != own_id
    ]
    parents = {other.subentry_id: other.title for other in others}
    parents |= frigate_parents(frigate)
    if before and before.parent not in parents:
        parents[before.parent] = before.attribute or _GONE
    parent = SelectSelectorConfig(
        options=[
            SelectOptionDict(value=value, label=label)
            for value, label in parents.items()
        ],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key=CONF_PARENT,
    )
    classes = SelectSelectorConfig(
        options=_class_options(others, before), multiple=True, custom_value=True
    )
    return section(
        vol.Schema(
            {
                vol.Optional(CONF_PARENT): SelectSelector(parent),
                vol.Optional(CONF_CLASSES): SelectSelector(classes),
            }
        ),
        {"collapsed": before is None},
    )


def _class_options(
    others: Iterable[ConfigSubentry], before: Condition | None
) -> list[SelectOptionDict]:
    """Return the classes of all that one may hang on, each with whose it is."""
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for other in others:
        for name in (*other.data[CONF_CLASSES], NONE):
            classes[name].append(other.title)
    for name in before.classes if before else ():
        classes[name] += ()
    return [
        SelectOptionDict(value=name, label=f"{name} ({', '.join(of)})" if of else name)
        for name, of in classes.items()
    ]


def clean_condition(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition as it is stored; empty without one."""
    given = user_input.get(SECTION_CONDITION, {})
    if not given.get(CONF_PARENT):
        return {}
    classes = clean_names(given.get(CONF_CLASSES, ()))
    return {CONF_PARENT: given[CONF_PARENT], CONF_CLASSES: classes}


def refusal(
    entry: ConfigEntry, own_id: str | None, data: Mapping[str, Any]
) -> Refusal | None:
    """Return what is wrong with the condition in the data of a form.

    A condition that was fine once is never a reason not to change something else: what
    has become of its parent is told in a repair.
    """
    condition = Condition.from_data(data.get(SECTION_CONDITION, {}))
    others = classifiers_of(entry)
    if condition is None or (
        own_id is not None and condition == condition_of(others[own_id])
    ):
        return None
    if not condition.classes:
        return Refusal(reason="condition_classes", placeholders={})
    found = _circle(others, own_id, condition)
    if found:
        return Refusal(
            reason="condition_circle", placeholders={"circle": " → ".join(found)}
        )
    parent = others.get(condition.parent)
    if parent is None:
        return None
    return _refusal_of(parent, condition, data[CONF_LABELS])


def _circle(
    others: Mapping[str, ConfigSubentry], own_id: str | None, condition: Condition
) -> list[str]:
    """Return the names along the circle that a condition would close."""
    if own_id is None:
        return []
    conditions = {other_id: condition_of(other) for other_id, other in others.items()}
    conditions[own_id] = condition
    parents = {key: item.parent if item else None for key, item in conditions.items()}
    return [others[item].title for item in circle(parents, own_id)]


def _refusal_of(
    parent: ConfigSubentry, condition: Condition, labels: Collection[str]
) -> Refusal | None:
    known = (*parent.data[CONF_CLASSES], NONE)
    unknown = [name for name in condition.classes if name not in known]
    if unknown:
        return Refusal(
            reason="condition_unknown_class",
            placeholders={
                "parent": parent.title,
                "class": ", ".join(unknown),
                "known": ", ".join(known),
            },
        )
    if set(labels).isdisjoint(parent.data[CONF_LABELS]):
        return Refusal(
            reason="condition_labels",
            placeholders={
                "parent": parent.title,
                "labels": ", ".join(parent.data[CONF_LABELS]),
            },
        )
    return None


@callback
def async_rename_in_conditions(
    hass: HomeAssistant,
    entry: ConfigEntry,
    parent_id: str,
    renamed: Mapping[str, str],
) -> None:
    """Let the children of a classifier know the new names of its classes."""
    for child in classifiers_of(entry).values():
        condition = condition_of(child)
        if condition is None or condition.parent != parent_id:
            continue
        classes = list(
            dict.fromkeys(renamed.get(name, name) for name in condition.classes)
        )
        if classes != list(condition.classes):
            hangs_on = {CONF_PARENT: parent_id, CONF_CLASSES: classes}
            hass.config_entries.async_update_subentry(
                entry, child, data={**child.data, SECTION_CONDITION: hangs_on}
            )
