"""A classifier at work: what it keeps on disk, and how it is trained."""

import asyncio
import io
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from PIL import Image
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.objclass.classifier import Classifier, classifier_folder
from custom_components.objclass.const import EVENT_RESULT
from custom_components.objclass.learning import from_samples
from custom_components.objclass.learning.backbone import Backbone

from .conftest import (
    Frigate,
    SetUp,
    Told,
    classifier_data,
    classifier_of,
    data_of,
    frigate_of,
    no_past,
)
from .crops import keep
from .transfer.progress import followed
from .visits import Visit, busy_worker, crops, finals, script, settle, until

pytestmark = no_past


def folder_of(hass: HomeAssistant, entry: MockConfigEntry, number: int = 0) -> Path:
    """Return where the files of a classifier are."""
    return classifier_folder(hass, entry.entry_id, classifier_of(entry, number).id)


def files(folder: Path) -> list[str]:
    """Return the names of the crops on disk."""
    return sorted(path.name for path in (folder / "crops").iterdir())


def block(folder: Path) -> None:
    """Make a folder one that nothing can be written into, even by root."""
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name} aside"))
    folder.write_text("not a folder")


def unblock(folder: Path) -> None:
    """Let a folder be as it was."""
    folder.unlink()
    folder.with_name(f"{folder.name} aside").rename(folder)


# Crops


async def test_every_crop_is_kept_with_all_that_is_known_about_it(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, ("leo", 0.9), ("charlie", 0.4))
    visit = Visit(frigate, entry)
    await visit.look(2)

    first, second = await crops(entry, visit.id)
    frames = visit.seen.frames[-2:]
    assert [first.time, second.time] == [frame.time for frame in frames]
    assert first.camera == "front_door"
    assert first.source == "live"
    assert first.label is None
    assert first.scores["leo"] == 0.9
    assert second.predicted == "charlie"
    assert second.distance == 0.1
    folder = folder_of(hass, entry)
    assert files(folder) == sorted(f"{crop.id}.jpg" for crop in (first, second))
    with Image.open(folder / "crops" / f"{first.id}.jpg") as picture:
        box = frames[0].sighting.box
        assert picture.size == (box[2] - box[0],) * 2  # square, on the longer side
    embedding = classifier.samples.store.embedding(
        first.id, data_of(entry).worker.backbone.identity
    )
    assert embedding is not None
    assert embedding.shape == (1280,)


async def test_only_the_newest_crops_are_kept_but_labelled_ones_for_good(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(rules={"save_attempts": 3}))
    classifier = classifier_of(entry)
    visit = Visit(frigate, entry)
    await visit.look(5)
    kept = await crops(entry, visit.id)
    assert [crop.time for crop in kept] == [
        frame.time for frame in visit.seen.frames[-3:]
    ]
    await classifier.samples.async_label([kept[0].id], "leo")
    await visit.look(5)

    later = await crops(entry, visit.id)
    assert [crop.time for crop in later] == [
        kept[0].time,
        *(frame.time for frame in visit.seen.frames[-3:]),
    ]
    assert files(folder_of(hass, entry)) == sorted(f"{crop.id}.jpg" for crop in later)


async def test_keeping_no_crops_does_not_keep_from_classifying(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
) -> None:
    entry = await set_up(classifier_data(rules={"save_attempts": 0}))
    script(classifier_of(entry), "leo")
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()

    assert files(folder_of(hass, entry)) == []
    assert [final["class"] for final in finals(told)] == ["leo"]


async def test_crops_labels_and_the_last_picture_are_there_after_a_restart(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    visit = Visit(frigate, entry)
    await visit.look(3)
    before = await crops(entry, visit.id)
    await classifier_of(entry).samples.async_label([before[0].id], "leo")
    last = classifier_of(entry).samples.last_crop
    assert last is not None
    assert Image.open(io.BytesIO(last.jpeg)).format == "JPEG"

    assert await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass, entry)
    after = await crops(entry, visit.id)
    assert [(crop.id, crop.label) for crop in after] == [
        (before[0].id, "leo"),
        (before[1].id, None),
        (before[2].id, None),
    ]
    assert classifier_of(entry).samples.labelled == {"leo": 1}
    assert classifier_of(entry).samples.last_crop == last


