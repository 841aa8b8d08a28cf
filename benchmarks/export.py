"""An exported classifier beside the one it came from: how far they are apart.

DIR is as for `scripts/benchmark learning`. Each task's classifier is exported and given
up to 100 pictures that it was not trained on, scored as Frigate scores them, by LiteRT
and by tflite_runtime (requirements_tflite.txt, in .dev/tflite, made when missing).

With --json it prints one object per task and runtime and line: task, runtime, pictures,
same_class (share), largest_difference (of a score, 0 to 1).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from learning.backbone import Backbone, load_backbone
from learning.crop import pixels_of
from learning.export import export_head
from learning.head import Head
from learning.training import train_head
from numpy.typing import NDArray

from .learning import arguments, splits_of
from .measure import picture_of
from .tasks import Split

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = 100
THRESHOLD: Final = 0.8


def main() -> None:
    """Export each task's classifier, and compare."""
    parser = arguments(__doc__)
    options = parser.parse_args()
    pythons = [Path(sys.executable), *_tflite_runtime()]
    backbone = load_backbone(options.runtime, threads=options.threads)
    for made in splits_of(options):
        for line in compare(made, backbone, pythons):
            print(json.dumps(line) if options.json else as_text(line), flush=True)


def compare(
    made: Split, backbone: Backbone, pythons: list[Path]
) -> list[dict[str, Any]]:
    """Return what each of the Pythons' runtimes makes of one task's export."""
    head = _train(made, backbone)
    count = min(PICTURES, len(made.judged))
    places = np.linspace(0, len(made.judged) - 1, count).astype(int)
    paths = [made.judged[place][0] for place in places]
    pixels = np.stack([pixels_of(picture_of(path), backbone.size) for path in paths])
    wanted = head.probabilities(np.stack([backbone.embed(item) for item in pixels]))
    export = export_head(head, name=made.task, threshold=THRESHOLD)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        model, pictures = Path(folder, "model.tflite"), Path(folder, "pixels.npy")
        model.write_bytes(export.model)
        np.save(pictures, pixels)
        for python in pythons:
            answer = _run(python, model, pictures)
            scores = np.array(answer["scores"])
            same = scores.argmax(axis=1) == wanted.argmax(axis=1)
            lines.append(
                {
                    "task": made.task,
                    "runtime": answer["runtime"],
                    "pictures": len(pixels),
                    "same_class": float(same.mean()),
                    "largest_difference": float(np.abs(scores - wanted).max()),
                }
            )
    return lines


def _train(made: Split, backbone: Backbone) -> Head:
    return train_head(
        _embeddings([path for path, _ in made.trained], backbone),
        [name for _, name in made.trained],
        groups=[path.stem for path, _ in made.trained],
        classes=made.classes,
        backbone=backbone.identity,
    ).head


def _embeddings(paths: list[Path], backbone: Backbone) -> NDArray[np.float32]:
    return np.stack(
        [backbone.embed(pixels_of(picture_of(path), backbone.size)) for path in paths]
    )


def _run(python: Path, model: Path, pictures: Path) -> dict[str, Any]:
    done = subprocess.run(
        [
            str(python),
            "-c",
            "import tflite_scores; tflite_scores.main()",
            *(str(model), str(pictures)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ
        | {"PYTHONPATH": str(ROOT / "benchmarks"), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _tflite_runtime() -> list[Path]:
    """Return a Python that has tflite_runtime, where one can be had."""
    done = subprocess.run([ROOT / "scripts" / "setup", "tflite"], check=False)
    if done.returncode:
        print("Without tflite_runtime, which cannot be installed here", file=sys.stderr)
        return []
    return [ROOT / ".dev" / "tflite" / "bin" / "python"]


def as_text(line: dict[str, Any]) -> str:
    """Return a line for people."""
    return (
        f"{line['task']:24} {line['runtime']:16} {line['pictures']} pictures:"
        f" {line['same_class']:.1%} the same class,"
        f" scores differ by {line['largest_difference']:.4f} at most"
    )


if __name__ == "__main__":
    main()
