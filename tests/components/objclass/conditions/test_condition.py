"""What a classifier hangs on."""

import pytest

from custom_components.objclass.conditions.condition import Condition, circle
from custom_components.objclass.frigate.findings import Findings

FOUND = Findings(
    sub_label="Postman",
    face="John",
    plate={"123ABC", None},
    attributes={"collar": "red"},
)


@pytest.mark.parametrize(
    ("parent", "classes", "holds"),
    [
        ("frigate_sub_label", ("postman", "milkman"), True),
        ("frigate_sub_label", ("John",), False),
        ("frigate_face", ("John",), True),
        # All that is left of a face after a restart.
        ("frigate_face", ("Postman",), True),
        ("frigate_plate", ("123abc",), True),
        ("frigate_plate", ("123",), False),
        ("frigate_attribute:collar", ("red",), True),
        ("frigate_attribute:collar", ("Postman", "blue"), False),
        ("frigate_attribute:mood", ("red",), False),
    ],
)
def test_frigate_has_said_one_of_the_classes_or_not(
    parent: str, classes: tuple[str, ...], holds: bool
) -> None:
    condition = Condition(parent=parent, classes=classes)
    assert condition.on_frigate
    assert condition.holds_for(FOUND) is holds


def test_nothing_said_meets_no_condition() -> None:
    condition = Condition(parent="frigate_plate", classes=("none",))
    assert not condition.holds_for(Findings())


@pytest.mark.parametrize("data", [{}, {"classes": ["worker"]}, {"parent": ""}])
def test_without_a_parent_there_is_no_condition(data: dict[str, str]) -> None:
    assert Condition.from_data(data) is None


@pytest.mark.parametrize(
    ("parents", "found"),
    [
        ({"a": None, "b": "a", "c": "b"}, []),
        ({"a": "c", "b": "a", "c": "b"}, ["a", "c", "b", "a"]),
        ({"a": "a"}, ["a", "a"]),
        # A circle that it only leads to.
        ({"a": "b", "b": "c", "c": "b"}, []),
        ({"a": "gone"}, []),
    ],
    ids=str,
)
def test_a_circle_is_found_from_each_of_its_members(
    parents: dict[str, str | None], found: list[str]
) -> None:
    assert circle(parents, "a") == found
