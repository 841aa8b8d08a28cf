"""A .tflite classifier with its labels can do the work of a trained head."""

import shutil
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from PIL import Image

from custom_components.objclass.const import DOMAIN

from ..conftest import (
    Frigate,
    Panel,
    SetUp,
    classifier_data,
    classifier_of,
    entity_of,
    frigate_of,
    no_past,
)
from ..crops import keep
from .test_importing import a_zip as pictures_zip

BROUGHT = Path(__file__).parent.parent / "learning" / "brought"
LABELS = "0 Red\n1 Green\n2 Background\n"
COLOURS = classifier_data(classes=["red", "green"])


def a_folder(media: Path, model: str, labels: str | None = LABELS) -> Path:
    """Return a folder as Frigate has one for each of its models."""
    folder = media / "colours"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(BROUGHT / f"{model}.tflite", folder / "model.tflite")
    if labels is not None:
        (folder / "labelmap.txt").write_text(labels)
    return folder


def a_zip(media: Path, model: str, labels: str = LABELS) -> Path:
    """Return a zip as Teachable Machine gives one."""
    path = media / "converted_tflite.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(BROUGHT / f"{model}.tflite", "model_unquant.tflite")
        archive.writestr("labels.txt", labels)
    return path


async def bring(hass: HomeAssistant, path: Path, **data: Any) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        "import",
        {"classifier": "Our cats", "path": str(path), **data},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


async def ask(hass: HomeAssistant, action: str) -> dict[str, Any]:
    """Call another action and return its answer."""
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        {"classifier": "Our cats"},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


def picture(colour: str, seed: int = 1) -> bytes:
    """Return a noisy picture of one colour."""
    file = BytesIO()
    noise = np.random.default_rng(seed).integers(0, 30, (64, 64, 3), np.uint8)
    noise[..., ("red", "green", "blue").index(colour)] += 190
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


