"""Asking a classifier only of objects that something else has found out about.

The condition of a classifier names a parent and some of the parent's classes. The
parent is another classifier of the same Frigate, or what Frigate itself says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ..const import CONF_CLASSES, CONF_PARENT
from ..frigate.findings import Findings

# What Frigate itself finds out, in the place of a classifier's id.
FRIGATE_SUB_LABEL: Final = "frigate_sub_label"
FRIGATE_FACE: Final = "frigate_face"
FRIGATE_PLATE: Final = "frigate_plate"
# Followed by the name of one of Frigate's own attribute models.
FRIGATE_ATTRIBUTE: Final = "frigate_attribute:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to be known of an object: one of `classes`, said by `parent`.

    `parent` is the id of a classifier, or one of the FRIGATE_ constants.
    """

    parent: str
    classes: tuple[str, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self | None:
        """Read what the form stored; None without a condition."""
        parent = data.get(CONF_PARENT)
        if not parent:
            return None
        return cls(parent=parent, classes=tuple(data.get(CONF_CLASSES, ())))

    @property
    def on_frigate(self) -> bool:
        """Whether Frigate itself is the parent."""
        return self.parent in (
            FRIGATE_SUB_LABEL,
            FRIGATE_FACE,
            FRIGATE_PLATE,
        ) or self.parent.startswith(FRIGATE_ATTRIBUTE)

    @property
    def attribute(self) -> str | None:
        """The attribute model of Frigate's that is the parent."""
        if self.parent.startswith(FRIGATE_ATTRIBUTE):
            return self.parent.removeprefix(FRIGATE_ATTRIBUTE)
        return None

    def holds_for(self, findings: Findings) -> bool:
        """Return whether Frigate has said one of the classes.

        Case does not matter. Frigate shows the name of a known face or plate as the
        sub label, which is all that is left of them when Home Assistant was restarted
        since.
        """
        wanted = {name.casefold() for name in self.classes}
        said: set[str | None] = {findings.sub_label}
        if self.attribute is not None:
            said = {findings.attributes.get(self.attribute)}
        elif self.parent == FRIGATE_FACE:
            said.add(findings.face)
        elif self.parent == FRIGATE_PLATE:
            said |= findings.plate
        return any(name.casefold() in wanted for name in said if name)


def circle(parents: Mapping[str, str | None], start: str) -> list[str]:
    """Return the circle that leads from `start` back to it; empty if there is none.

    `parents` maps each classifier to what it hangs on. The circle begins and ends with
    `start`, and each of its members hangs on the next.
    """
    path = [start]
    while (parent := parents.get(path[-1])) is not None:
        if parent == start:
            return [*path, start]
        if parent in path:
            break
        path.append(parent)
    return []
