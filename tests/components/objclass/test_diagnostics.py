"""What is attached to a report of a problem tells much about it and nothing private."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.const import DOMAIN
from tests.frigate_sim.auth import Account
from tests.frigate_sim.faults import Fault

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .crops import keep
from .visits import Visit

SECRETS = ("leo", "charlie", "Our cats", "front_door", "yard", "steps", "127.0.0.1")


async def download(
    hass: HomeAssistant, get_client: ClientSessionGenerator, path: str
) -> dict[str, Any]:
    """Press "Download diagnostics"."""
    assert await async_setup_component(hass, "diagnostics", {})
    client = await get_client()
    answer = await client.get(f"/api/diagnostics/config_entry/{path}")
    assert answer.status == HTTPStatus.OK
    data: dict[str, Any] = json.loads(await answer.text())["data"]
    return data


@no_past
async def test_diagnostics_tell_how_it_works_and_no_names(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    where = {"cameras": ["front_door"], "zones": ["steps"]}
    entry = await set_up(
        classifier_data(), classifier_data(name="Guests", filter=where)
    )
    await Visit(frigate, entry).look(2)
    for name in ("leo", "charlie", "felix"):
        await keep(classifier_of(entry), name, 6)
    await classifier_of(entry).samples.async_move_labels({"felix": "none"})
    await classifier_of(entry).trainings.async_train()
    await keep(classifier_of(entry), "felix", 1, day=2)

    data = await download(hass, hass_client, entry.entry_id)
    assert data["frigate"]["version"].startswith("0.18.0")
    assert len(data["frigate"]["cameras"]) == 2
    assert data["runtime"] in ("litert", "numpy")
    assert data["backbone"].startswith("mobilenet_v2")
    assert data["pipeline"]["available"] is True
    assert data["pipeline"]["counts"] == {"attempts": 2}
    assert data["pipeline"]["seconds_per_look"] > 0
    cats, guests = data["classifiers"]
    assert cats["labelled"] == {
        "class 1": 6,
        "class 2": 6,
        "none": 6,
        "a class that is gone": 1,
    }
    names = [item["name"] for item in cats["report"]["classes"]]
    assert names == ["class 1", "class 2", "none"]
    assert cats["report"]["images"] == 18
    assert cats["report"]["confusion"]
    assert cats["trained_at"]
    assert guests["report"] is None
    assert (guests["cameras"], guests["zones"]) == (1, 1)
    for secret in (*SECRETS, "Guests", "felix"):
        assert secret not in json.dumps(data), secret


@pytest.mark.parametrize(
    "frigate",
    [{"past_events": 0, "accounts": {"ann": Account(password="secret")}}],
    indirect=True,
)
async def test_diagnostics_carry_no_log_in(
    hass: HomeAssistant,
    frigate: Frigate,
    mqtt_mock: object,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="frigate",
        data={
            "url": frigate.url.replace("http://", "http://ann:secret@"),
            "verify_ssl": True,
            "username": "ann",
            "password": "secret",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    data = await download(hass, hass_client, entry.entry_id)
    assert data["entry"]["log_in"] is True
    assert data["entry"]["url"].startswith("http://**REDACTED**:")
    for secret in ("ann", "secret", *SECRETS):
        assert secret not in json.dumps(data), secret


@no_past
async def test_diagnostics_can_be_had_while_frigate_is_away(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up(online=False)
    frigate.faults.add(Fault(status=502))
    data = await download(hass, hass_client, entry.entry_id)
    assert data["frigate"]["version"] == "FrigateResponseError"
    assert data["pipeline"]["available"] is False


@no_past
@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (Fault(path="config", status=502), "setup_retry", "cannot_connect"),
        (Fault(path="config", status=401), "setup_error", "invalid_auth"),
        (None, "not_loaded", None),
    ],
    ids=["waiting", "refused", "switched off"],
)
async def test_an_entry_that_is_not_set_up_has_diagnostics_too(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    fault: Fault | None,
    state: str,
    reason: str | None,
) -> None:
    entry = await set_up()
    if fault:
        frigate.faults.add(fault)
        await hass.config_entries.async_reload(entry.entry_id)
    else:
        await hass.config_entries.async_unload(entry.entry_id)
    data = await download(hass, hass_client, entry.entry_id)
    assert data.keys() == {"entry"}
    assert (data["entry"]["state"], data["entry"]["reason"]) == (state, reason)
    assert data["entry"]["classifiers"] == {"classifier": 1}
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    path = f"{entry.entry_id}/device/{device.id}"
    assert await download(hass, hass_client, path) == data
    for secret in SECRETS:
        assert secret not in json.dumps(data), secret


@no_past
async def test_a_device_has_the_diagnostics_of_its_classifier(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Our dogs"))
    await keep(classifier_of(entry, 1), "leo", 2)
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        (DOMAIN, classifier_of(entry, 1).id), entry.entry_id
    )
    assert device is not None
    path = f"{entry.entry_id}/device/{device.id}"
    data = await download(hass, hass_client, path)
    assert data["labelled"] == {"class 1": 2}
    gone = registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")}
    )
    path = f"{entry.entry_id}/device/{gone.id}"
    assert await download(hass, hass_client, path) == {}


@no_past
@pytest.mark.parametrize(
    ("parent", "kind"),
    [
        ("01CATS", "classifier"),
        ("frigate_face", "frigate_face"),
        ("frigate_attribute:yard", "frigate_attribute"),
    ],
)
async def test_diagnostics_tell_what_kind_of_thing_a_classifier_hangs_on(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    parent: str,
    kind: str,
) -> None:
    entry = await set_up(
        classifier_data(condition={"parent": parent, "classes": ["leo", "none"]})
    )
    data = await download(hass, hass_client, entry.entry_id)
    assert all(secret not in json.dumps(data) for secret in SECRETS)
    (classifier,) = data["classifiers"]
    assert classifier["condition"] == {"parent": kind, "classes": 2}
