"""A fuzzer that is guided by which lines it reaches, on what takes bytes.

`scripts/benchmark hostile --guided` starts this once for each target of `tests/hostile`
that has whole cases to begin with. Atheris ends the process: with an error at the first
finding, whose case it leaves in a file and shows.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["custom_components.objclass"]):
    from tests.hostile import TARGETS


def main() -> None:
    """Attack one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[item.name for item in TARGETS if item.whole])
    parser.add_argument("runs", type=int)
    arguments = parser.parse_args()
    (target,) = (item for item in TARGETS if item.name == arguments.target)
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(target.whole):
            (Path(folder) / str(number)).write_bytes(content)
        options = [f"-runs={arguments.runs}", "-verbosity=0", "-print_final_stats=1"]
        limits = ["-rss_limit_mb=4096", "-timeout=60", f"-artifact_prefix={folder}/"]
        atheris.Setup([sys.argv[0], *options, *limits, folder], target.attempt)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
