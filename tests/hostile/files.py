"""Files that somebody brings: models, zips, pictures, labels; and heads on the disk."""

import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from homeassistant.helpers.json import json_bytes
from hypothesis import strategies as st
from PIL import Image

from custom_components.objclass.learning.crop import PictureError, crop_whole
from custom_components.objclass.learning.head import HeadFileError, load_head, save_head
from custom_components.objclass.learning.model_head import _open, read_labels
from custom_components.objclass.learning.packages import (
    PackageError,
    UnreadableFileError,
    contents_of,
    open_package,
)
from custom_components.objclass.learning.runtimes.graph import ModelError
from custom_components.objclass.learning.runtimes.runtime_numpy import NumpyRuntime
from custom_components.objclass.learning.runtimes.tflite_writer import write_graph
from custom_components.objclass.learning.training import train_head
from tests.components.objclass.learning.tiny_models import TinyModel

from .crooked import crooked_arrays, crooked_json, crooked_zips, packed_as
from .damage import TEXTS, damaged_bytes, damaged_json
from .graphs import crooked_models, sound_graphs
from .target import Target, refused

_SIZE: Final = 224
_LARGEST_PART: Final = 1 << 20


@cache
def _place(name: str) -> Path:
    """Return a file that each case of a target writes anew, alone in its folder."""
    return Path(tempfile.mkdtemp(prefix="hostile-")) / name


def _written(name: str, content: bytes) -> Path:
    path = _place(name)
    path.write_bytes(content)
    return path


# Models


@cache
def _models() -> list[bytes]:
    return [write_graph(graph) for graph in sound_graphs()]


def _model(content: bytes) -> bool:
    try:
        runtime = NumpyRuntime(_written("model.tflite", content))
    except ModelError as err:
        return refused(err)
    seen = runtime.run(np.full(runtime.form.input_shape, 7, np.uint8))
    assert seen.shape == (runtime.form.output_size,)
    return True


# Zips


@cache
def _zips() -> list[bytes]:
    zips = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", method) as archive:
            archive.writestr("cats/leo/1.jpg", b"\xff\xd8" * 40)
            archive.writestr("cats/../../outside.jpg", b"x")
            archive.writestr("model.tflite", bytes(200))
            archive.writestr("labels.txt", "0 leo\n1 charlie\n")
        zips.append(content.getvalue())
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", method) as archive:
            archive.writestr("leo/1.jpg", b"\xff\xd8" * 40)
            archive.writestr("none/2.png", bytes(3000))
            if method == zipfile.ZIP_DEFLATED:
                archive.writestr("none/3.png", bytes(3 * _LARGEST_PART))
        zips.append(content.getvalue())
    return zips


@st.composite
def _named_zips(draw: st.DrawFn) -> bytes:
    """Return a sound zip whose files have any names."""
    content = io.BytesIO()
    names = draw(st.lists(TEXTS | st.text(max_size=40), min_size=1, max_size=4))
    places = st.sampled_from(["leo/", "leo/", "", "/", "C:/", "../"])
    with zipfile.ZipFile(content, "w") as archive:
        for name in dict.fromkeys(names):
            # Names are bytes on the disk; half a pair of surrogates is none.
            clean = name.encode("utf-8", "replace").decode()
            archive.writestr(zipfile.ZipInfo(f"{draw(places)}{clean}.jpg"), b"x")
    return content.getvalue()


def _zip(content: bytes) -> bool:
    path = _written("pictures.zip", content)
    try:
        with open_package(path) as package:
            contents = contents_of(package)
            for name in package.names:
                assert ".." not in name.split("/")
                assert not name.startswith("/")
                assert ":" not in name.split("/")[0]
                try:
                    part = package.read(name, _LARGEST_PART)
                except UnreadableFileError as err:
                    refused(err)
                else:
                    assert len(part) <= _LARGEST_PART
            assert all("/" not in folder for folder in contents.pictures)
    except PackageError as err:
        return refused(err)
    finally:
        assert list(path.parent.iterdir()) == [path], "something was written"
    return True


# Pictures


@cache
def _pictures() -> list[bytes]:
    rng = np.random.default_rng(7)
    image = Image.fromarray(rng.integers(0, 255, (24, 32, 3), np.uint8))
    pictures = []
    for kind in ("JPEG", "PNG", "WEBP"):
        content = io.BytesIO()
        image.save(content, kind)
        pictures.append(content.getvalue())
    return pictures


def _picture(content: bytes) -> bool:
    try:
        crop = crop_whole(content, _SIZE)
    except PictureError as err:
        return refused(err)
    assert crop.pixels.shape == (_SIZE, _SIZE, 3)
    assert crop.pixels.dtype == np.uint8
    return True


# Labels and heads


