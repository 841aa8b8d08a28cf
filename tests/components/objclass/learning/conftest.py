"""What the tests of the library share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.objclass.learning.samples import SampleStore

from .samples.stores import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SampleStore]:
    """Return an empty store of samples."""
    with opened(tmp_path) as store:
        yield store