async def test_a_folder_that_cannot_be_written_is_mentioned_once_and_not_in_the_way(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(classifier_data(name="Full"), classifier_data(name="Fine"))
    for number in range(2):
        script(classifier_of(entry, number), "leo")
    folder = folder_of(hass, entry) / "crops"
    block(folder)
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()

    assert {(final["classifier"], final["class"]) for final in finals(told)} == {
        ("Full", "leo"),
        ("Fine", "leo"),
    }
    assert caplog.text.count("Crops of Full cannot be kept") == 1
    assert await crops(entry, visit.id, 0) == []
    assert len(await crops(entry, visit.id, 1)) == 4
    assert frigate_of(entry).pipeline.counts["errors"] == 0
    unblock(folder)
    visit = Visit(frigate, entry)
    await visit.look(2)
    assert caplog.text.count("Crops of Full can be kept again") == 1
    assert len(await crops(entry, visit.id, 0)) == 2


async def test_a_full_disk_is_mentioned_once_and_not_in_the_way(
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    script(classifier, "leo")
    # The database may not grow any more, which is what a full disk looks like to it.
    await data_of(entry).worker.run(
        classifier.samples.store._db.execute, "PRAGMA max_page_count = 1"
    )
    visit = Visit(frigate, entry)
    await visit.look(4)
    await visit.end()

    assert [final["class"] for final in finals(told)] == ["leo"]
    assert caplog.text.count("Crops of Our cats cannot be kept") == 1
    assert "full" in caplog.text


# Training


async def test_the_same_images_always_give_the_same_head(set_up: SetUp) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 5)
    await keep(classifier, "charlie", 5)
    first = (await classifier.trainings.async_train()).kept
    second = (await classifier.trainings.async_train()).kept

    assert second.number == first.number + 1
    assert np.array_equal(first.head.weights, second.head.weights)
    assert np.array_equal(first.head.bias, second.head.bias)
    assert classifier.head is not None
    assert np.array_equal(classifier.head.weights, second.head.weights)


async def test_a_trained_head_is_in_use_after_a_restart(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 5)
    await keep(classifier, "charlie", 5)
    trained = (await classifier.trainings.async_train()).kept
    assert await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass, entry)

    head = classifier_of(entry).head
    assert head is not None
    assert np.array_equal(head.weights, trained.head.weights)


async def test_crops_that_cannot_be_read_are_skipped_and_counted(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    damaged = await keep(classifier, "leo", 5, embedded=False)
    await keep(classifier, "charlie", 4, embedded=False)
    folder = folder_of(hass, entry) / "crops"
    (folder / f"{damaged[0]}.jpg").write_bytes(b"not a picture")
    (folder / f"{damaged[1]}.jpg").unlink()
    trained = await classifier.trainings.async_train()

    assert trained.skipped == 2
    images = {item.name: item.images for item in trained.kept.report.classes}
    assert images == {"leo": 3, "charlie": 4}
    for sample_id in damaged[:2]:
        assert sample_id in caplog.text


@pytest.mark.parametrize("trouble", ["one class", "no images", "no space"])
async def test_when_a_training_fails_the_old_head_stays_in_use(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    trouble: str,
) -> None:
    # So that every attempt counts, whatever the head makes of it.
    entry = await set_up(classifier_data(rules={"threshold": 0.0}))
    classifier = classifier_of(entry)
    leos = await keep(classifier, "leo", 5)
    charlies = await keep(classifier, "charlie", 5)
    await classifier.trainings.async_train()
    old = classifier.head
    heads = folder_of(hass, entry) / "heads"
    if trouble == "no space":
        block(heads)
    else:
        await classifier.samples.async_label(charlies, None)
    if trouble == "no images":
        await classifier.samples.async_label(leos, None)
    with pytest.raises(HomeAssistantError) as caught:
        await classifier.trainings.async_train()

    assert (
        caught.value.translation_key
        == {
            "one class": "training_too_few_classes",
            "no images": "training_no_images",
            "no space": "storage_failed",
        }[trouble]
    )
    assert classifier.head is old
    assert classifier.trainings.progress is None
    if trouble == "no space":
        unblock(heads)
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()
    assert [final["attempts"] > 0 for final in finals(told)] == [True]
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert classifier_of(entry).head is not None


async def test_classification_goes_on_while_a_head_is_trained(
    frigate: Frigate, set_up: SetUp, hass: HomeAssistant
) -> None:
    entry = await set_up(classifier_data(rules={"min_attempts": 1}))
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 4, embedded=False)
    await keep(classifier, "charlie", 4, embedded=False)
    script(classifier, "leo")
    progress: list[float | None] = []
    hass.bus.async_listen(
        EVENT_RESULT, callback(lambda _: progress.append(classifier.trainings.progress))
    )
    visit = Visit(frigate, entry)
    async with busy_worker(entry):
        training = asyncio.create_task(classifier.trainings.async_train())
        await until(lambda: classifier.trainings.progress is not None)
        frigate._publish_event(visit.next_message())
        # However long the training takes, or whatever the disk is waiting for.
        await until(lambda: bool(progress))
    await training
    await settle(hass, entry)

    assert len(progress) == 1
    assert progress[0] is not None


