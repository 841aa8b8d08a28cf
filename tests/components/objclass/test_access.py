"""Who may do what: every command, action and picture, for everybody there is.

A new command, action or view without a line here makes a test fail.
"""

import contextlib
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.history.run import Job, Run
from custom_components.objclass.history.table import (
    PastView,
    async_past_url,
    async_table_url,
)
from custom_components.objclass.transfer.exporting import (
    ExportView,
    async_export,
    async_export_url,
)
from custom_components.objclass.views import CropView, ThumbView, async_crop_url
from custom_components.objclass.websocket import _SUBJECTS

from .conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from .crops import keep
from .source_code import load_json
from .websocket.client import Panel, Refused

pytestmark = no_past

# An old address of a picture is no attempt to break in, which 401 would count as.
REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

# What is asked besides the classifier.
EVERYBODY: Final[Mapping[str, dict[str, Any]]] = {
    "addresses": {"sample_ids": ["x"]},
    "report": {},
    "sample": {"sample_id": "x"},
    "samples": {},
}
ADMINISTRATORS: Final[Mapping[str, dict[str, Any]]] = {
    "add_class": {"class": "felix"},
    "collect": {},
    "delete": {"sample_ids": ["x"]},
    "export": {},
    "import": {"path": "/media/x"},
    "label": {"sample_ids": ["x"], "class": "leo"},
    "remove_class": {"class": "leo"},
    "rename_class": {"old": "leo", "new": "felix"},
    "rollback": {"number": 1},
    "set_threshold": {"threshold": 0.5},
    "train": {},
}
# These are not about one classifier; with `entry_id` if they ask for more.
GENERAL_FOR_EVERYBODY: Final[Mapping[str, dict[str, Any]]] = {
    "classifiers": {},
    "history": {},
    "history_results": {"run_id": "x"},
    "status": {},
    "subscribe": {},
}
GENERAL_FOR_ADMINISTRATORS: Final[Mapping[str, dict[str, Any]]] = {
    "create": {"data": {}},
    "frame": {"camera": "front_door"},
    "history_control": {"run_id": "x", "command": "cancel"},
    "history_keep": {"run_id": "x", "event_id": "x", "classifier_id": "x"},
    "history_remove": {"run_id": "x"},
    "history_start": {"classifier_ids": ["x"]},
}

ACTIONS_FOR_EVERYBODY: Final[Mapping[str, dict[str, Any]]] = {
    "classify": {"event_id": "x"},
    "report": {},
    "samples": {},
}
ACTIONS_FOR_ADMINISTRATORS: Final[Mapping[str, dict[str, Any]]] = {
    "classify_history": {"days": 1},
    "collect": {},
    "export": {},
    "history": {},
    "import": {"path": "/media/x"},
    "label": {"class": "leo", "samples": ["x"]},
    "rollback": {},
    "train": {},
}


def commands() -> set[str]:
    names = {item._ws_command for subject in _SUBJECTS for item in subject.COMMANDS}
    return {name.removeprefix("objclass/") for name in names}


def test_every_command_and_action_is_tried_here(frigate: object) -> None:
    assert commands() == {
        *(*EVERYBODY, *ADMINISTRATORS),
        *(*GENERAL_FOR_EVERYBODY, *GENERAL_FOR_ADMINISTRATORS),
    }
    actions = set(load_json("translations/en.json")["services"])
    assert actions == {*ACTIONS_FOR_EVERYBODY, *ACTIONS_FOR_ADMINISTRATORS}


