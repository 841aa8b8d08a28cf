"""What a person chose that the backbone runs on, made into a backbone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from .backbone import Backbone, RuntimeName, load_backbone
from .backbone_model import BUNDLED, BackboneModel
from .runtimes.graph import ModelError
from .runtimes.model_server import ModelServer
from .runtimes.runtime import Runtime
from .runtimes.runtime_fallback import FallbackRuntime
from .runtimes.runtime_litert_gpu import LiteRtGpuRuntime
from .runtimes.runtime_server import ServerRuntime
from .self_test import check_features, expected_features

_LOGGER = logging.getLogger(__name__)

type Helper = Literal["gpu", "server"]
"""What computes in the place of this machine's processor while it can."""
type HelperReport = Callable[[Helper, Exception | None], None]
"""Is told, in whatever thread runs, why a helper is lost; None: it is there again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What to run on."""

    runtime: Literal["auto"] | RuntimeName = "auto"
    threads: int = 1
    gpu: bool = False
    model: BackboneModel = BUNDLED
    server: ModelServer | None = None


def load_chosen(choice: Choice, report: HelperReport) -> Backbone:
    """Load the model; where the chosen runtime is not installed, with another one.

    Raises ModelError for an unusable model and OSError for an unreadable one. A
    graphics processor or a server that fails, now or later, does not: `report` is told.
    """
    backbone = load_here(choice)
    model, here = choice.model, backbone.runtime
    runtime: Runtime = here
    if choice.gpu:
        runtime = FallbackRuntime(
            lambda: _checked(LiteRtGpuRuntime(model, here), model),
            runtime,
            again=False,
            report=lambda error: report("gpu", error),
        )
    if choice.server is not None:
        server = choice.server
        runtime = FallbackRuntime(
            lambda: connected(server, backbone),
            runtime,
            again=True,
            report=lambda error: report("server", error),
        )
    return replace(backbone, runtime=runtime)


def load_here(choice: Choice) -> Backbone:
    """Load the model for this machine's processor. Raises ModelError or OSError.

    A chosen runtime that is not installed or does not work here, which it did when it
    was chosen, is no reason to stop: another one is used.
    """
    if choice.runtime != "auto":
        try:
            return load_exactly(choice)
        except (ImportError, ModelError) as error:
            _LOGGER.warning("%s cannot be used: %s", choice.runtime, error)
    return load_backbone(threads=choice.threads, model=choice.model)


def load_exactly(choice: Choice) -> Backbone:
    """Load the model with the chosen runtime, or raise as `load_backbone` does."""
    return load_backbone(choice.runtime, threads=choice.threads, model=choice.model)


def connected(server: ModelServer, here: Backbone) -> Runtime:
    """Return a server that was proven to compute what is computed here.

    Raises ServerAwayError, and ModelError for one that computes something else.
    """
    runtime = ServerRuntime(server, here.runtime, here.model.pixel_range)
    return _checked(runtime, here.model)


def _checked(runtime: Runtime, model: BackboneModel) -> Runtime:
    check_features(runtime, expected_features(model))
    return runtime


def installed_runtime(backbone: Backbone) -> str:
    """Return what runs on this machine's processor, now or when all else fails."""
    runtime = backbone.runtime
    while isinstance(runtime, FallbackRuntime):
        runtime = runtime.second
    return runtime.name