@cache
def _three_scores() -> Path:
    """Return a model that has to come with three labels."""
    model = TinyModel()
    axes = model.constant([1, 2], np.int32)
    mean = model.add("MEAN", [model.value, axes], (1, 3), keep_dims=False)
    return _written("three.tflite", write_graph(model.graph(mean)))


def _labels(text: str) -> bool:
    path, known = _three_scores(), ["leo", "charlie", "none"]
    names = read_labels(text)
    try:
        head = _open(path, names, known, "zero_to_255")
    except ModelError as err:
        return refused(err)
    assert len(head.classes) == len(names) == 3
    assert set(head.classes) <= {*known}
    prediction = head.predict(np.zeros(head.runtime.form.input_shape, np.uint8))
    assert set(prediction.scores) <= {*known}
    return True


_LINES: Final = TEXTS | st.sampled_from(["0 leo", "1: charlie", "2 none", "leo", "7 x"])
_LABELS: Final = (
    st.text()
    | st.lists(_LINES, min_size=3, max_size=3).map("\n".join)
    | st.lists(_LINES, max_size=5).map("\r\n".join)
)


@cache
def _heads() -> list[bytes]:
    rows = np.eye(8, dtype=np.float32)
    result = train_head(
        rows,
        ["leo", "none"] * 4,
        groups=[str(number) for number in range(8)],
        classes=["leo", "none"],
        backbone="tiny",
    )
    path = _place("whole-head")
    save_head(path, result.head, result.report)
    return [path.read_bytes()]


@st.composite
def _crooked_heads(draw: st.DrawFn) -> bytes:
    """Return a sound file that says what it must not: bytes seldom get so far."""
    with np.load(io.BytesIO(_heads()[0])) as whole:
        about = json.loads(whole["head.json"])
        arrays = {name: whole[name] for name in whole.files if name != "head.json"}
    if draw(st.booleans()):
        about = draw(damaged_json([about]))
    else:
        name = draw(st.sampled_from(sorted(arrays)))
        arrays[name] = draw(st.sampled_from(_ARRAYS))(arrays[name])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("head.json", json.dumps(about))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", buffer.getvalue())
    return content.getvalue()


@cache
def _parts_of_a_head() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_heads()[0])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@st.composite
def _lying_heads(draw: st.DrawFn) -> bytes:
    """Return a file whose zip, arrays or JSON claim what is not so."""
    parts = dict(_parts_of_a_head())
    match draw(st.integers(0, 2)):
        case 0:
            return draw(crooked_zips(parts))
        case 1:
            name = draw(st.sampled_from(sorted(parts.keys() - {"head.json"})))
            parts[name] = draw(crooked_arrays())
        case 2:
            parts["head.json"] = draw(crooked_json(parts["head.json"].decode()))
    return packed_as(parts, zipfile.ZIP_DEFLATED)


_ARRAYS: Final = (
    lambda array: array[..., None],
    lambda array: array[:0],
    lambda array: array[1:],
    lambda array: np.concatenate([array, array]),
    lambda array: array.astype(np.float64),
    lambda array: array.astype(np.uint8),
    *(
        lambda array, value=value: np.full_like(array, value)
        for value in (np.nan, np.inf, -1.0, 0.0, 1e38, -1e38)
    ),
)


def _head(content: bytes) -> bool:
    try:
        head, report = load_head(_written("head.npz", content))
    except (HeadFileError, OSError) as err:
        return refused(err)
    prediction = head.predict(np.ones(len(head.weights), np.float32))
    assert 0 <= prediction.score <= 1
    # The page is sent it, and all its names.
    json_bytes([report.as_dict(), prediction.scores, head.backbone])
    return True


TARGETS: Final = (
    Target(
        name=".tflite files",
        cases=damaged_bytes(_models()) | st.binary(max_size=200),
        attempt=_model,
        whole=_models(),
    ),
    Target(name="crooked models", cases=crooked_models(), attempt=_model),
    Target(
        name="zips",
        cases=damaged_bytes(_zips()) | _named_zips(),
        attempt=_zip,
        whole=_zips(),
    ),
    Target(
        name="lying zips",
        cases=crooked_zips({"leo/1.jpg": b"\xff\xd8" * 40, "none/2.png": bytes(3000)}),
        attempt=_zip,
    ),
    Target(
        name="pictures",
        cases=damaged_bytes(_pictures()) | st.binary(max_size=200),
        attempt=_picture,
        whole=_pictures(),
    ),
    Target(name="labels of models", cases=_LABELS, attempt=_labels),
    Target(
        name="head files",
        cases=damaged_bytes(_heads()),
        attempt=_head,
        whole=_heads(),
    ),
    Target(name="crooked heads", cases=_crooked_heads(), attempt=_head),
    Target(name="lying heads", cases=_lying_heads(), attempt=_head),
)
