"""What every test of the integration needs."""

import pytest

# Imported before Home Assistant starts: phcc brings a `custom_components` folder of
# its own, which would otherwise be found first.
import custom_components.objclass  # noqa: F401


@pytest.fixture(autouse=True)
def load_objclass_from_this_repository(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find custom integrations, in tests that start one.

    Tests of `learning/` and `frigate/` never ask for `hass` and do not pay for it.
    The recorder has to be there before Home Assistant is.
    """
    if "hass" not in request.fixturenames:
        return
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
