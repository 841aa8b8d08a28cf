"""Labelled pictures that somebody brings become samples that can be trained on."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from PIL import Image

from custom_components.objclass.const import DOMAIN
from custom_components.objclass.signals import SIGNAL_SAMPLES
from tests.frigate_sim import Account, Fault, NativeModel

from ..conftest import Frigate, SetUp, classifier_data, classifier_of, no_past
from ..frames.cameras import add_cameras, add_entry, frames_of
from .progress import followed

PETS = NativeModel(
    name="pets",
    type="sub_label",
    objects=("cat",),
    classes={"leo": 4, "charlie": 3, "none": 0},
)
with_pets = pytest.mark.parametrize(
    "frigate", [{"past_events": 0, "models": [PETS]}], indirect=True
)

type Make = Callable[[Path, dict[str, bytes]], Path]


def picture(number: int, kind: str = "JPEG") -> bytes:
    """Return a picture unlike those of other numbers."""
    file = BytesIO()
    colour = (number * 40 % 256, number * 70 % 256, 200)
    Image.new("RGB", (48, 32), colour).save(file, kind)
    return file.getvalue()


def pets() -> dict[str, bytes]:
    return {
        "pets/leo/1.jpg": picture(1),
        "pets/leo/2.png": picture(2, "PNG"),
        "pets/Charlie/1.webp": picture(3, "WEBP"),
        "pets/none/1.jpg": picture(4),
        "pets/readme.txt": b"my cats",
    }


def a_folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / "brought" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root / "brought"


def a_zip(root: Path, files: dict[str, bytes]) -> Path:
    path = root / "brought.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


made = pytest.mark.parametrize("make", [a_folder, a_zip])


async def bring(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        "import",
        {"classifier": "Our cats", **data},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


async def refusal(hass: HomeAssistant, **data: Any) -> str:
    with pytest.raises(HomeAssistantError) as raised:
        await bring(hass, **data)
    assert raised.value.translation_domain == DOMAIN
    return str(raised.value)


# Folders and zips


@no_past
@made
async def test_pictures_in_folders_of_classes_become_labelled_samples(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path, make: Make
) -> None:
    classifier = classifier_of(await set_up())
    path = await hass.async_add_executor_job(make, media, pets())
    answer = await bring(hass, path=str(path))
    assert answer == {
        "images": {"leo": 2, "charlie": 1, "none": 1},
        "known": 0,
        "unusable": 0,
        "classes_added": [],
    }
    assert classifier.samples.labelled == {"leo": 2, "charlie": 1, "none": 1}
    found = await classifier.samples.async_files(classifier.samples.store.find)
    assert {sample.source for sample in found} == {"import"}
    trained = await classifier.trainings.async_train()
    assert {item.name for item in trained.kept.report.classes} == {
        *("leo", "charlie", "none")
    }


@no_past
async def test_the_same_pictures_are_taken_once(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up())
    folder = await hass.async_add_executor_job(a_folder, media, pets())
    await bring(hass, path=str(folder))
    packed = await hass.async_add_executor_job(
        a_zip, media, {**pets(), "leo/new.jpg": picture(5)}
    )
    answer = await bring(hass, path=str(packed))
    assert answer["images"] == {"leo": 1}
    assert answer["known"] == 4
    assert classifier.samples.labelled == {"leo": 3, "charlie": 1, "none": 1}


@no_past
async def test_what_has_come_and_how_far_it_is_can_be_followed(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up())
    progress = followed(hass, classifier)
    came: list[str] = []
    async_dispatcher_connect(
        hass,
        SIGNAL_SAMPLES.format(classifier.id),
        callback(lambda changes: came.extend(changes.added)),
    )
    path = await hass.async_add_executor_job(a_zip, media, pets())
    await bring(hass, path=str(path))
    await hass.async_block_till_done()
    assert {item.job for item in progress} == {"import"}
    shares = [item.share for item in progress]
    assert shares == [None, 0.25, 0.5, 0.75, 1.0, 1.0]
    assert [item.done for item in progress] == [False] * 5 + [True]
    assert len(came) == 4
    crop = hass.states.get("sensor.our_cats_labelled_crops")
    assert crop is not None
    assert crop.state == "4"


@no_past
@made
async def test_unknown_classes_are_named_and_nothing_is_imported(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path, make: Make
) -> None:
    classifier = classifier_of(await set_up())
    files = {**pets(), "pets/felix/1.jpg": picture(6), "pets/empty/a.txt": b"-"}
    path = await hass.async_add_executor_job(make, media, files)
    error = await refusal(hass, path=str(path))
    assert error.startswith("There are pictures of felix, which the classifier does")
    assert "leo, charlie, none" in error
    assert classifier.samples.labelled == {}


@no_past
@made
async def test_unknown_classes_are_added_if_that_is_wanted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path, make: Make
) -> None:
    entry = await set_up()
    files = {**pets(), "felix/1.jpg": picture(6), "Felix/2.jpg": picture(7)}
    path = await hass.async_add_executor_job(make, media, files)
    answer = await bring(hass, path=str(path), add_classes=True)
    (name,) = answer["classes_added"]
    assert name.casefold() == "felix"
    assert answer["images"][name] == 2
    await hass.async_block_till_done()
    classifier = classifier_of(entry)
    assert classifier.settings.classes == ("leo", "charlie", name)
    assert classifier.samples.labelled[name] == 2


@no_past
@made
async def test_folders_of_a_mac_are_the_classes_of_that_name(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path, make: Make
) -> None:
    """There, an accent in the name of a file is a character of its own."""
    entry = await set_up(classifier_data(classes=["M\u00fcller", "leo"]))
    files = {"Mu\u0308ller/1.jpg": picture(1), "Zoe\u0308/1.jpg": picture(2)}
    path = await hass.async_add_executor_job(make, media, files)
    answer = await bring(hass, path=str(path), add_classes=True)
    assert answer["images"] == {"M\u00fcller": 1, "Zo\u00eb": 1}
    assert answer["classes_added"] == ["Zo\u00eb"]
    await hass.async_block_till_done()
    classes = classifier_of(entry).settings.classes
    assert classes == ("M\u00fcller", "leo", "Zo\u00eb")


@no_past
async def test_a_class_with_a_name_that_is_not_possible_is_refused(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up())
    path = await hass.async_add_executor_job(a_zip, media, {"a,b/1.jpg": picture(1)})
    error = await refusal(hass, path=str(path), add_classes=True)
    assert "comma" in error
    assert classifier.samples.labelled == {}


@no_past
@made
async def test_pictures_that_cannot_be_used_are_counted_and_the_rest_is_taken(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path, make: Make
) -> None:
    await set_up()
    huge = BytesIO()
    Image.new("L", (9000, 9000)).save(huge, "PNG")
    files = {
        "leo/1.jpg": picture(1),
        "leo/cut.jpg": picture(2)[:200],
        "leo/text.jpg": b"no picture",
        "leo/huge.png": huge.getvalue(),
        "leo/large.png": bytes(41 << 20),
        "leo/moving.png": b"GIF89a" + bytes(20),
    }
    path = await hass.async_add_executor_job(make, media, files)
    answer = await bring(hass, path=str(path))
    assert answer["images"] == {"leo": 1}
    assert answer["unusable"] == 5


@no_past
async def test_what_cannot_be_imported_is_said(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    classifier = classifier_of(await set_up())

    def make() -> None:
        a_zip(media, {"../leo/1.jpg": picture(1)})
        (media / "no.zip").write_bytes(b"no zip")
        (media / "empty").mkdir()

    await hass.async_add_executor_job(make)
    error = await refusal(hass, path=str(media / "brought.zip"))
    assert "names a file outside of itself" in error
    assert "it is no zip" in await refusal(hass, path=str(media / "no.zip"))
    assert "No such file" in await refusal(hass, path=str(media / "gone.zip"))
    assert "nothing to import" in await refusal(hass, path=str(media / "empty"))
    for elsewhere in ("/etc", str(media.parent), f"{media}/../", "gone/gone.zip"):
        assert "may not read it" in await refusal(hass, path=elsewhere)
    assert classifier.samples.labelled == {}
    for wrong in (
        *({}, {"path": "a", "frigate_model": "b"}),
        *({"path": ""}, {"file": ""}, {"frigate_model": ""}),
    ):
        assert "Say where the import comes from" in await refusal(hass, **wrong)


@no_past
async def test_brought_pictures_are_not_the_last_crop(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp, media: Path
) -> None:
    entry = await set_up()
    path = await hass.async_add_executor_job(a_zip, media, pets())
    await bring(hass, path=str(path))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert classifier_of(entry).samples.last_crop is None


async def test_of_a_brought_picture_of_a_whole_camera_nothing_is_cut_off(
    hass: HomeAssistant, media: Path
) -> None:
    """As when the camera is looked at: what matters may be at the edge."""
    await add_cameras(hass, "Gate")
    classifier = frames_of(await add_entry(hass))
    wide = BytesIO()
    Image.new("RGB", (160, 40), "green").save(wide, "JPEG")
    files = {"open/wide.jpg": wide.getvalue()}
    path = await hass.async_add_executor_job(a_folder, media, files)
    await bring(hass, path=str(path), classifier="Gate")
    store = classifier.samples.store
    (sample,) = await classifier.samples.async_files(store.find, source="import")
    kept = await classifier.samples.async_files(store.pictures.read, sample.id)
    assert Image.open(BytesIO(kept)).size == (160, 40)


# From Frigate


@with_pets
async def test_the_dataset_of_a_model_of_frigate_s_own_is_taken_over(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    answer = await bring(hass, frigate_model="pets")
    assert answer["images"] == {"leo": 4, "charlie": 3}
    assert classifier.samples.labelled == {"leo": 4, "charlie": 3}
    trained = await classifier.trainings.async_train()
    assert trained.kept.report.accuracy == 1


@pytest.mark.parametrize(
    "frigate",
    [{"models": [PETS], "accounts": {"guest": Account(password="x", role="viewer")}}],
    indirect=True,
)
async def test_an_account_that_may_only_look_cannot_import_from_frigate(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up(data={"username": "guest", "password": "x"})
    assert "admin role" in await refusal(hass, frigate_model="pets")


@with_pets
async def test_a_model_that_frigate_does_not_have_is_said(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    error = await refusal(hass, frigate_model="birds")
    assert "model birds. Its models are: pets" in error


@pytest.mark.parametrize("frigate", [{"version": "0.16.4"}], indirect=True)
async def test_an_old_frigate_has_nothing_to_import(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    assert "HTTP 404" in await refusal(hass, frigate_model="pets")


@with_pets
async def test_pictures_that_frigate_does_not_send_are_counted(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    await set_up()
    frigate.faults.add(Fault(path="clips", status=500, times=1))
    frigate.faults.add(Fault(path="clips", damage="garbage", times=2))
    frigate.faults.add(Fault(path="clips", damage="html", times=1))
    answer = await bring(hass, frigate_model="pets")
    assert sum(answer["images"].values()) == 3
    assert answer["unusable"] == 4


@with_pets
async def test_what_came_before_frigate_was_lost_stays(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    classifier = classifier_of(await set_up())
    progress = followed(hass, classifier)
    fetched = frigate.faults.add(Fault(path="clips", times=3))
    lost = frigate.faults.add(Fault(path="clips", damage="truncate"))
    assert "broke off the connection" in await refusal(hass, frigate_model="pets")
    assert (fetched.hits, lost.hits) == (3, 1)
    assert classifier.samples.labelled == {"leo": 3}
    await hass.async_block_till_done()
    assert progress[-1].done
    assert "broke off the connection" in str(progress[-1].error)


@with_pets
async def test_frigate_s_classes_can_be_added(
    hass: HomeAssistant, frigate: Frigate, set_up: SetUp
) -> None:
    entry = await set_up(classifier_data(classes=["felix"]))
    with pytest.raises(ServiceValidationError):
        await bring(hass, frigate_model="pets")
    answer = await bring(hass, frigate_model="pets", add_classes=True)
    assert answer["classes_added"] == ["leo", "charlie"]
    assert classifier_of(entry).samples.labelled == {"leo": 4, "charlie": 3}
