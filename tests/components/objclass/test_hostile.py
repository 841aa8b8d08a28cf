"""Nothing that anybody sends, brings or types does harm: it is taken, or refused."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.hostile import TARGETS
from tests.hostile.target import Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_hostile_input_is_taken_or_refused_and_nothing_else_happens(
    target: Target, socket_enabled: None
) -> None:
    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.cases)
    def attack(case: object) -> None:
        target.attempt(case)

    attack()
