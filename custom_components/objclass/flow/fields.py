"""The fields of our forms, and what may be entered in them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..event import TAKEN_BACK, UNDECIDED
from ..learning.consensus import NONE

MAX_CLASSES: Final = 50
MAX_NAME: Final = 64
# What Home Assistant and we ourselves say in the place of a class.
RESERVED: Final = frozenset({NONE, UNDECIDED, TAKEN_BACK, "unknown", "unavailable"})


def choice(
    options: Collection[str],
    *,
    custom: bool = False,
    names: Mapping[str, str] | None = None,
) -> SelectSelector:
    """Return a field for several of the options, and others if they may be `custom`."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=(names or {}).get(value, value))
                for value in sorted(options)
            ],
            multiple=True,
            custom_value=custom,
        )
    )


def dropdown(options: Iterable[str], *, translation_key: str) -> SelectSelector:
    """Return a field for one of the options, in their order."""
    config = SelectSelectorConfig(
        options=list(options), mode=SelectSelectorMode.DROPDOWN
    )
    config["translation_key"] = translation_key
    return SelectSelector(config)


def fraction() -> NumberSelector:
    """Return a field for a number from 0 to 1."""
    return NumberSelector(
        NumberSelectorConfig(min=0, max=1, step=0.01, mode=NumberSelectorMode.SLIDER)
    )


def number(
    low: float,
    high: float,
    *,
    step: float | Literal["any"] = 1,
    unit: str | None = None,
) -> NumberSelector:
    """Return a field for a number, a whole one unless told otherwise."""
    config = NumberSelectorConfig(
        min=low, max=high, step=step, mode=NumberSelectorMode.BOX
    )
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def name_error(name: str) -> str | None:
    """Return the key of what is wrong with the name of a classifier."""
    return None if 0 < len(name) <= MAX_NAME else "bad_name"


def class_error(classes: Collection[str]) -> str | None:
    """Return the key of what is wrong with the names of the classes."""
    if not 1 <= len(classes) < MAX_CLASSES:
        return "class_count"
    if any(name.casefold() in RESERVED for name in classes):
        return "class_reserved"
    if len({name.casefold() for name in classes}) != len(classes):
        return "class_twice"
    # Frigate splits lists of sub labels at commas.
    if any(
        len(name) > MAX_NAME or "," in name or not name.isprintable()
        for name in classes
    ):
        return "class_name"
    return None


def clean_names(names: Iterable[str]) -> list[str]:
    """Return names without surplus spaces and repetitions, in their order."""
    clean = (" ".join(name.split()) for name in names)
    return list(dict.fromkeys(name for name in clean if name))
