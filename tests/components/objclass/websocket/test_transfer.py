"""Pictures and models go in and out over the websocket, as the panel does it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..crops import keep
from ..transfer.test_importing import PETS, pets, picture
from ..transfer.test_importing_model import BROUGHT, LABELS
from .client import Panel, Refused

with_pets = pytest.mark.parametrize(
    "frigate", [{"past_events": 0, "models": [PETS]}], indirect=True
)


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


async def uploaded(connect: ClientSessionGenerator, content: bytes) -> str:
    """Send a file as a browser does; return its id."""
    client = await connect()
    response = await client.post("/api/file_upload", data={"file": io.BytesIO(content)})
    assert response.status == 200
    answer: dict[str, str] = await response.json()
    return answer["file_id"]


async def follow(panel: Panel) -> list[dict[str, Any]]:
    """Return what was told of a job until it was done."""
    told = []
    while not told or not told[-1]["done"]:
        told.append(await panel.next("progress"))
    return told


@no_past
async def test_an_uploaded_zip_becomes_labelled_crops_and_is_removed(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    classifier = classifier_of(await set_up())
    await panel.ask("subscribe")
    file_id = await uploaded(hass_client, zipped(pets()))
    ask = {"classifier_id": classifier.id, "file": file_id}
    assert await panel.ask("import", **ask) == {
        "images": {"leo": 2, "charlie": 1, "none": 1},
        "known": 0,
        "unusable": 0,
        "classes_added": [],
    }
    assert classifier.samples.labelled == {"leo": 2, "charlie": 1, "none": 1}
    assert {event["job"] for event in await follow(panel)} == {"import"}
    with pytest.raises(Refused, match="not there") as refused:
        await panel.ask("import", **ask)
    assert refused.value.key == "import_refused"


@no_past
async def test_an_uploaded_model_classifies(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await set_up(classifier_data(classes=["red", "green"]))
    model = await hass.async_add_executor_job((BROUGHT / "float32.tflite").read_bytes)
    content = zipped({"model.tflite": model, "labels.txt": LABELS.encode()})
    answer = await panel.ask(
        "import",
        classifier_id=classifier_of(entry).id,
        file=await uploaded(hass_client, content),
    )
    assert answer["classes"] == {"Red": "red", "Green": "green", "Background": "none"}
    (shown,) = (await panel.ask("classifiers"))["classifiers"]
    assert shown["imported_model"] is True


@no_past
async def test_an_upload_that_is_no_zip_is_refused(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    classifier = classifier_of(await set_up())
    file_id = await uploaded(hass_client, picture(1))
    with pytest.raises(Refused, match="no zip") as refused:
        await panel.ask("import", classifier_id=classifier.id, file=file_id)
    assert refused.value.key == "import_refused"
    assert not classifier.samples.labelled


@with_pets
async def test_frigates_models_can_be_chosen_and_their_classes_added(
    hass: HomeAssistant, panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(classes=["leo"]))
    (about,) = (await panel.ask("classifiers"))["entries"]
    assert about["frigate_models"] == ["pets"]
    ask = {"classifier_id": classifier_of(entry).id, "frigate_model": "pets"}
    with pytest.raises(Refused) as refused:
        await panel.ask("import", **ask)
    assert refused.value.key == "import_unknown_classes"
    assert refused.value.placeholders["classes"] == "charlie"
    answer = await panel.ask("import", **ask, add_classes=True)
    assert answer["images"] == {"leo": 4, "charlie": 3}
    assert answer["classes_added"] == ["charlie"]
    assert classifier_of(entry).samples.labelled == {"leo": 4, "charlie": 3}


@no_past
async def test_an_import_needs_exactly_one_source(
    panel: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    for source in ({}, {"path": "/media/pets", "frigate_model": "pets"}):
        with pytest.raises(Refused) as refused:
            await panel.ask("import", classifier_id=classifier.id, **source)
        assert refused.value.key == "import_without_source"


@no_past
async def test_a_classifier_is_exported_to_an_address_to_download_it_at(
    hass: HomeAssistant,
    panel: Panel,
    frigate: Frigate,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    classifier = classifier_of(await set_up())
    with pytest.raises(Refused) as refused:
        await panel.ask("export", classifier_id=classifier.id)
    assert refused.value.key == "not_trained"
    for name in classifier.settings.all_classes:
        await keep(classifier, name, 6)
    await classifier.trainings.async_train()
    answer = await panel.ask("export", classifier_id=classifier.id)
    assert answer["classes"] == ["leo", "charlie", "none"]
    response = await (await hass_client_no_auth()).get(answer["url"])
    archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    assert {Path(name).name for name in archive.namelist()} == {
        *("model.tflite", "labelmap.txt")
    }


@no_past
async def test_only_administrators_bring_in_and_take_out(
    viewer: Panel, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    for command, data in (("import", {"path": "/media"}), ("export", {})):
        with pytest.raises(Refused) as refused:
            await viewer.ask(command, classifier_id=classifier.id, **data)
        assert refused.value.code == "unauthorized", command
