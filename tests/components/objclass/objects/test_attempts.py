"""What an answer of a classifier counts as, and how the log tells it."""

import logging
import re

import pytest

from ..conftest import Frigate, SetUp, Told, classifier_of, no_past
from ..visits import STRANGER, Visit, finals, script

pytestmark = no_past


async def test_a_class_that_was_removed_since_the_training_counts_as_none(
    frigate: Frigate, set_up: SetUp, told: Told
) -> None:
    entry = await set_up()
    script(classifier_of(entry), "tiger", classes=["leo", "tiger", "none"])
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert [final["votes"] for final in finals(told)] == [{"none": 3}]


async def test_the_debug_log_tells_why(
    frigate: Frigate, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.objclass")
    entry = await set_up()
    untrained = Visit(frigate, entry, camera="back_yard")
    await untrained.look()
    script(classifier_of(entry), "leo", ("charlie", 0.6), STRANGER, "leo", "leo")
    visit = Visit(frigate, entry)
    await visit.look(5)
    await visit.end()

    lines = [
        re.sub(r"at \d+\.\d{3} ", "", message)
        for message in caplog.messages
        if message.startswith("Our cats: ")
    ]
    ours = f"Our cats: {visit.id}"
    leo = f"{ours} looks like leo (leo 0.95, charlie 0.03, none 0.03): "
    charlie = f"{ours} looks like charlie (leo 0.20, charlie 0.60, none 0.20): "
    near = "(distance 0.10, limit 5.00)"
    meets = f"{leo}meets the threshold of 0.80 {near}; votes so far "
    assert lines == [
        f"Our cats: {untrained.id} is only kept, since no head has been trained yet",
        f"{meets}{{'leo': 1}}: 1 of 3 attempts",
        (
            f"{charlie}does not meet the threshold of 0.80 {near}; votes so far "
            "{'leo': 1}: 1 of 3 attempts"
        ),
        (
            f"{leo}unfamiliar (distance 9.00, limit 5.00), so it counts as none; "
            "votes so far "
            "{'leo': 1, 'none': 1}: 2 of 3 attempts"
        ),
        f"{meets}{{'leo': 2, 'none': 1}}: 67% agree, 60% needed",
        (
            f"Our cats: assigning leo to {visit.id} with 0.95, "
            "since 67% agree, 60% needed"
        ),
        f"{meets}{{'leo': 3, 'none': 1}}: 75% agree, 60% needed",
        f"{ours} is finally assigned leo, since 75% agree, 60% needed (it ended)",
    ]
