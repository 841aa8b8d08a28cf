"""Show how far two results of `training` are apart; fail if a score tells the machine.

python -m tests.ports.compare HERE.npz THERE.npz
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np

MOST: Final = 0.005
"""How far apart scores, of 0 to 1, may be: half of what is shown of them."""


def main(here: Path, there: Path) -> int:
    """Print a line per runtime that both have; return the exit status."""
    ours, theirs = np.load(here), np.load(there)
    runtimes = sorted({key.split()[0] for key in theirs.files})
    apart = 0.0
    print(
        "            pixels  embedding  cosine     score    distance   (apart at most)"
    )
    for name in runtimes:
        pixels, embeddings, scores, distances = (
            np.abs(theirs[key] - ours[key].astype(theirs[key].dtype)).max()
            for key in (
                f"{name} {what}"
                for what in ("pixels", "embeddings", "scores", "distances")
            )
        )
        one, other = ours[f"{name} embeddings"], theirs[f"{name} embeddings"]
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        cosine = 1 - ((one * other).sum(axis=1) / lengths).min()
        print(
            f"{name:10}  {pixels:6}  {embeddings:9.1e}  {cosine:7.1e}"
            f"  {scores:9.1e}  {distances:9.1e}"
        )
        apart = max(apart, scores)
    if not runtimes or apart > MOST:
        print(f"Scores are more than {MOST} apart.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
