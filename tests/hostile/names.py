"""Names that people, and Frigate, give to classifiers, classes, cameras and objects."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import unquote

from homeassistant.util import slugify
from hypothesis import strategies as st

from custom_components.objclass.classifier_flow import _validated
from custom_components.objclass.frigate.messages import (
    classification_payload,
    parse_tracked_object_update,
)
from custom_components.objclass.learning.pictures import Pictures
from custom_components.objclass.learning.samples import (
    Sample,
    SampleStore,
    SampleStoreError,
)

from .damage import TEXTS
from .target import Target, refused

_NAMES: Final = TEXTS | st.text(max_size=80) | st.text("./\\ \u202e🐈ab", max_size=12)


@st.composite
def _forms(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "name": draw(_NAMES),
        "labels": draw(st.lists(_NAMES, max_size=3)),
        "classes": draw(st.lists(_NAMES, max_size=4)),
        "kind": "sub_label",
        "filter": {"cameras": draw(st.lists(_NAMES, max_size=2))},
        "rules": {"min_attempts": 3, "max_attempts": 16, "save_attempts": 200},
    }


def _form(form: dict[str, Any]) -> bool:
    data, errors = _validated(form)
    if errors:
        assert set(errors) <= {"name", "labels", "classes"}
        return False
    classes = data["classes"]
    assert 0 < len(data["name"]) <= 64
    assert slugify(data["name"]), "a classifier without a name for its files"
    assert not {"none", "undecided", "unknown", "unavailable"}.intersection(classes)
    # Frigate has a class in each line of a labelmap.
    assert "\n".join(classes).splitlines() == classes
    for name in classes:
        payload = classification_payload(
            id="1.0-a",
            camera="yard",
            timestamp=1.0,
            model=data["name"],
            sub_label=name,
            attribute=None,
            score=0.9,
        )
        assert parse_tracked_object_update(payload).sub_label == name
    return True


@cache
def _store() -> SampleStore:
    return SampleStore(Path(mkdtemp(prefix="hostile-")) / "classifier")


def _sample(case: tuple[str, str, str | None]) -> bool:
    """Keep a crop of an object of such a name on a camera of such a name."""
    store = _store()
    event_id, camera, label = case
    sample = Sample(
        id=event_id, event_id=event_id, camera=camera, time=1.0, label=label
    )
    try:
        store.add(sample, b"jpeg")
    except SampleStoreError as err:
        return refused(err)
    try:
        assert store.get(event_id) == sample
        path = store.picture_path(event_id)
        assert path.parent == store.pictures.folder / "crops"
        assert path.is_file()
        outside = {item.name for item in store.pictures.folder.parent.iterdir()}
        assert outside == {store.pictures.folder.name}, "written outside of its folder"
    finally:
        store.delete([event_id])
    return True


@cache
def _pictures() -> Pictures:
    return Pictures(Path(mkdtemp(prefix="hostile-")))


def _address(name: str) -> bool:
    """Ask for the picture of a sample as the end of an address names it."""
    pictures = _pictures()
    try:
        pictures.read(unquote(name))
    except FileNotFoundError:
        return False
    raise AssertionError("there is no picture to be read")


TARGETS: Final = (
    Target(name="forms of classifiers", cases=_forms(), attempt=_form),
    Target(
        name="names of objects and cameras",
        cases=st.tuples(_NAMES, _NAMES, st.none() | _NAMES),
        attempt=_sample,
    ),
    Target(name="addresses of crops", cases=_NAMES, attempt=_address),
)