async def look_at(hass: HomeAssistant, media: Path, colour: str) -> dict[str, Any]:
    """Classify a picture of one colour."""
    await hass.async_add_executor_job(
        (media / "picture.png").write_bytes, picture(colour)
    )
    answer = await hass.services.async_call(
        DOMAIN,
        "classify",
        {
            "classifier": "Our cats",
            "media": {
                "media_content_id": "media-source://media_source/here/picture.png",
                "media_content_type": "image/png",
            },
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


@no_past
@pytest.mark.parametrize(
    ("make", "model"), [(a_folder, "int8"), (a_zip, "float32")], ids=["int8", "float32"]
)
async def test_a_model_classifies_until_the_next_training(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    media: Path,
    make: Callable[[Path, str], Path],
    model: str,
) -> None:
    hass.config.media_dirs["here"] = str(media)
    assert await async_setup_component(hass, "media_source", {})
    entry = await set_up(COLOURS)
    path = await hass.async_add_executor_job(make, media, model)
    answer = await bring(hass, path)
    assert answer == {
        "classes": {"Red": "red", "Green": "green", "Background": "none"},
        "classes_added": [],
        "classes_without_label": [],
        "judged": None,
    }
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    for colour, expected in (("red", "red"), ("green", "green"), ("blue", "none")):
        seen = await look_at(hass, media, colour)
        assert seen["class"] == expected
        assert seen["score"] > 0.8
        assert seen["unfamiliar"] is False

    classifier = classifier_of(entry)
    with pytest.raises(HomeAssistantError, match="imported model"):
        await hass.services.async_call(
            DOMAIN,
            "export",
            {"classifier": "Our cats"},
            blocking=True,
            return_response=True,
        )
    await keep(classifier, "red", 4)
    await keep(classifier, "green", 4)
    await classifier.trainings.async_train()
    assert classifier.trainings.current is not None
    assert classifier.head is classifier.trainings.current.head
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert classifier_of(entry).trainings.model is None


@no_past
async def test_a_model_takes_the_place_of_a_training_which_can_come_back(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up(COLOURS))
    await keep(classifier, "red", 4)
    await keep(classifier, "green", 4)
    await classifier.trainings.async_train()
    trained = classifier.head
    await hass.async_block_till_done()
    assert entity_of(hass, "sensor.our_cats_accuracy").state == "100.0"
    path = await hass.async_add_executor_job(a_folder, media, "int8")
    await bring(hass, path)
    assert classifier.head is classifier.trainings.model
    await hass.async_block_till_done()
    assert entity_of(hass, "sensor.our_cats_accuracy").state == "unknown"
    assert not classifier.trainings.outdated
    answer = await ask(hass, "report")
    assert [one["in_use"] for one in answer["trainings"]] == [False]
    assert await ask(hass, "rollback") == {"number": 1}
    assert classifier.trainings.model is None
    answer = await ask(hass, "report")
    assert [one["in_use"] for one in answer["trainings"]] == [True]
    assert trained is not None
    assert classifier.head is not None
    assert classifier.head.classes == trained.classes


@no_past
async def test_a_training_takes_the_place_of_a_model_however_good_earlier_ones_were(
    hass: HomeAssistant, set_up: SetUp, media: Path
) -> None:
    rules = {"refuse_worse": True}
    entry = await set_up(classifier_data(classes=["red", "green"], rules=rules))
    classifier = classifier_of(entry)
    red = await keep(classifier, "red", 12)
    await keep(classifier, "green", 12)
    await classifier.trainings.async_train()
    await bring(hass, await hass.async_add_executor_job(a_folder, media, "int8"))

    # Half of them turn out to be something else, which is hard to tell from red.
    await classifier.samples.async_label(red[::2], "green")
    trained = await classifier.trainings.async_train()
    assert trained.taken
    assert classifier.head is trained.kept.head


@no_past
@pytest.mark.parametrize("labelled", [False, True])
async def test_a_model_goes_by_the_new_name_of_a_class(
    hass: HomeAssistant, set_up: SetUp, media: Path, panel: Panel, *, labelled: bool
) -> None:
    hass.config.media_dirs["here"] = str(media)
    assert await async_setup_component(hass, "media_source", {})
    entry = await set_up(COLOURS)
    if labelled:
        await keep(classifier_of(entry), "red", 2)
    await bring(hass, await hass.async_add_executor_job(a_folder, media, "int8"))

    await panel.ask(
        "rename_class", classifier_id=classifier_of(entry).id, old="red", new="ruby"
    )

    assert (await look_at(hass, media, "red"))["class"] == "ruby"
    assert (await look_at(hass, media, "green"))["class"] == "green"


@no_past
async def test_a_class_that_is_merged_into_another_gives_it_its_part_of_a_model(
    hass: HomeAssistant, set_up: SetUp, media: Path, panel: Panel
) -> None:
    hass.config.media_dirs["here"] = str(media)
    assert await async_setup_component(hass, "media_source", {})
    entry = await set_up(COLOURS)
    await bring(hass, await hass.async_add_executor_job(a_folder, media, "int8"))

    await panel.ask(
        "rename_class", classifier_id=classifier_of(entry).id, old="red", new="green"
    )

    assert (await look_at(hass, media, "red"))["class"] == "green"


@no_past
async def test_objects_in_view_are_classified_by_the_model(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    entry = await set_up(COLOURS)
    path = await hass.async_add_executor_job(a_folder, media, "int8")
    await bring(hass, path)
    walk = frigate.walk("leo", "front_door")
    await walk.in_view.wait()
    await frigate.walks_done()
    await frigate_of(entry).pipeline.async_wait_idle()
    classifier = classifier_of(entry)
    samples = await classifier.samples.async_files(classifier.samples.store.find)
    assert samples
    assert set(samples[0].scores) == {"red", "green", "none"}
    assert samples[0].distance is None


@no_past
async def test_labels_become_classes_if_that_is_wanted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    entry = await set_up()
    path = await hass.async_add_executor_job(a_folder, media, "int8", "a\nLEO\nnone\n")
    answer = await bring(hass, path, add_classes=True)
    assert answer == {
        "classes": {"a": "a", "LEO": "leo", "none": "none"},
        "classes_added": ["a"],
        "classes_without_label": ["charlie"],
        "judged": None,
    }
    assert classifier_of(entry).settings.classes == ("leo", "charlie", "a")


@no_past
async def test_classes_may_be_numbers_of_things(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    """Such as Frigate's own states, which come in this order."""
    counted = ["0 cars", "1 car", "2 cars"]
    await set_up(classifier_data(classes=counted))
    labels = "".join(f"{name}\n" for name in counted)
    path = await hass.async_add_executor_job(a_folder, media, "int8", labels)
    answer = await bring(hass, path)
    assert answer["classes"] == {name: name for name in counted}


@no_past
async def test_a_model_that_cannot_be_used_adds_no_classes(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    entry = await set_up()
    path = await hass.async_add_executor_job(a_folder, media, "int8", "a\nleo\n")
    with pytest.raises(HomeAssistantError, match="3 scores, but there are 2"):
        await bring(hass, path, add_classes=True)
    await hass.async_block_till_done()
    classifier = classifier_of(entry)
    assert classifier.settings.classes == ("leo", "charlie")
    assert not [*classifier.folder.glob("model/*")]


@no_past
async def test_a_model_that_cannot_be_used_is_said_and_changes_nothing(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classifier = classifier_of(await set_up(COLOURS))

    async def why_not(**data: Any) -> str:
        path = await hass.async_add_executor_job(lambda: a_folder(media, **data))
        with pytest.raises(HomeAssistantError) as raised:
            await bring(hass, path)
        assert raised.value.translation_domain == DOMAIN
        return str(raised.value)

    assert "None of the labels" in await why_not(model="int8", labels="a\nb\nc")
    assert "there are no labels" in await why_not(model="int8", labels=None)
    assert "3 scores, but there are 2" in await why_not(model="int8", labels="red\na")
    folder = media / "colours"
    await hass.async_add_executor_job(
        (folder / "model.tflite").write_bytes, b"no model"
    )
    with pytest.raises(HomeAssistantError, match="cannot read the model"):
        await bring(hass, folder)
    path = await hass.async_add_executor_job(a_folder, media, "int8")
    await hass.async_add_executor_job(
        shutil.copyfile, path / "model.tflite", path / "other.tflite"
    )
    with pytest.raises(HomeAssistantError, match="more than one model"):
        await bring(hass, path)
    # Home Assistant OS has no LiteRT.
    for module in ("ai_edge_litert.interpreter", "tflite_runtime.interpreter"):
        monkeypatch.setitem(sys.modules, module, None)
    assert "quantized, which is not supported here" in await why_not(model="int8")
    assert classifier.trainings.model is None
    assert classifier.head is None


@no_past
async def test_a_model_that_no_longer_works_does_not_stop_the_rest(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    media: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(COLOURS)
    path = await hass.async_add_executor_job(a_folder, media, "int8")
    await bring(hass, path)
    about = classifier_of(entry).folder / "model" / "model.json"
    await hass.async_add_executor_job(about.write_text, "{")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert classifier_of(entry).head is None
    assert "The imported model of Our cats cannot be used" in caplog.text


@no_past
async def test_the_answer_says_how_good_a_model_is_on_what_is_labelled_here(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up(COLOURS))
    shown = (("red", "red"),) * 3 + (("green", "green"),) * 3 + (("green", "blue"),)
    content = {
        f"{label}/{number}.png": picture(colour, number)
        for number, (label, colour) in enumerate(shown)
    }
    labelled = await hass.async_add_executor_job(pictures_zip, media, content)
    await bring(hass, labelled)
    one, *_ = await classifier.samples.async_files(
        classifier.samples.store.find, label="red"
    )
    gone = classifier.samples.store.picture_path(one.id)
    await hass.async_add_executor_job(gone.unlink)
    path = await hass.async_add_executor_job(a_folder, media, "float32")
    assert (await bring(hass, path))["judged"] == {
        "images": 6,
        "accuracy": pytest.approx(5 / 6),
        "balanced_accuracy": pytest.approx((1 + 3 / 4) / 2),
        "classes": {"red": 1.0, "green": 0.75},
    }
