"""A plugin for pytest: the tests of `learning/` where nothing else is installed.

There is no LiteRT for musl, and what wants it is skipped there, not failed.
"""

from collections.abc import Generator, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from custom_components.objclass.learning.backbone import Backbone, load_backbone
from tests.components.objclass.learning.v2_server import V2Server

# An emulated processor is slow, and most of what can be found is found here.
settings.register_profile(
    "ports",
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("ports")

HAS_LITERT = find_spec("ai_edge_litert") is not None
FILES_OF_GLIBC = {"test_export.py", "test_logistic.py"}
"""They import LiteRT, or scikit-learn, by themselves."""
TESTS_OF_LITERT = {
    "test_litert_is_used_where_it_is_installed",
    "test_the_next_one_is_used_and_a_warning_given_where_one_does_not_work",
    "test_what_only_litert_runs_is_used_with_litert",
    "test_where_there_is_none_the_reason_is_said",
    "test_one_that_is_not_there_any_more_costs_nothing_but_a_warning",
    "test_one_that_computes_something_else_is_not_used",
    # Of models that are quantized to integers, or what LiteRT says of damaged ones.
    "test_it_knows_what_it_was_trained_on",
    "test_labels_that_are_no_class_are_none_and_scores_of_a_class_are_added",
    "test_what_cannot_be_used_is_refused_and_not_kept",
    "test_a_removed_model_is_gone",
    "test_a_damaged_note_is_said",
}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the files that could not even be imported."""
    return (collection_path.name in FILES_OF_GLIBC and not HAS_LITERT) or None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so."""
    if not HAS_LITERT:
        for name in sorted(FILES_OF_GLIBC):
            terminalreporter.write_line(
                f"LEFT OUT {name}: it imports LiteRT or scikit-learn, not made for musl"
            )


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Skip the tests that are about LiteRT where there is none."""
    if not HAS_LITERT:
        for item in items:
            if item.originalname in TESTS_OF_LITERT:
                item.add_marker(pytest.mark.skip("there is no LiteRT"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Skip a test whose fixture loads LiteRT where there is none."""
    return (yield from _without_litert())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Skip a test that loads LiteRT where there is none."""
    return (yield from _without_litert())


def _without_litert() -> Generator[None, object, object]:
    try:
        return (yield)
    except ImportError as error:
        if not HAS_LITERT and "litert" in str(error).lower():
            pytest.skip(str(error))
        raise


@pytest.fixture
def v2_server() -> Iterator[V2Server]:
    """Start a model server, as the fixture of that name does in Home Assistant."""
    with V2Server(_served()) as server:
        yield server


@cache
def _served() -> Backbone:
    """Load it once: emulated, that takes long."""
    return load_backbone()
