"""What every test of the integration is also a test of."""

import pytest
from homeassistant.util import executor
from hypothesis import HealthCheck, settings

from .objclass.flow_texts import watch_flows

# However slow the machine is, and the same cases each time: what is refused once
# is refused again. The benchmark `hostile` looks for new ones.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("any machine")
# Home Assistant interrupts those of its threads that do not end within a tenth of this.
# On a busy machine that may be an idle one, which then tells no other to end.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 300


@pytest.fixture(autouse=True)
def every_dialogue_has_its_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that comes to a step, an error or an end that has no text."""
    watch_flows(monkeypatch)
