"""A whole .tflite classifier that somebody brought, in the place of a head.

It looks at the pixels of a crop, not at its embedding. Frigate's own models, exports of
Teachable Machine and our own exports are such models.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .consensus import NONE
from .files import write_atomically
from .head import Head, Prediction
from .runtimes.graph import InvalidModelError, ModelError, UnsupportedModelError
from .runtimes.runtime import PixelRange, Runtime
from .runtimes.runtime_litert import LiteRtRuntime
from .vectors import softmax

PIXEL_RANGES: Final[dict[str, PixelRange]] = {
    "minus_one_to_one": (-1, 1),
    "zero_to_one": (0, 1),
    "zero_to_255": (0, 255),
}
"""What models that take floats expect; those that take bytes all expect the same."""
_NUMBERED: Final = re.compile(r"(\d+)[\s:]\s*(\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelHead:
    """A model, and what each of its results stands for. May be used from any thread.

    `labels` are the model's own words; `classes` are the classifier's, `none` among
    them, one for each label: the scores of labels of one class are added.
    """

    labels: tuple[str, ...]
    classes: tuple[str, ...]
    runtime: Runtime
    _lock: Lock = field(default_factory=Lock, repr=False)

    def predict(self, pixels: NDArray[np.uint8]) -> Prediction:
        """Classify a crop, uint8 RGB of any size. It cannot say what is a stranger."""
        height, width, _ = self.runtime.form.input_shape
        if pixels.shape[:2] != (height, width):
            image = Image.fromarray(pixels)
            image = image.resize((width, height), Image.Resampling.BILINEAR)
            pixels = np.asarray(image, dtype=np.uint8)
        scores = dict.fromkeys(self.classes, 0.0)
        for name, score in zip(self.classes, self._scores(pixels), strict=True):
            scores[name] += float(score)
        best = max(scores, key=scores.__getitem__)
        return Prediction(
            scores=scores,
            best=best,
            score=scores[best],
            distance=None,
            unfamiliar=False,
        )

    def _scores(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return scores that sum to 1, as Frigate makes them; logits are softmaxed."""
        with self._lock:
            numbers = self.runtime.run(pixels).astype(np.float64)
        if not np.isfinite(numbers).all() or not numbers.any():
            return np.full(len(numbers), 1 / len(numbers))
        if numbers.min() < 0:
            return softmax(numbers)
        scores: NDArray[np.float64] = numbers / numbers.sum()
        return scores


def read_labels(text: str, classes: Sequence[str] = ()) -> tuple[str, ...]:
    """Read a labelmap: a line for each result, numbered from 0 or not numbered.

    A number that is part of the names of known `classes` is none of a line's.
    """
    lines = [line.strip() for line in text.removeprefix("\ufeff").strip().splitlines()]
    if {folded(line) for line in lines} <= {folded(name) for name in classes}:
        return tuple(lines)
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    names = [
        match[2]
        for number, match in enumerate(numbered)
        if match and int(match[1]) == number
    ]
    return tuple(names if len(names) == len(lines) else lines)


def classes_of(labels: Sequence[str], classes: Sequence[str]) -> tuple[str, ...]:
    """Return the class that each label means: that of its name, else `none`."""
    known = {folded(name): name for name in classes}
    return tuple(known.get(folded(label), NONE) for label in labels)


def tidied(name: str) -> str:
    """Return a name without surplus spaces, and its accents as they are typed.

    Those in names of files of a Mac are characters of their own.
    """
    return normalize("NFC", " ".join(name.split()))


def folded(name: str) -> str:
    """Return a name as names are compared: capitals do not count either."""
    return tidied(name).casefold()


type AnyHead = Head | ModelHead
"""What classifies: a trained head on an embedding, or a whole model on the pixels."""


class ModelShelf:
    """The model that was brought to a classifier, below its `folder`, if any.

    `model/model.json` names the model's file, its labels and its range of pixels; it
    is written last, so that a crash leaves the old model in use, or none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "model"
        self._about = self._folder / "model.json"

    def put(
        self,
        content: bytes,
        labels: Sequence[str],
        classes: Sequence[str],
        pixel_range: str,
    ) -> ModelHead:
        """Keep a model and load it. Raises ModelError for an unusable one; OSError."""
        name = _file_name(content)
        head = self._added(content, labels, classes, pixel_range)
        about = {"file": name, "labels": list(labels), "pixel_range": pixel_range}
        write_atomically(self._about, json.dumps(about, indent=1).encode())
        self._tidy()
        return head

    def try_out(self, content: bytes, labels: Sequence[str], pixel_range: str) -> None:
        """Raise ModelError for a model that `put` would refuse, or OSError."""
        self._added(content, labels, (), pixel_range)
        self._tidy()

    def _added(
        self,
        content: bytes,
        labels: Sequence[str],
        classes: Sequence[str],
        pixel_range: str,
    ) -> ModelHead:
        """Write a model beside the one in use, and load it."""
        self._folder.mkdir(exist_ok=True)
        path = self._folder / _file_name(content)
        write_atomically(path, content)
        try:
            return _open(path, labels, classes, pixel_range)
        except ModelError:
            self._tidy()
            raise

    def load(self, classes: Sequence[str]) -> ModelHead | None:
        """Load the model, if there is one. Raises ModelError or OSError."""
        try:
            about = json.loads(self._about.read_bytes())
            path = self._folder / Path(about["file"]).name
            return _open(path, about["labels"], classes, about["pixel_range"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as err:
            raise InvalidModelError(f"{self._about.name} is damaged: {err}") from err

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Let the model's labels go with classes that have another name. OSError."""
        names = {folded(old): new for old, new in renamed.items()}
        # A file that is missing or damaged has no labels.
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            about = json.loads(self._about.read_bytes())
            labels = [names.get(folded(one), one) for one in about["labels"]]
            about = json.dumps(about | {"labels": labels}, indent=1)
            write_atomically(self._about, about.encode())

    def remove(self) -> None:
        """Remove the model, if there is one."""
        self._about.unlink(missing_ok=True)
        self._tidy()

    def _tidy(self) -> None:
        """Remove what is not in use."""
        used = None
        with suppress(OSError, ValueError, KeyError, TypeError):
            used = json.loads(self._about.read_bytes())["file"]
        for path in self._folder.glob("*.tflite"):
            if path.name != used:
                path.unlink(missing_ok=True)


def _file_name(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:16]}.tflite"


def _open(
    path: Path, labels: Sequence[str], classes: Sequence[str], pixel_range: str
) -> ModelHead:
    runtime = _runtime(path, PIXEL_RANGES[pixel_range])
    if runtime.form.output_size != len(labels):
        raise UnsupportedModelError(
            f"The model gives {runtime.form.output_size} scores, "
            f"but there are {len(labels)} labels."
        )
    head = ModelHead(
        labels=tuple(labels), classes=classes_of(labels, classes), runtime=runtime
    )
    head.predict(np.zeros(runtime.form.input_shape, np.uint8))
    return head


def _runtime(path: Path, pixel_range: PixelRange) -> Runtime:
    """Load a model with LiteRT where there is one, else with NumPy."""
    try:
        return LiteRtRuntime(path, pixel_range=pixel_range)
    except ImportError:
        # Imported here because reading models takes modules that LiteRT does without.
        from .runtimes.runtime_numpy import NumpyRuntime  # noqa: PLC0415
    try:
        return NumpyRuntime(path, pixel_range=pixel_range)
    except UnsupportedModelError as err:
        raise UnsupportedModelError(
            f"{err} LiteRT, which runs more models, cannot be installed here."
        ) from err
