"""A classifier's head: from embedding to calibrated scores, in memory and on disk."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .evaluation import TrainingReport
from .familiarity import Familiarity
from .files import write_atomically
from .vectors import softmax, unit_rows

FORMAT = 1
FEWEST_CLASSES = 2
_LARGEST_FILE = 64 * 2**20  # a head of 50 classes takes about 2 MB
_LEAST_TEMPERATURE = 1e-6  # less would make infinite what it divides
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class HeadFileError(ValueError):
    """A head file is damaged, too large, or not a head file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a head says about one picture."""

    scores: Mapping[str, float]  # calibrated probability per class, sums to 1
    best: str
    score: float  # the probability of `best`
    distance: float | None  # from everything labelled; None without familiarity gate
    unfamiliar: bool  # farther than the limit: a stranger
    limit: float | None = None  # of the distance; None without familiarity gate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """The trained weights of one classifier. Embeddings are L2-normalised inside."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]  # (d, n)
    bias: NDArray[np.float32]  # (n,)
    temperature: float  # logits are divided by it
    backbone: str  # identity of the backbone whose embeddings it was trained on
    familiarity: Familiarity | None

    def probabilities(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the calibrated probabilities, (m, n), of (m, d) embeddings."""
        logits = unit_rows(embeddings) @ self.weights.astype(np.float64) + self.bias
        return softmax(logits / self.temperature)

    def predict(self, embedding: NDArray[np.float32]) -> Prediction:
        """Classify one (d,) embedding."""
        scores = self.probabilities(embedding[None])[0]
        best = int(scores.argmax())
        gate, distance = self.familiarity, None
        if gate is not None:
            distance = float(gate.distances(embedding[None])[0])
        return Prediction(
            scores=dict(zip(self.classes, scores.tolist(), strict=True)),
            best=self.classes[best],
            score=float(scores[best]),
            distance=distance,
            unfamiliar=bool(gate and distance is not None and distance > gate.limit),
            limit=gate.limit if gate else None,
        )


def save_head(path: Path, head: Head, report: TrainingReport) -> None:
    """Write head and report as one .npz whose `head.json` any program can read.

    The file is complete or not there at all. Raises OSError.
    """
    arrays = {"weights": head.weights, "bias": head.bias}
    about: dict[str, Any] = {
        "format": FORMAT,
        "classes": head.classes,
        "temperature": head.temperature,
        "backbone": head.backbone,
        "report": report.as_dict(),
    }
    if head.familiarity is not None:
        arrays |= head.familiarity.arrays()
        about["familiarity_limit"] = head.familiarity.limit
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("head.json", json.dumps(about, indent=1))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", buffer.getvalue())
    write_atomically(path, content.getvalue())


def load_head(path: Path) -> tuple[Head, TrainingReport]:
    """Read what `save_head` wrote. Raises HeadFileError, or OSError (not there)."""
    try:
        arrays, about = _read(path)
        head = _validated(arrays, about)
        # What does not fit together shows now, not at the first crop.
        prediction = head.predict(np.ones(len(head.weights), np.float32))
        if not 0 <= prediction.score <= 1:
            raise HeadFileError("its scores are no probabilities")
        return head, TrainingReport.from_dict(about["report"])
    except OSError:
        raise
    # Damage takes zipfile, json and NumPy by surprise in more ways than they document.
    except Exception as error:
        what = str(error) or type(error).__name__
        raise HeadFileError(f"{path.name} is not a valid head file: {what}") from error


def _read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > _LARGEST_FILE:
            raise HeadFileError("it is too large")
        # Other ways of packing may take any memory to unpack, whatever size is told.
        if any(member.compress_type not in _METHODS for member in members):
            raise HeadFileError("it is packed in a way that is not known")
        about = json.loads(archive.read("head.json"))
        if about["format"] != FORMAT:
            raise HeadFileError(f"its format {about['format']} is not known")
        arrays = {
            name.removesuffix(".npy"): np.load(
                io.BytesIO(archive.read(name)), allow_pickle=False
            )
            for name in archive.namelist()
            if name.endswith(".npy")
        }
    return arrays, about


def _validated(arrays: dict[str, NDArray[Any]], about: dict[str, Any]) -> Head:
    classes = tuple(about["classes"])
    weights, bias = arrays["weights"], arrays["bias"]
    temperature = float(about["temperature"])
    if len(classes) < FEWEST_CLASSES or len(set(classes)) != len(classes):
        raise HeadFileError("it needs at least two classes")
    if not all(isinstance(name, str) for name in (*classes, about["backbone"])):
        raise HeadFileError("its classes are not names")
    for name in (*classes, about["backbone"]):
        name.encode()  # half a pair of surrogates is no text
    if weights.shape != (len(weights), len(classes)):
        raise HeadFileError("its weights do not fit its classes")
    if bias.shape != (len(classes),):
        raise HeadFileError("its bias does not fit its classes")
    if any(array.dtype != np.float32 for array in arrays.values()):
        raise HeadFileError("its numbers are not float32")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise HeadFileError("its numbers are not finite")
    if not _LEAST_TEMPERATURE <= temperature < np.inf:
        raise HeadFileError("its temperature is not positive")
    familiarity = None
    if "familiarity_limit" in about:
        limit = float(about["familiarity_limit"])
        familiarity = Familiarity.from_arrays(arrays, limit)
        if familiarity.means.shape[1] != len(weights):
            raise HeadFileError("its familiarity does not fit its weights")
    return Head(
        classes=classes,
        weights=weights,
        bias=bias,
        temperature=temperature,
        backbone=about["backbone"],
        familiarity=familiarity,
    )