async def test_who_is_not_logged_in_is_not_heard(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    client = await hass_client_no_auth()
    socket = await client.ws_connect("/api/websocket")
    assert (await socket.receive_json())["type"] == "auth_required"
    await socket.send_json({"id": 1, "type": "objclass/classifiers"})
    assert (await socket.receive_json())["type"] == "auth_invalid"


async def test_who_may_only_look_changes_nothing(
    hass: HomeAssistant, viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 2)
    before = dict(classifier.samples.labelled)
    for command, data in ADMINISTRATORS.items():
        with pytest.raises(Refused) as refusal:
            await viewer.ask(command, classifier_id=classifier.id, **data)
        assert refusal.value.code == "unauthorized", command
    for command, data in GENERAL_FOR_ADMINISTRATORS.items():
        with pytest.raises(Refused) as refusal:
            await viewer.ask(command, entry_id=entry.entry_id, **data)
        assert refusal.value.code == "unauthorized", command
    assert classifier_of(entry).samples.labelled == before
    # Looking is allowed: what is refused now is not there.
    (crop, _) = await keep(classifier, None, 2)
    about = {"sample_id": crop}, {"sample_ids": [crop]}
    for command, data in EVERYBODY.items():
        known = next((known for known in about if known.keys() == data.keys()), data)
        await viewer.ask(command, classifier_id=classifier.id, **known)
    for command, data in GENERAL_FOR_EVERYBODY.items():
        if not data:
            await viewer.ask(command)
            continue
        with pytest.raises(Refused) as refusal:
            await viewer.ask(command, entry_id=entry.entry_id, **data)
        assert refusal.value.code != "unauthorized", command


async def test_actions_that_change_something_are_for_administrators(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_read_only_user: User,
) -> None:
    entry = await set_up()
    about = {"classifier": classifier_of(entry).id}
    for action, data in ACTIONS_FOR_ADMINISTRATORS.items():
        with pytest.raises(Unauthorized):
            await act_as(
                hass_read_only_user,
                hass,
                action,
                data if action == "history" else about | data,
            )


async def test_the_button_that_trains_is_for_administrators_too(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_owner_user: User,
) -> None:
    """What a regular user may do with entities is another matter."""
    entry = await set_up()
    for name in ("leo", "charlie"):
        await keep(classifier_of(entry), name, 4)
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    regular = MockUser(groups=[group]).add_to_hass(hass)

    async def press(user: User | None) -> None:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": "button.our_cats_train"},
            blocking=True,
            context=Context(user_id=user.id if user else None),
        )

    with pytest.raises(Unauthorized):
        await press(regular)
    assert classifier_of(entry).trainings.current is None
    # None is an automation that nobody in particular has set off.
    for number, user in enumerate((hass_owner_user, None), 1):
        await press(user)
        trained = classifier_of(entry).trainings.current
        assert trained
        assert trained.number == number


async def test_actions_that_only_look_are_for_everybody(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_read_only_user: User,
) -> None:
    entry = await set_up()
    about = {"classifier": classifier_of(entry).id}
    for action, data in ACTIONS_FOR_EVERYBODY.items():
        # Of one that was never trained there is not much to tell.
        with contextlib.suppress(ServiceValidationError):
            await act_as(hass_read_only_user, hass, action, about | data)


async def act_as(
    user: User, hass: HomeAssistant, action: str, data: dict[str, Any]
) -> None:
    """Perform an action as somebody."""
    await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        context=Context(user_id=user.id),
        return_response=True,
    )


