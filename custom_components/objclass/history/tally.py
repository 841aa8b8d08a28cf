"""How far the run at work is, counted in memory."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from time import monotonic

from ..learning.consensus import Outcome
from .found import Found
from .run import Counts, Phase


class Tally:
    """What a run has come to, and how fast it gets on."""

    def __init__(self, counts: Counts) -> None:
        self.total = counts.total
        self._done = counts.done
        self._broken = counts.broken
        self._classes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for classifier_id, classes in counts.classes.items():
            self._classes[classifier_id].update(classes)
        self._to_tell = counts.to_tell
        self._told = Counter(counts.told)
        self.start()

    def start(self) -> None:
        """Measure the speed from here on."""
        self._began, self._steps = monotonic(), 0

    def count(self, results: Iterable[Found]) -> None:
        """Count a picture that was looked at."""
        self._done += 1
        self._steps += 1
        for found in results:
            self._classes[found.classifier_id][found.class_name or ""] += 1
            self._to_tell += found.outcome is Outcome.ASSIGNED and found.label != ""

    def count_problem(self) -> None:
        """Count a picture that could not be looked at."""
        self._done += 1
        self._broken += 1
        self._steps += 1

    def count_told(self, told: str) -> None:
        """Count a result that Frigate was told of, or not."""
        self._told[told] += 1
        self._to_tell -= 1
        self._steps += 1

    def counts(self) -> Counts:
        """Return the figures."""
        return Counts(
            total=self.total,
            done=self._done,
            broken=self._broken,
            classes={name: dict(classes) for name, classes in self._classes.items()},
            to_tell=self._to_tell,
            told=dict(self._told),
        )

    def seconds_left(self, phase: Phase) -> float | None:
        """Return how long the phase will still take, None when that is not known."""
        left = {
            Phase.LISTING: None,
            Phase.LOOKING: self.total - self._done,
            Phase.APPLYING: self._to_tell,
        }[phase]
        if left is None or not self._steps:
            return None
        return left * (monotonic() - self._began) / self._steps
