"""What is attacked, and what an attack may come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that reads what anybody may have written.

    `attempt` gets one of the `cases`. It returns True when that was taken, False when
    it was refused in the way that its documentation says, and lets everything else out:
    that is a finding. What was taken it checks: it must be what readers may rely on.
    A target whose cases are bytes has `whole` ones, of which a fuzzer can make its own.
    """

    name: str
    cases: SearchStrategy[Any]
    attempt: Callable[[Any], bool]
    whole: Sequence[bytes] = ()


def refused(error: Exception) -> bool:
    """Return False, after a look whether the refusal tells people why."""
    if not str(error):
        raise AssertionError("a refusal without a message")
    return False
