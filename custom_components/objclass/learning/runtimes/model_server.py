"""Asks a model server over HTTP, by the Open Inference Protocol (version 2).

KServe, Triton, OpenVINO Model Server and MLServer speak it:
https://github.com/kserve/open-inference-protocol. One connection is kept open. Nothing
but the given address is contacted; redirections are not followed.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlsplit

import numpy as np
from numpy.typing import NDArray

from .graph import ModelError

_MOST_BYTES: Final = 4 << 20
"""Of an answer. That of the bundled model has 30 kB as JSON."""
_HEADER_LENGTH: Final = "Inference-Header-Content-Length"
_BINARY: Final = "binary_tensor_data"
_DTYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "UINT8": np.dtype("u1"),
    "FP32": np.dtype("<f4"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelServer:
    """Where a server is, and the name that it knows the model by."""

    url: str
    """Its root, as http://192.168.1.20:8080"""
    model: str
    timeout: float = 2.0
    """Seconds that it may take to answer."""


class ServerAwayError(OSError):
    """The server cannot be reached, or says that it is not able to answer now."""


class ServerAnswerError(ModelError):
    """The server answers, but not what is wanted. The message is for people."""


class ServerConnection:
    """One connection. Every method raises ServerAwayError or ServerAnswerError."""

    def __init__(self, server: ModelServer) -> None:
        parts = urlsplit(server.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServerAnswerError("The address has to begin with http:// or https://")
        self._timeout = server.timeout
        self._base = parts.path.rstrip("/")
        self._model = f"/v2/models/{quote(server.model, safe='')}"
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=server.timeout)

    def speaks_binary(self) -> bool:
        """Return whether tensors may be sent as bytes, which saves writing numbers."""
        return _BINARY in (self._ask("GET", "/v2")[0].get("extensions") or ())

    def metadata(self) -> dict[str, Any]:
        """Return what the server says about the model."""
        return self._ask("GET", self._model)[0]

    def infer(
        self, name: str, tensor: NDArray[Any], datatype: str, *, binary: bool
    ) -> NDArray[np.float32]:
        """Return the numbers of the model's only result for one tensor, flat."""
        about: dict[str, Any] = {
            "name": name,
            "shape": list(tensor.shape),
            "datatype": datatype,
        }
        request: dict[str, Any] = {"inputs": [about]}
        raw = b""
        if binary:
            raw = tensor.astype(_DTYPES[datatype], copy=False).tobytes()
            about["parameters"] = {"binary_data_size": len(raw)}
            request["parameters"] = {"binary_data_output": True}
        else:
            about["data"] = tensor.reshape(-1).tolist()
        answer, rest = self._ask("POST", f"{self._model}/infer", request, raw)
        return _numbers(answer, rest)

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()

    def _ask(
        self, method: str, path: str, request: Any = None, raw: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        """Return the JSON of an answer, and the bytes behind it."""
        body, headers = None, {"Accept": "application/json"}
        if request is not None:
            head = json.dumps(request, separators=(",", ":")).encode()
            body, headers["Content-Type"] = head + raw, "application/json"
            if raw:
                headers[_HEADER_LENGTH] = str(len(head))
                headers["Content-Type"] = "application/octet-stream"
        try:
            response, content = self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            why = str(error) or type(error).__name__
            raise ServerAwayError(f"The model server does not answer: {why}") from error
        if len(content) > _MOST_BYTES:
            self.close()
            raise ServerAnswerError("The model server's answer is too long.")
        return _read(response, content)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        was_open = self._connection.sock is not None
        end = monotonic() + self._timeout
        try:
            self._connection.request(method, self._base + path, body, dict(headers))
            response = self._connection.getresponse()
        except ConnectionError, http.client.HTTPException:
            # A server may close a connection that has been idle.
            self.close()
            if not was_open:
                raise
            return self._exchange(method, path, body, headers)
        return response, _content(response, end)


def _content(response: http.client.HTTPResponse, end: float) -> bytes:
    """Return a body, or as much of it as is too long. It may not come in drops."""
    content = bytearray()
    while len(content) <= _MOST_BYTES:
        if monotonic() > end:
            raise TimeoutError("it is too slow")
        part = response.read1(_MOST_BYTES + 1 - len(content))
        if not part:
            break
        content += part
    return bytes(content)


def _read(
    response: http.client.HTTPResponse, content: bytes
) -> tuple[dict[str, Any], bytes]:
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerAwayError(
            f"The model server answers {response.status} {response.reason}."
        )
    end = len(content)
    try:
        if length := response.headers.get(_HEADER_LENGTH):
            end = int(length)
        answer = json.loads(content[:end])
    except ValueError:
        answer = None
    if response.status != HTTPStatus.OK:
        why = answer.get("error") if isinstance(answer, dict) else None
        raise ServerAnswerError(
            f"The model server answers {response.status} {response.reason}"
            f"{f': {why}' if why else '.'}"
        )
    if not isinstance(answer, dict):
        raise ServerAnswerError("What answers is no model server.")
    return answer, content[end:]


def _numbers(answer: Mapping[str, Any], rest: bytes) -> NDArray[np.float32]:
    """Return the values of the first result, whether written out or as bytes."""
    try:
        output = answer["outputs"][0]
        if "data" in output:
            return np.asarray(output["data"], np.float32).reshape(-1)
        size = int(output["parameters"]["binary_data_size"])
        dtype = _DTYPES[output["datatype"]]
        return np.frombuffer(rest[:size], dtype).astype(np.float32)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ServerAnswerError(
            "The model server's answer has no numbers in it."
        ) from error
