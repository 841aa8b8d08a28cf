"""Names that people, and Frigate, give to classifiers, classes, cameras and objects."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import unquote

from homeassistant.util import slugify
from hypothesis import strategies as st

from custom_components.objclass.flow.classifier import _validated
from custom_components.objclass.flow.frame import _parts
from custom_components.objclass.flow.frame import _validated as _validated_frame
from custom_components.objclass.frigate.messages import (
    classification_payload,
    parse_tracked_object_update,
)
from custom_components.objclass.learning.samples import SampleStore, SampleStoreError
from custom_components.objclass.learning.samples.pictures import Pictures
from custom_components.objclass.learning.samples.sample import Sample

from .damage import TEXTS
from .target import Target, refused

_NAMES: Final = TEXTS | st.text(max_size=80) | st.text("./\\ \u202e🐈ab", max_size=12)
_SOUND_NAMES: Final = st.sampled_from(["leo", "Leo", "Charlie Brown", "open", "größe"])
_NAMES_OR_SOUND: Final = st.booleans().flatmap(
    lambda sound: _SOUND_NAMES if sound else _NAMES
)
_CLASSES: Final = st.lists(_NAMES_OR_SOUND, max_size=4)


@st.composite
def _forms(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "name": draw(_NAMES_OR_SOUND),
        "labels": draw(st.lists(_NAMES_OR_SOUND, max_size=3)),
        "classes": draw(_CLASSES),
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


@st.composite
def _frame_forms(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is typed on the two pages of a classifier of whole pictures."""
    cameras = draw(st.lists(_NAMES_OR_SOUND, max_size=2))
    classes = draw(_CLASSES)
    numbers = st.floats().map(str) | st.sampled_from(["0", "0.2", "1", "1e400", " "])
    form = {
        "name": draw(_NAMES_OR_SOUND),
        "classes": classes,
        "frigate_cameras": cameras,
        "when": {"interval": draw(st.integers(1, 60) | st.none())},
        "on": {"on_class": draw(st.sampled_from([*classes, "", ""]))},
        "rules": {"confirmations": 3.0, "save_attempts": 200.0},
    }
    sides = st.lists(numbers, min_size=3, max_size=5).map(", ".join)
    sound = st.sampled_from(["0.2, 0.1, 0.6, 0.9", "", "0,0,1,1"])
    entered = [draw(sound if draw(st.booleans()) else sides | _NAMES) for _ in cameras]
    return form, dict(zip(cameras, entered, strict=True))


def _frame_form(case: tuple[dict[str, Any], dict[str, str]]) -> bool:
    form, entered = case
    data, errors = _validated_frame(form, {})
    parts, wrong = _parts(entered, {camera: camera for camera in entered})
    for left, top, right, bottom in parts.values():
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
    if errors or wrong:
        assert set(errors) <= {"name", "classes", "camera_entities", "base"}
        assert set(wrong) <= {*entered}
        return False
    assert 0 < len(data["name"]) <= 64
    assert len({name.casefold() for name in data["classes"]}) == len(data["classes"])
    assert data["on"].get("on_class", data["classes"][0]) in data["classes"]
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
    """Return a shelf with one picture, beside a file that is nobody's business."""
    folder = Path(mkdtemp(prefix="hostile-"))
    (folder / "secrets.jpg").write_bytes(b"secret")
    pictures = Pictures(folder / "classifier")
    pictures.create()
    pictures.write("1.5-a", b"jpeg", durable=False)
    return pictures


def _address(name: str) -> bool:
    """Ask for the picture of a sample as the end of an address names it."""
    asked = unquote(name)
    try:
        content = _pictures().read(asked)
    except FileNotFoundError:
        return False
    assert (asked, content) == ("1.5-a", b"jpeg")
    return True


_ADDRESSES: Final = (
    _NAMES
    | st.sampled_from(["1.5-a", "1%2E5%2da", "../secrets", "%2e%2e/crops/1.5-a"])
    | st.text("1.5-aA%2e/\0\n", max_size=12)
)


TARGETS: Final = (
    Target(name="forms of classifiers", cases=_forms(), attempt=_form),
    Target(name="forms of whole pictures", cases=_frame_forms(), attempt=_frame_form),
    Target(
        name="names of objects and cameras",
        cases=st.tuples(_NAMES, _NAMES, st.none() | _NAMES),
        attempt=_sample,
    ),
    Target(name="addresses of crops", cases=_ADDRESSES, attempt=_address),
)
