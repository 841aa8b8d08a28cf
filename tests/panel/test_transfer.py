"""Import and export on the quality page, with real files."""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, expect

from .conftest import REPOSITORY
from .home import Home
from .people import PATIENCE, Person, person_at

type Take = Callable[[Page, str], Awaitable[None]]

BROUGHT = REPOSITORY / "tests/components/objclass/learning/brought/float32.tflite"


async def _classifier(home: Home, classifier_id: str) -> dict[str, Any]:
    classifiers = (await home.ask("classifiers"))["classifiers"]
    return next(dict(item) for item in classifiers if item["id"] == classifier_id)


def _pictures(**classes: int) -> FilePayload:
    """Return a zip with a folder of so many pictures for each class."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, (name, count) in enumerate(classes.items()):
            for shade in range(count):
                file = io.BytesIO()
                colour = [10 * shade, 10 * shade, 10 * shade]
                colour[number % 3] = 255
                Image.new("RGB", (64, 64), tuple(colour)).save(file, "PNG")
                archive.writestr(f"{name}/{shade}.png", file.getvalue())
    return {
        "name": "pictures.zip",
        "mimeType": "application/zip",
        "buffer": content.getvalue(),
    }


async def _open_import(person: Person, classifier: dict[str, Any]) -> None:
    await person.open(f"/objclass/{classifier['id']}/quality")
    await person.button("Import…").click()
    await expect(person.page.get_by_role("dialog", name="Import")).to_be_visible()


async def _choose(person: Person, *files: FilePayload) -> None:
    chooser = person.page.locator("objclass-import input[type=file]")
    await chooser.set_input_files([*files])


async def _start(person: Person, words: str = "Import") -> None:
    dialog = person.page.get_by_role("dialog", name="Import")
    await dialog.get_by_role("button", name=words, exact=True).click()


async def test_a_zip_of_class_folders_is_imported_and_trained_on(
    home: Home, browser: Browser, empty: dict[str, Any], picture: Take
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await picture(person.page, "import")
        await _choose(person, _pictures(red=4, green=3))
        await _start(person)
        await person.sees("7 pictures have come.")
        await _start(person, "Train with them")
        await person.is_told("Trained.")
    now = await _classifier(home, empty["id"])
    assert now["labelled"]["red"] == 4
    assert now["labelled"]["green"] == 3
    assert now["trained"]


async def test_folders_of_unknown_classes_are_refused_until_they_may_become_classes(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await _choose(person, _pictures(red=1, blue=2))
        await _start(person)
        await person.sees("There are pictures of blue")
        assert (await _classifier(home, empty["id"]))["labelled"] == {}
        await _start(person, "Add these classes and import")
        await person.sees("3 pictures have come.")
        await person.sees("New classes: blue.")
    now = await _classifier(home, empty["id"])
    assert now["classes"] == ["red", "green", "blue"]
    assert now["labelled"]["blue"] == 2


MODEL: FilePayload = {
    "name": "model.tflite",
    "mimeType": "application/octet-stream",
    "buffer": BROUGHT.read_bytes(),
}
LABELS: FilePayload = {
    "name": "my labels.txt",
    "mimeType": "text/plain",
    "buffer": b"0 Red\n1 Green\n2 Background\n",
}


async def test_a_model_and_its_labels_are_chosen_together_and_put_in_use(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await person.page.get_by_role("radio", name="A trained model").click()
        await _choose(person, MODEL)
        await _start(person)
        await person.sees("Choose the labels of the model too")
        await _choose(person, MODEL, LABELS)
        await _start(person)
        await person.sees("The model is in use now")
        await person.sees("Background counts as none")
    assert (await _classifier(home, empty["id"]))["imported_model"]


async def test_figures_of_a_training_are_not_taken_for_those_of_a_brought_model(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await _choose(person, _pictures(red=4, green=3))
        await _start(person)
        await _start(person, "Train with them")
        await person.is_told("Trained.")
        told = person.page.get_by_text("An imported model classifies now.")
        await _open_import(person, empty)
        await person.page.get_by_role("radio", name="A trained model").click()
        await expect(told).to_have_count(0)
        await _choose(person, MODEL, LABELS)
        await _start(person)
        await person.sees("The model is in use now")
        await expect(told).to_have_count(1)


async def test_what_was_sorted_in_frigate_is_taken_over(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await person.page.get_by_role("radio", name="From Frigate").click()
        await expect(person.page.get_by_label("Model in Frigate")).to_have_value("pets")
        await person.page.get_by_label("Add classes that are not there yet").check()
        await _start(person)
        # Two drawings of one animal may be the same picture.
        await person.sees("have come.")
    now = await _classifier(home, empty["id"])
    assert set(home.classes) <= set(now["classes"])
    assert all(now["labelled"].get(name) for name in home.classes)


async def test_what_cannot_be_imported_is_said_and_can_be_mended_at_once(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    broken: FilePayload = {
        "name": "cats.zip",
        "mimeType": "application/zip",
        "buffer": b"no zip at all",
    }
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await _start(person)
        await person.sees("Choose a file first.")
        await _choose(person, broken)
        await _start(person)
        await expect(
            person.page.locator("objclass-import").get_by_role("alert")
        ).to_contain_text("cannot be imported", timeout=PATIENCE)
        await _choose(person, _pictures(red=1))
        await _start(person)
        await person.sees("1 picture has come.")


async def test_a_trained_classifier_is_exported_as_a_zip_for_frigate(
    home: Home, browser: Browser, trained: dict[str, Any], tmp_path: Path
) -> None:
    async with person_at(browser, home.api) as person:
        await person.open(f"/objclass/{trained['id']}/quality")
        async with person.page.expect_download(timeout=PATIENCE) as download:
            await person.button("Export").click()
        path = tmp_path / "export.zip"
        await (await download.value).save_as(path)
        await person.sees("A zip with model.tflite and labelmap.txt")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        labelmap = next(name for name in names if name.endswith("/labelmap.txt"))
        assert any(re.fullmatch(r"\w+/model\.tflite", name) for name in names)
        for name in home.classes:
            assert name in archive.read(labelmap).decode()


@pytest.mark.parametrize("language", ["en", "de"])
async def test_nothing_can_be_exported_before_the_first_training(
    home: Home, browser: Browser, empty: dict[str, Any], language: str
) -> None:
    async with person_at(browser, home.api, language=language) as person:
        await person.open(f"/objclass/{empty['id']}/quality")
        words = {"en": "Export", "de": "Exportieren"}[language]
        button = person.page.get_by_role("button", name=words, exact=True)
        await expect(button).to_be_disabled(timeout=PATIENCE)


async def test_a_file_can_be_chosen_again_after_the_import_was_cancelled(
    home: Home, browser: Browser, empty: dict[str, Any]
) -> None:
    async with person_at(browser, home.api) as person:
        await _open_import(person, empty)
        await _choose(person, _pictures(red=1))
        await person.sees("pictures.zip")
        dialog = person.page.get_by_role("dialog", name="Import")
        await dialog.get_by_role("button", name="Cancel").click()
        await person.button("Import…").click()
        async with person.page.expect_file_chooser():
            await dialog.get_by_text("Choose a zip").click()
        # A browser only tells of a file that is not the one that it has already.
        chooser = person.page.locator("objclass-import input[type=file]")
        await expect(chooser).to_have_value("")
