"""A model server computes the embeddings, proven and only while it is there."""

import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from custom_components.objclass.learning.backbone import load_backbone
from custom_components.objclass.learning.backbone_model import BackboneModel
from custom_components.objclass.learning.chosen import (
    Choice,
    connected,
    installed_runtime,
    load_chosen,
)
from custom_components.objclass.learning.runtimes import runtime_fallback
from custom_components.objclass.learning.runtimes.graph import ModelError
from custom_components.objclass.learning.runtimes.model_server import (
    ModelServer,
    ServerAnswerError,
    ServerAwayError,
    ServerConnection,
)

from ..child import PATIENCE
from ..v2_server import V2Server

PICTURE = np.random.default_rng(3).integers(0, 256, (224, 224, 3), np.uint8)


def server_of(server: V2Server, **given: Any) -> ModelServer:
    return ModelServer(
        **{"url": server.url, "model": "mobilenet", "timeout": PATIENCE, **given}
    )


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("datatype", ["UINT8", "FP32"])
def test_it_computes_what_is_computed_here(
    v2_server: V2Server, binary: bool, datatype: str
) -> None:
    v2_server.binary = binary
    v2_server.inputs[0]["datatype"] = datatype
    here = load_backbone()
    runtime = connected(server_of(v2_server), here)
    assert (runtime.name, runtime.form.output_size) == ("server", 1280)
    np.testing.assert_allclose(runtime.run(PICTURE), here.embed(PICTURE), atol=1e-4)
    with pytest.raises(ValueError, match="takes uint8 of"):
        runtime.run(PICTURE[1:])


def test_a_server_that_does_not_say_what_it_takes_is_tried(v2_server: V2Server) -> None:
    v2_server.inputs = None
    assert connected(server_of(v2_server), load_backbone()).name == "server"


def test_an_address_may_have_a_path_and_a_name_may_have_anything(
    v2_server: V2Server,
) -> None:
    server = ModelServer(url=f"{v2_server.url}/ovms/", model="a b/c", timeout=PATIENCE)
    with pytest.raises(ServerAnswerError):
        ServerConnection(server).metadata()
    assert v2_server.asked == ["/ovms/v2/models/a%20b%2Fc"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 404}, "404 Not Found: it is out of order"),
        ({"body": b"<html>"}, "no model server"),
        ({"body": b"[]"}, "no model server"),
        ({"body": b"{}" + b" " * (5 << 20)}, "too long"),
        ({"inputs": [{"name": "in"}]}, "does not have one input"),
        ({"inputs": [{}, {}]}, "does not have one input"),
        (
            {"inputs": [{"name": "a", "datatype": "INT8", "shape": [1, 224, 224, 3]}]},
            "takes INT8",
        ),
        (
            {"inputs": [{"name": "a", "datatype": "UINT8", "shape": [1, 96, 96, 3]}]},
            "96, 96",
        ),
        ({"factor": 1.1}, "wrong embeddings on server"),
    ],
)
def test_one_that_serves_something_else_is_refused_with_the_reason(
    v2_server: V2Server, fault: dict[str, Any], reason: str
) -> None:
    for name, value in fault.items():
        setattr(v2_server, name, value)
    with pytest.raises(ModelError, match=reason):
        connected(server_of(v2_server), load_backbone())


def test_one_with_another_network_is_refused(v2_server: V2Server) -> None:
    small = load_backbone(model=BackboneModel(size=128))
    v2_server.inputs = None
    with V2Server(small) as other, pytest.raises((ModelError, OSError)):
        connected(server_of(other), load_backbone())


@pytest.mark.parametrize("text", [b'{"outputs": []}', b'{"outputs": [{"data": "x"}]}'])
def test_an_answer_without_numbers_is_refused(v2_server: V2Server, text: bytes) -> None:
    connection = ServerConnection(server_of(v2_server))
    v2_server.body = text
    with pytest.raises(ServerAnswerError, match="no numbers"):
        connection.infer("in", PICTURE[np.newaxis], "UINT8", binary=False)


def test_an_answer_that_comes_in_drops_is_not_waited_for(v2_server: V2Server) -> None:
    """Each drop comes in time: nobody looks at anything meanwhile."""
    connection = ServerConnection(server_of(v2_server, timeout=2))
    assert connection.metadata()
    v2_server.drops = 20
    with pytest.raises(ServerAwayError, match="too slow"):
        connection.metadata()
    v2_server.drops = 0
    assert connection.metadata()


