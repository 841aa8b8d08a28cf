"""The panel in the sidebar comes and goes with the integration's entries."""

from http import HTTPStatus
from pathlib import Path

import pytest
from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass import panel

from .conftest import Frigate, SetUp, no_past

pytestmark = no_past
FILES = Path(panel.__file__).parent / "www"


@pytest.fixture
def with_frontend(hass: HomeAssistant) -> None:
    """Let there be a frontend, without the 80 MB that it consists of."""
    hass.config.components.add("frontend")


def shown(hass: HomeAssistant) -> bool:
    return frontend.async_panel_exists(hass, "objclass")


def module_url(hass: HomeAssistant) -> str:
    config = hass.data[frontend.DATA_PANELS]["objclass"].config
    assert config is not None
    url: str = config["_panel_custom"]["module_url"]
    return url


async def test_everything_else_works_without_a_frontend(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    assert not shown(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_sidebar_shows_the_panel_to_everybody(
    hass: HomeAssistant, with_frontend: None, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    assert shown(hass)
    entry = hass.data[frontend.DATA_PANELS]["objclass"]
    assert entry.sidebar_title == "Object Classifier"
    assert not entry.require_admin
    # The settings of an entry stay where people look for them.
    assert entry.config_panel_domain is None


async def test_its_code_is_served_and_kept_by_browsers_until_it_changes(
    hass: HomeAssistant,
    with_frontend: None,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_up()
    url = module_url(hass)
    client = await hass_client_no_auth()
    answer = await client.get(url)
    assert answer.status == HTTPStatus.OK
    assert "max-age" in answer.headers["Cache-Control"]
    wanted = await hass.async_add_executor_job((FILES / "panel.js").read_bytes)
    assert await answer.read() == wanted

    before = await hass.async_add_executor_job(panel._version)
    assert before in url
    for name, text in (("panel.js", "1"), ("panel.js", "2"), ("more.js", "2")):
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(panel, "_FILES", tmp_path)
        now = panel._version()
        assert now != before
        before = now


async def test_nothing_but_the_code_is_served(
    hass: HomeAssistant,
    with_frontend: None,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    base = module_url(hass).rpartition("/")[0]
    client = await hass_client_no_auth()
    for wrong in ("..%2Fconst.py", "%2E%2E/const.py", "../manifest.json", ""):
        assert (await client.get(f"{base}/{wrong}")).status != HTTPStatus.OK


async def test_the_panel_stays_while_an_entry_is_loaded_anew(
    hass: HomeAssistant, with_frontend: None, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    changes = []
    hass.bus.async_listen(frontend.EVENT_PANELS_UPDATED, changes.append)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass)
    assert changes == []


async def test_the_panel_goes_with_the_last_entry_and_comes_back_with_another(
    hass: HomeAssistant, with_frontend: None, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    disabled = ConfigEntryDisabler.USER
    await hass.config_entries.async_set_disabled_by(entry.entry_id, disabled)
    await hass.async_block_till_done()
    assert not shown(hass)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert shown(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not shown(hass)
    await set_up()
    assert shown(hass)
