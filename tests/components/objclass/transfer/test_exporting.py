"""A classifier can be taken out, to be used in Frigate itself."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.learning.backbone import BackboneModel
from custom_components.objclass.learning.crop import crop_whole
from custom_components.objclass.signals import Progress

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past, teach
from ..crops import keep
from .progress import followed


async def take_out(hass: HomeAssistant) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        "export",
        {"classifier": "Our cats"},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


@pytest.mark.parametrize("frigate", [{"past_events": 24}], indirect=True)
async def test_what_is_downloaded_classifies_as_the_classifier_does(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await set_up()
    await teach(hass, frigate, entry)
    classifier = classifier_of(entry)
    progress = followed(hass, classifier)
    answer = await take_out(hass)
    assert answer["classes"] == ["leo", "charlie", "none"]
    assert answer["threshold"] == 0.8
    assert answer["temperature"] > 0
    await hass.async_block_till_done()
    assert progress[-1] == Progress(job="export", share=1.0, done=True)

    response = await (await hass_client_no_auth()).get(answer["url"])
    assert response.status == 200
    assert 'filename="our_cats.zip"' in response.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    assert set(archive.namelist()) == {
        *("our_cats/model.tflite", "our_cats/labelmap.txt")
    }
    labels = archive.read("our_cats/labelmap.txt").decode().splitlines()
    assert labels == answer["classes"]
    model = archive.read("our_cats/model.tflite")
    folder = Path(answer["folder"])
    assert (
        await hass.async_add_executor_job((folder / "model.tflite").read_bytes) == model
    )

    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    for sample in await classifier.samples.async_files(
        classifier.samples.store.find, limit=10
    ):
        path = classifier.samples.store.picture_path(sample.id)
        crop = crop_whole(await hass.async_add_executor_job(path.read_bytes), 224)
        interpreter.set_tensor(
            interpreter.get_input_details()[0]["index"], crop.pixels[None]
        )
        interpreter.invoke()
        scores = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
        assert labels[int(np.argmax(scores))] == sample.label


@no_past
async def test_classes_without_crops_are_left_out(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(
        await set_up(classifier_data(classes=["leo", "felix", "charlie"]))
    )
    await keep(classifier, "charlie", 4)
    await keep(classifier, "leo", 4)
    await classifier.trainings.async_train()
    answer = await take_out(hass)
    assert answer["classes"] == ["leo", "charlie"]
    labelmap = Path(answer["folder"]) / "labelmap.txt"
    assert await hass.async_add_executor_job(labelmap.read_text) == "leo\ncharlie\n"


@no_past
async def test_there_is_nothing_to_export_or_download_before_a_training(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    classifier = classifier_of(await set_up())
    with pytest.raises(ServiceValidationError) as raised:
        await take_out(hass)
    assert "has not been trained yet" in str(raised.value)
    client = await hass_client()
    for classifier_id in (classifier.id, "gone"):
        path = f"/api/objclass/export/{classifier_id}"
        assert (await client.get(path)).status == 404
    path = f"/api/objclass/export/{classifier.id}"
    assert (await (await hass_client_no_auth()).get(path)).status == 401


@no_past
async def test_what_was_trained_on_another_network_is_refused(
    hass: HomeAssistant,
    frigate: Frigate,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classifier = classifier_of(await set_up())
    await keep(classifier, "charlie", 4)
    await keep(classifier, "leo", 4)
    await classifier.trainings.async_train()
    # As if another network had come into use meanwhile.
    other = SimpleNamespace(model=BackboneModel(size=160))
    monkeypatch.setattr(type(classifier), "backbone", property(lambda _: other))
    with pytest.raises(ServiceValidationError, match="cannot be exported"):
        await take_out(hass)


@no_past
async def test_files_that_cannot_be_written_are_said(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    await keep(classifier, "charlie", 4)
    await keep(classifier, "leo", 4)
    await classifier.trainings.async_train()
    in_the_way = classifier.folder / "export"
    await hass.async_add_executor_job(in_the_way.write_bytes, b"")
    with pytest.raises(HomeAssistantError) as raised:
        await take_out(hass)
    assert raised.value.translation_key == "storage_failed"