@pytest.mark.parametrize("url", ["ftp://a", "a:8000", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ServerAnswerError, match="http://"):
        ServerConnection(ModelServer(url=url, model="a"))


def test_one_that_is_away_is_said_to_be(v2_server: V2Server) -> None:
    with pytest.raises(ServerAwayError, match="refused"):
        connected(ModelServer(url="http://127.0.0.1:9", model="a"), load_backbone())
    v2_server.status = 503
    with pytest.raises(ServerAwayError, match="503"):
        connected(server_of(v2_server), load_backbone())


def test_a_connection_that_was_idle_too_long_is_opened_again(
    v2_server: V2Server,
) -> None:
    v2_server.close = True
    runtime = connected(server_of(v2_server), load_backbone())
    for _ in range(3):
        runtime.run(PICTURE)


# Lost and regained


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what moves the time forward."""
    now = time.monotonic()
    shift = 0.0

    def forward(seconds: float) -> None:
        nonlocal shift
        shift += seconds

    monkeypatch.setattr(runtime_fallback.time, "monotonic", lambda: now + shift)
    return forward


def test_this_machine_does_the_work_while_the_server_is_away(
    v2_server: V2Server,
    clock: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[tuple[str, bool]] = []
    backbone = load_chosen(
        Choice(server=server_of(v2_server)),
        lambda helper, error: told.append((helper, error is None)),
    )
    assert v2_server.asked == []  # a server that is away must not hold up the start
    expected = backbone.embed(PICTURE)
    assert backbone.runtime.name == "server"
    here = load_backbone().runtime.name
    assert (installed_runtime(backbone), backbone.size, backbone.dimension) == (
        here,
        224,
        1280,
    )

    caplog.set_level(logging.INFO)
    v2_server.status = 500
    for _ in range(3):
        np.testing.assert_allclose(backbone.embed(PICTURE), expected, atol=1e-3)
    assert backbone.runtime.name == here
    assert len(caplog.records) == 1
    looks = len(v2_server.asked)
    clock(runtime_fallback.RETRY_AFTER - 1)
    backbone.embed(PICTURE)
    assert len(v2_server.asked) == looks  # not asked for every picture
    clock(1)
    backbone.embed(PICTURE)
    assert len(v2_server.asked) == looks + 1
    assert len(caplog.records) == 1

    v2_server.status = 200
    clock(runtime_fallback.RETRY_AFTER)
    np.testing.assert_allclose(backbone.embed(PICTURE), expected, atol=1e-3)
    assert backbone.runtime.name == "server"
    assert told == [("server", False), ("server", True)]
    assert len(caplog.records) == 2


def test_a_server_that_comes_back_with_something_else_is_not_used(
    v2_server: V2Server, clock: Callable[[float], None]
) -> None:
    backbone = load_chosen(Choice(server=server_of(v2_server)), lambda *_: None)
    expected = backbone.embed(PICTURE)
    v2_server.status = 500
    backbone.embed(PICTURE)
    v2_server.status, v2_server.factor = 200, 3.0
    clock(runtime_fallback.RETRY_AFTER)
    np.testing.assert_allclose(backbone.embed(PICTURE), expected, atol=1e-3)
    assert backbone.runtime.name == installed_runtime(backbone)


@pytest.mark.parametrize("binary", [False, True])
def test_what_is_no_number_in_an_answer_is_not_learned_from(
    v2_server: V2Server, *, binary: bool
) -> None:
    v2_server.binary = binary
    backbone = load_chosen(Choice(server=server_of(v2_server)), lambda *_: None)
    expected = backbone.embed(PICTURE)
    v2_server.factor = np.nan
    np.testing.assert_allclose(backbone.embed(PICTURE), expected, atol=1e-3)
    assert backbone.runtime.name == installed_runtime(backbone)


def test_a_picture_of_another_size_is_no_fault_of_the_server(
    v2_server: V2Server,
) -> None:
    backbone = load_chosen(Choice(server=server_of(v2_server)), lambda *_: None)
    backbone.embed(PICTURE)
    with pytest.raises(ValueError, match="takes uint8 of"):
        backbone.embed(PICTURE[1:])
    assert backbone.runtime.name == "server"
