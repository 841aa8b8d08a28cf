"""What every test of the integration is also a test of."""

import pytest

from .objclass.flow_texts import watch_flows


@pytest.fixture(autouse=True)
def every_dialogue_has_its_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that comes to a step, an error or an end that has no text."""
    watch_flows(monkeypatch)
