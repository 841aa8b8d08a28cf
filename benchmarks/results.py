"""The results of `scripts/benchmark all` as tables for people."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from learning.files import write_atomically

BEGIN: Final = "<!-- results: written by scripts/benchmark all -->"
END: Final = "<!-- end of results -->"
# What is shown of each line that a benchmark prints; the rest is in results.json.
_COLUMNS: Final = {
    "task": "task",
    "objects": "objects",
    "runtime": "runtime",
    "size": "pixels",
    "labels": "labels",
    "n": "trained",
    "known": "rare ones labelled",
    "seeds": "seeds",
    "balanced_accuracy": "balanced accuracy",
    "balanced_accuracy_spread": "spread",
    "ece": "calibration error",
    "ece_spread": "spread",
    "ece_honest": "of honest scores",
    "ece_together": "all seeds together",
    "ece_together_honest": "of honest scores",
    "embed_s": "embeddings (s)",
    "fit_s": "fit (s)",
    "memory_mb": "MB",
    "auroc": "AUROC",
    "assigned": "strangers given a class",
    "known_assigned": "known given theirs",
    "known_wrong": "known given another",
    "assigned_at_90": "strangers at 90 % of the known",
    "chosen": "asked for",
    "random": "random",
    "error": "standard error of the difference",
    "rare": "rare ones kept",
    "random_rare": "rare ones at random",
    "visitors": "different visitors",
    "random_visitors": "visitors at random",
    "random_balanced_accuracy": "balanced accuracy at random",
    "ours_balanced_error": "error, ours",
    "ours_balanced_error_spread": "spread",
    "peer_balanced_error": "error, Frigate's",
    "peer_balanced_error_spread": "spread",
    "ours_s": "seconds, ours",
    "peer_s": "seconds, Frigate's",
    "time_ratio": "ratio",
    "fit_ratio": "ratio, known embeddings",
    "ours_memory_mb": "MB, ours",
    "peer_memory_mb": "MB, Frigate's",
    "median_ms": "milliseconds",
    "pictures": "pictures",
    "same_class": "the same class",
    "largest_difference": "largest difference",
    "target": "attacked",
    "different": "different cases",
    "taken": "taken",
    "refused": "refused",
    "findings": "findings",
    "slowest_ms": "slowest (ms)",
    "megabytes": "MB",
}
_RATIOS: Final = {"time_ratio", "fit_ratio"}


def put_into(readme: Path, content: Mapping[str, Any]) -> None:
    """Replace the part of a README between the two marks. Raises ValueError."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme.name} has no place for results")
    machine, missed = content["machine"], content["missed"]
    without = content["not_run"]
    where = (
        f"{machine['processor']}, {machine['processors']} processors, Python"
        f" {machine['python']}."
    )
    parts = [
        where,
        "**Missed:**" if missed else "No goal is missed.",
        "\n".join(f"- {line}" for line in missed),
        "**Not run:**" if without else "",
        "\n".join(f"- {line}" for line in without),
        as_tables(content["benchmarks"]),
    ]
    results = "\n\n".join(part for part in parts if part)
    text = f"{before}{BEGIN}\n{results}\n{END}{after}"
    write_atomically(readme, text.encode())


def as_tables(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    return "\n\n".join(_section(result) for result in results.values())


def _section(result: Mapping[str, Any]) -> str:
    head = [f"### {result['title']}", f"```\n{result['command']}\n```"]
    if "not_run" in result:
        return "\n\n".join([*head, f"**Not run**: {result['not_run']}."])
    when = (
        f"{result['time']}, commit {result['commit']}, {result['seconds']:.0f} s,"
        f" load of the machine {result['load']}."
    )
    parts = [*head, when]
    if "failed" in result:
        parts.append(f"**It failed**: {result['failed']}.")
    if result.get("figures"):
        rows = [
            [item["name"], _number(item["value"]), _goal(item), _met(item)]
            for item in result["figures"]
        ]
        parts.append(_table(["figure", "value", "goal", ""], rows))
    if result["lines"] and "figure" not in result["lines"][0]:
        parts.append(_lines(result["lines"]))
    return "\n\n".join(parts)


def _lines(lines: Sequence[Mapping[str, Any]]) -> str:
    keys = [key for key in _COLUMNS if key in lines[0]]
    rows = [
        [
            f"1/{1 / line[key]:.0f}" if key in _RATIOS else _number(line[key])
            for key in keys
        ]
        for line in lines
    ]
    return _table([_COLUMNS[key] for key in keys], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: object) -> str:
    if value is None:
        return "-"
    if not isinstance(value, float):
        return str(value)
    if abs(value) < 1:
        return f"{value:.3f}"
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"  # noqa: PLR2004


def _goal(figure: Mapping[str, Any]) -> str:
    if figure["goal"] is None:
        return ""
    direction, limit = figure["goal"]
    return f"{direction} {limit:.3g}"


def _met(figure: Mapping[str, Any]) -> str:
    return {None: "", True: "met", False: "**missed**"}[figure["met"]]