async def test_training_and_embedding_stay_out_of_the_event_loop(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 3, embedded=False)
    await keep(classifier, "charlie", 3, embedded=False)
    threads: set[str] = set()

    def watched(job: Any) -> Any:
        def run(*args: Any, **kwargs: Any) -> Any:
            threads.add(threading.current_thread().name)
            return job(*args, **kwargs)

        return run

    monkeypatch.setattr(Backbone, "embed", watched(Backbone.embed))
    for name in ("decode", "train_head"):
        monkeypatch.setattr(from_samples, name, watched(getattr(from_samples, name)))
    await classifier.trainings.async_train()

    assert threads == {"objclass_0"}


async def test_unloading_gives_up_a_training_and_the_old_head_stays(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    await keep(classifier, "leo", 5)
    await keep(classifier, "charlie", 5)
    await classifier.trainings.async_train()
    await keep(classifier, "leo", 5, day=2, embedded=False)
    async with busy_worker(entry):
        training = asyncio.create_task(classifier.trainings.async_train())
        await until(lambda: classifier.trainings.progress is not None)
        unload = hass.async_create_task(
            hass.config_entries.async_unload(entry.entry_id)
        )
        await until(lambda: entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS)
    assert await unload
    with pytest.raises(HomeAssistantError):
        await training

    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass, entry)
    again = classifier_of(entry)
    assert again.trainings.current is not None
    assert again.trainings.current.number == 1
    assert (await again.trainings.async_train()).kept.number == 2


async def test_a_job_that_ends_with_its_entry_is_said_to_be_interrupted(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()
    classifier = classifier_of(entry)
    told = followed(hass, classifier)

    async def work() -> None:
        with classifier.telling.async_job("embed"):
            await asyncio.Event().wait()

    entry.async_create_background_task(hass, work(), "embed")
    await hass.config_entries.async_reload(entry.entry_id)
    assert told[-1].done
    assert str(told[-1].error).startswith("Interrupted: ")


@pytest.mark.parametrize("damage", ["garbage", "gone", "nonsense"])
async def test_a_damaged_head_is_mentioned_and_can_be_trained_anew(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 5)
    await keep(classifier_of(entry), "charlie", 5)
    await classifier_of(entry).trainings.async_train()
    heads = folder_of(hass, entry) / "heads"
    assert await hass.config_entries.async_unload(entry.entry_id)
    match damage:
        case "garbage":
            (heads / "1.npz").write_bytes(b"garbage")
        case "gone":
            (heads / "1.npz").unlink()
        case "nonsense":
            (heads / "current").write_text("one")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass, entry)

    assert "The trained head of Our cats cannot be read" in caplog.text
    visit = Visit(frigate, entry)
    await visit.look(3)
    await visit.end()
    assert not told
    assert len(await crops(entry, visit.id)) == 3
    await classifier_of(entry).trainings.async_train()
    assert classifier_of(entry).head is not None


async def test_a_classifier_whose_files_were_removed_starts_anew(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up()
    await keep(classifier_of(entry), "leo", 5)
    folder = folder_of(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    shutil.rmtree(folder)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass, entry)

    classifier: Classifier = classifier_of(entry)
    assert classifier.samples.labelled == {}
    assert classifier.samples.last_crop is None
    visit = Visit(frigate, entry)
    await visit.look(1)
    assert len(await crops(entry, visit.id)) == 1