async def test_pictures_and_models_are_for_those_who_are_logged_in(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    for name in ("leo", "charlie"):
        (*_, crop) = await keep(classifier, name, 6)
    await classifier.trainings.async_train()
    await async_export(classifier)
    known = {"classifier_id": classifier.id, "sample_id": crop}
    paths = [view.url.format(**known) for view in (CropView, ThumbView, ExportView)]

    stranger, friend = await hass_client_no_auth(), await hass_client()
    viewer = await hass_client(hass_read_only_access_token)
    for path in paths[:2]:
        assert (await viewer.get(path)).status == HTTPStatus.OK
    # To export is for administrators.
    assert (await viewer.get(paths[2])).status == HTTPStatus.UNAUTHORIZED
    for path in paths:
        assert (await stranger.get(path)).status in REFUSED
        assert (await friend.get(path)).status == HTTPStatus.OK
        for method in ("post", "put", "delete"):
            answer = await getattr(friend, method)(path)
            assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED


async def test_who_may_only_look_sees_of_the_past_what_a_run_has_found(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    """And not what any camera has recorded at any time."""
    entry = await set_up()
    past = PastView.url.format(entry_id=entry.entry_id, event_id="front_door-1.0")
    viewer = await hass_client(hass_read_only_access_token)
    assert (await viewer.get(past)).status == HTTPStatus.UNAUTHORIZED
    # Nothing is there, but that is said.
    assert (await (await hass_client()).get(past)).status == HTTPStatus.NOT_FOUND
    handed_out = async_past_url(hass, entry, "front_door-1.0")
    stranger = await hass_client_no_auth()
    assert (await stranger.get(handed_out)).status == HTTPStatus.NOT_FOUND


async def test_every_view_wants_a_log_in(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    stranger = await hass_client_no_auth()
    assert len(paths(hass)) >= 5
    for path in paths(hass):
        assert (await stranger.get(path)).status in REFUSED, path


def paths(hass: HomeAssistant) -> list[str]:
    """Return a path of each view that there is."""
    return [
        re.sub(r"{\w+}", "x", resource.canonical)
        for resource in hass.http.app.router.resources()
        if resource.canonical.startswith("/api/objclass")
    ]


async def test_no_view_is_opened_by_a_signature_that_is_expired_forged_or_of_another(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    stranger = await hass_client_no_auth()

    def signed(path: str, seconds: float) -> str:
        valid_for = timedelta(seconds=seconds)
        return async_sign_path(hass, path, valid_for, use_content_user=True)

    foreign = signed("/api/camera_proxy/camera.yard", 60).partition("?")[2]
    for path in paths(hass):
        # With a good one nothing is there, but that is said.
        assert (await stranger.get(signed(path, 60))).status == HTTPStatus.NOT_FOUND
        good = signed(path, 60)
        head, body, seal = good.partition("=")[2].split(".")
        others = [one for one in paths(hass) if one != path]
        for wrong in (
            signed(path, -1),
            f"{path}?{foreign}",
            *(f"{path}?{signed(other, 60).partition('?')[2]}" for other in others),
            f"{path}/../y?{good.partition('?')[2]}",
            f"{path}?authSig={head}.{body}.{seal[::-1]}",
            f"{path}?authSig={head}.{body}.",
            f"{path}?authSig=",
        ):
            status = (await stranger.get(wrong)).status
            assert status in REFUSED, wrong


async def test_every_address_that_is_handed_out_is_good_for_an_hour(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    job = Job(classifiers=(classifier.id,), after=0.0, before=1.0)
    handed_out = [
        async_crop_url(hass, classifier.id, "x", "crop"),
        async_crop_url(hass, classifier.id, "x", "thumb"),
        async_export_url(hass, classifier),
        async_past_url(hass, entry, "x"),
        async_table_url(hass, entry, Run(id="x", job=job, started_at=2.0), "csv"),
    ]
    assert len(handed_out) == len(paths(hass))
    stranger = await hass_client_no_auth()
    freezer.tick(timedelta(minutes=59))
    for address in handed_out:
        # Nothing is there, but that is said.
        assert (await stranger.get(address)).status == HTTPStatus.NOT_FOUND, address
    freezer.tick(timedelta(minutes=2))
    for address in handed_out:
        assert (await stranger.get(address)).status in REFUSED, address


async def test_a_signed_address_is_good_for_its_picture_and_its_time(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    first, second = await keep(classifier, None, 2)
    stranger = await hass_client_no_auth()
    for view in (CropView, ThumbView):
        path, other = (
            view.url.format(classifier_id=classifier.id, sample_id=crop)
            for crop in (first, second)
        )

        def signed(seconds: float, path: str = path) -> str:
            valid_for = timedelta(seconds=seconds)
            return async_sign_path(hass, path, valid_for, use_content_user=True)

        good, expired = signed(60), signed(-1)
        assert (await stranger.get(good)).status == HTTPStatus.OK
        signature = good.partition("?")[2]
        for wrong in (
            expired,
            f"{other}?{signature}",
            f"{path}?authSig=x.y.z",
            f"{path}?{signature}&size=large",
        ):
            assert (await stranger.get(wrong)).status == HTTPStatus.FORBIDDEN, wrong


async def test_a_signed_address_of_a_model_is_good_for_that_model_only(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up(classifier_data(), classifier_data(name="Guests"))
    paths = []
    for number in (0, 1):
        classifier = classifier_of(entry, number)
        for name in ("leo", "charlie"):
            await keep(classifier, name, 6)
        await classifier.trainings.async_train()
        await async_export(classifier)
        paths.append(ExportView.url.format(classifier_id=classifier.id))

    def signed(seconds: float) -> str:
        valid_for = timedelta(seconds=seconds)
        return async_sign_path(hass, paths[0], valid_for, use_content_user=True)

    stranger, good = await hass_client_no_auth(), signed(60)
    assert (await stranger.get(good)).status == HTTPStatus.OK
    signature = good.partition("?")[2]
    wrong = [signed(-1), f"{paths[1]}?{signature}", f"{paths[0]}?authSig=x.y.z"]
    for address in wrong:
        assert (await stranger.get(address)).status in REFUSED, address
