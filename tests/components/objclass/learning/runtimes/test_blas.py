"""Matrix products stay in one thread while they should, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

LEARNING = Path(__file__).parents[5] / "custom_components" / "objclass"

PROGRAM = """
import sys
sys.path.append(sys.argv[1])
import numpy
from learning.runtimes.blas import _controls, one_thread

def threads():
    return [read() for read, _ in _controls()]

if not threads():
    sys.exit("no OpenBLAS")
for _, write in _controls():
    write(2)  # also where there is but one processor
before = threads()
assert before == [2] * len(before), before
with one_thread():
    assert set(threads()) == {1}
    with one_thread():
        assert set(threads()) == {1}
    assert set(threads()) == {1}
assert threads() == before
try:
    with one_thread():
        raise KeyError
except KeyError:
    pass
assert threads() == before
"""


def test_openblas_uses_one_thread_inside_and_as_many_as_before_outside() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, LEARNING],
        capture_output=True,
        check=False,
        text=True,
    )
    if "no OpenBLAS" in done.stderr:
        pytest.skip("NumPy has no OpenBLAS here")
    assert not done.returncode, done.stderr
