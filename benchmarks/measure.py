"""One task through the product: embeddings, training, judgement, time and memory."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np
from learning.augmentation import (
    Views,
    compressed,
    far_view,
    pictures_from_far,
    pictures_to_compress,
)
from learning.backbone import Backbone, load_backbone
from learning.backbone_model import BUNDLED, BackboneModel
from learning.crop import decode, middle, pixels_of
from learning.evaluation import balanced_accuracy, calibration_error
from learning.head import Head, Prediction
from learning.training import TrainingResult, train_head
from numpy.typing import NDArray
from PIL import Image

from .honesty import Answers
from .tasks import Split

type Runtime = Literal["auto", "litert", "ncnn", "numpy"]
KNOWN_ACCEPTED = 0.9  # strangers are counted where this share of the known passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """How well pictures of a class that was left out are told from the known."""

    auroc: float  # of the distance alone
    accepted: float  # share of strangers where 90 % of the known are accepted
    unfamiliar: float  # share of strangers that the head's own limit stops
    known_unfamiliar: float  # share of the known that it stops


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run of one task gave."""

    task: str
    accuracy: float
    balanced_accuracy: float
    ece: float
    embed_s: float
    fit_s: float
    memory_mb: float
    n: int  # pictures trained on
    answers: Answers  # to the pictures that were judged
    strangers: Strangers | None

    @property
    def judged(self) -> int:
        """Return how many pictures were judged."""
        return len(self.answers.scores)


def measure(
    split: Split,
    runtime: Runtime,
    threads: int,
    model: BackboneModel = BUNDLED,
) -> Measured:
    """Run in a process of its own, so that the memory is this task's alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, split, runtime, threads, model).result()


def run(
    split: Split,
    runtime: Runtime,
    threads: int,
    model: BackboneModel = BUNDLED,
) -> Measured:
    """Train and judge in this process; memory is what it grew by since it began."""
    before = _memory_mb("VmRSS")
    backbone = load_backbone(runtime, threads=threads, model=model)
    started = time.perf_counter()
    labels = [name for _, name in split.trained]
    from_far, to_compress = pictures_from_far(labels), pictures_to_compress(labels)
    embeddings, far, stored = [], [], []
    # One at a time, as the product does: only the embeddings are kept.
    for place, (path, _) in enumerate(split.trained):
        picture = picture_of(path)
        pixels = pixels_of(picture, backbone.size)
        embeddings.append(backbone.embed(pixels))
        if place in from_far:
            far.append(backbone.embed(far_view(pixels)))
        if place in to_compress:
            again = pixels_of(compressed(picture), backbone.size)
            stored.append(backbone.embed(again))
    embedded = time.perf_counter()
    result = train_head(
        np.stack(embeddings),
        labels,
        groups=[path.stem for path, _ in split.trained],
        classes=split.classes,
        backbone=backbone.identity,
        far=Views(embeddings=np.stack(far), of=from_far),
        compressed=Views(embeddings=np.stack(stored), of=to_compress),
    )
    fitted = time.perf_counter()
    memory = _memory_mb("VmHWM") - before
    balanced, answers, known = _judge(split, result, backbone)
    return Measured(
        task=split.task,
        accuracy=float(answers.right.mean()),
        balanced_accuracy=balanced,
        ece=calibration_error(answers.scores, answers.right),
        embed_s=embedded - started,
        fit_s=fitted - embedded,
        memory_mb=memory,
        n=len(labels),
        answers=answers,
        strangers=_strangers(split, result.head, backbone, known)
        if split.strangers and result.head.familiarity is not None
        else None,
    )


def _judge(
    split: Split, result: TrainingResult, backbone: Backbone
) -> tuple[float, Answers, list[Prediction]]:
    """Return the balanced accuracy, the answers, and the predictions behind them."""
    known = _predictions([path for path, _ in split.judged], result.head, backbone)
    order = {name: number for number, name in enumerate(split.classes)}
    truth = np.array([order[name] for _, name in split.judged])
    found = np.array([order[item.best] for item in known])
    scores = np.array([item.score for item in known])
    answers = Answers(scores=scores, right=found == truth)
    return balanced_accuracy(truth, found), answers, known


def _strangers(
    split: Split, head: Head, backbone: Backbone, known: Sequence[Prediction]
) -> Strangers:
    strange = _predictions(split.strangers, head, backbone)
    near = np.array([item.distance for item in known], float)
    far = np.array([item.distance for item in strange], float)
    return Strangers(
        auroc=auroc(near, far),
        accepted=float((far <= np.quantile(near, KNOWN_ACCEPTED)).mean()),
        unfamiliar=float(np.mean([item.unfamiliar for item in strange])),
        known_unfamiliar=float(np.mean([item.unfamiliar for item in known])),
    )


def auroc(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Return the chance that one of `high` exceeds one of `low` (ties count half)."""
    difference = high[:, None] - low[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def _predictions(
    paths: Sequence[Path], head: Head, backbone: Backbone
) -> list[Prediction]:
    return [
        head.predict(backbone.embed(pixels_of(picture_of(path), backbone.size)))
        for path in paths
    ]


def picture_of(path: Path) -> Image.Image:
    """Return the part of a photo that training looks at."""
    return middle(decode(path.read_bytes()))


def _memory_mb(field: Literal["VmRSS", "VmHWM"]) -> float:
    """Return what this process holds now, or the most it has ever held.

    From Linux's own counters, as for Frigate's recipe: those of `resource` start with
    the peak of the process that started this one. NaN elsewhere.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return math.nan
    kilobytes = next(line.split()[1] for line in lines if line.startswith(field))
    return int(kilobytes) / 1024
