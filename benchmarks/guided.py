"""Hostile input again, from a fuzzer that is guided by the lines it reaches.

For every target of `tests/hostile` that takes bytes: Atheris begins with whole cases
and keeps every change that leads somewhere new. It ends at the first finding, shows it,
and the exit status is that of the fuzzer.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["custom_components.objclass"]):
    from tests.hostile import TARGETS
    from tests.hostile.target import Target


def fuzz(target: Target, runs: int) -> None:
    """Attack one target; does not return."""
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(target.whole):
            (Path(folder) / str(number)).write_bytes(content)
        limits = [f"-runs={runs}", "-rss_limit_mb=4096", "-timeout=60"]
        options = [
            "-verbosity=0",
            "-print_final_stats=1",
            f"-artifact_prefix={folder}/",
        ]
        atheris.Setup([sys.argv[0], *limits, *options, folder], target.attempt)
        atheris.Fuzz()


def main() -> int:
    """Attack one target, or each in a process of its own, which ends with it."""
    targets = {target.name: target for target in TARGETS if target.whole}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", choices=sorted(targets))
    parser.add_argument("--runs", type=int, default=20_000, help="on each target")
    arguments = parser.parse_args()
    if arguments.target:
        fuzz(targets[arguments.target], arguments.runs)
    failed = 0
    for name in targets:
        print(f"== {name}", flush=True)
        options = ["--target", name, "--runs", str(arguments.runs)]
        command = [sys.executable, "-m", "benchmarks.guided", *options]
        failed |= subprocess.run(command, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
