"""Another network, of ours or brought: all crops are looked at again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError

from custom_components.objclass.learning import chosen

from ..conftest import SetUp, classifier_of, no_past
from ..crops import keep, learn
from ..learning.tiny_models import feature_extractor
from .options import PLAIN, choose, really_load, worker_of


@no_past
@pytest.mark.parametrize("backbone", ["160", "own"])
async def test_another_network_looks_at_all_crops_again_and_trains(
    hass: HomeAssistant, set_up: SetUp, backbone: str, tmp_path: Path
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, None, 3)
    old = (await learn(classifier)).kept
    before = worker_of(entry).backbone.identity

    hass.config.allowlist_external_dirs = {str(tmp_path)}
    own = {"model": str(feature_extractor(tmp_path)), "pixel_range": "zero_to_255"}
    answer = await choose(hass, entry, backbone=backbone, own=own)
    assert answer["type"] is FlowResultType.CREATE_ENTRY

    now = worker_of(entry).backbone
    assert now.identity != before
    assert classifier.trainings.current is not old
    assert classifier.trainings.current.head.backbone == now.identity
    assert classifier.trainings.current.head.weights.shape[0] == now.dimension
    assert classifier.trainings.trained_head is not None
    for identity, dimension in ((before, 1280), (now.identity, now.dimension)):
        assert (
            await classifier.samples.async_files(
                classifier.samples.store.unseen, identity
            )
            == []
        )
        for sample in classifier.samples.store.find(limit=-1):
            vector = classifier.samples.store.embedding(sample.id, identity)
            assert vector is not None
            assert vector.shape == (dimension,)
    # The way back costs a training, but no look.
    await choose(hass, entry)
    assert classifier.trainings.current.head.backbone == before


@no_past
async def test_what_a_network_saw_goes_when_two_others_have_followed_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await learn(classifier)
    networks = [worker_of(entry).backbone.identity]
    for backbone in ("160", "128"):
        await choose(hass, entry, backbone=backbone)
        networks.append(worker_of(entry).backbone.identity)
    assert classifier.trainings.trained_head is not None
    labelled = classifier.samples.store.find(labelled=True, limit=-1)
    for network, kept in zip(networks, (False, True, True), strict=True):
        vectors = [
            classifier.samples.store.embedding(one.id, network) for one in labelled
        ]
        assert [vector is not None for vector in vectors] == [kept] * 8


@no_past
async def test_a_training_of_another_network_cannot_be_put_in_use(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    number = (await learn(classifier)).kept.number
    await choose(hass, entry, backbone="128")
    with pytest.raises(ServiceValidationError, match="made with another network"):
        await classifier.trainings.async_use(number)


@no_past
@pytest.mark.parametrize(
    ("write", "error", "said"),
    [
        (lambda _: None, "model_failed", "No such file"),
        (lambda path: path.write_bytes(b"JPEG" * 99), "model_failed", "not a Tensor"),
    ],
    ids=["missing", "no network"],
)
async def test_a_file_that_is_no_network_is_refused_with_the_reason(
    hass: HomeAssistant,
    set_up: SetUp,
    tmp_path: Path,
    write: Callable[[Path], Any],
    error: str,
    said: str,
) -> None:
    entry = await set_up()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "own.tflite"
    write(path)
    own = {"model": str(path), "pixel_range": "zero_to_255"}
    answer = await choose(hass, entry, backbone="own", own=own)
    assert answer["errors"] == {"base": error}
    assert said in answer["description_placeholders"]["error"]


@no_past
@pytest.mark.parametrize("model", [{}, {"model": "/etc/passwd"}])
async def test_a_file_that_may_not_be_read_is_refused(
    hass: HomeAssistant, set_up: SetUp, model: dict[str, str]
) -> None:
    own = {**PLAIN["own"], **model}
    answer = await choose(hass, await set_up(), backbone="own", own=own)
    assert answer["errors"] == {"base": "path_not_allowed"}


@no_past
async def test_a_file_in_home_assistants_own_folder_may_be_read_also_by_a_link_to_it(
    hass: HomeAssistant, set_up: SetUp, tmp_path: Path
) -> None:
    entry = await set_up()
    link = tmp_path / "config"
    link.symlink_to(hass.config.config_dir)
    (link / "own.tflite").write_bytes(b"no network")
    hass.config.config_dir = str(link)
    own = {**PLAIN["own"], "model": str(link / "own.tflite")}
    answer = await choose(hass, entry, backbone="own", own=own)
    assert answer["errors"] == {"base": "model_failed"}


@no_past
async def test_a_network_that_is_gone_can_be_changed_although_nothing_runs(
    hass: HomeAssistant,
    set_up: SetUp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chosen, "load_here", really_load)
    entry = await set_up()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = feature_extractor(tmp_path)
    own = {"model": str(path), "pixel_range": "zero_to_255"}
    await choose(hass, entry, backbone="own", own=own)
    path.unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "backbone_failed"

    answer = await choose(hass, entry)
    assert answer["type"] is FlowResultType.CREATE_ENTRY
    assert entry.state is ConfigEntryState.LOADED
