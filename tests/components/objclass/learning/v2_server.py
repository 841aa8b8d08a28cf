"""A small real server of the Open Inference Protocol, with faults to order."""

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Thread
from time import sleep
from typing import Any, Self, override

import numpy as np

from custom_components.objclass.learning.backbone import Backbone, load_backbone

HEADER_LENGTH = "Inference-Header-Content-Length"


class V2Server:
    """Serves the bundled model as "mobilenet"; what is set here, it does."""

    def __init__(self, backbone: Backbone | None = None) -> None:
        self.backbone = backbone or load_backbone("litert")
        self.status = 200
        self.factor = 1.0
        self.binary = False
        self.close = False
        self.drops = 0
        self.body: bytes | None = None
        size = self.backbone.size
        self.inputs: Any = [
            {"name": "in", "datatype": "UINT8", "shape": [-1, size, size, 3]}
        ]
        self.asked: list[str] = []
        self.looks = 0
        self.connections: list[socket] = []

    def __enter__(self) -> Self:
        owner = self

        class Handler(_Handler):
            server_of = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(
        self, path: str, head: dict[str, Any], rest: bytes
    ) -> tuple[dict[str, Any], bytes]:
        if path == "/v2":
            extensions = ["binary_tensor_data"] if self.binary else []
            return {"name": "test", "extensions": extensions}, b""
        if path == "/v2/models/mobilenet":
            return {"name": "mobilenet", "inputs": self.inputs, "outputs": []}, b""
        self.looks += 1
        (item,) = head["inputs"]
        dtype = {"UINT8": "u1", "FP32": "<f4"}[item["datatype"]]
        values = np.frombuffer(rest, dtype) if rest else np.array(item["data"], dtype)
        pixels = values.reshape(item["shape"])[0].astype(np.uint8)
        numbers = self.backbone.embed(pixels) * np.float32(self.factor)
        output: dict[str, Any] = {
            "name": "out",
            "datatype": "FP32",
            "shape": [1, numbers.size],
        }
        if head.get("parameters", {}).get("binary_data_output"):
            raw = numbers.astype("<f4").tobytes()
            output["parameters"] = {"binary_data_size": len(raw)}
            return {"outputs": [output]}, raw
        # Nested, as some servers write it.
        output["data"] = [numbers.tolist()]
        return {"outputs": [output]}, b""


class _Handler(BaseHTTPRequestHandler):
    server_of: V2Server
    protocol_version = "HTTP/1.1"

    @override
    def setup(self) -> None:
        super().setup()
        self.server_of.connections.append(self.connection)

    def do_GET(self) -> None:
        self._respond({}, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        length = int(self.headers.get(HEADER_LENGTH, len(body)))
        self._respond(json.loads(body[:length]), body[length:])

    def _respond(self, head: dict[str, Any], rest: bytes) -> None:
        owner = self.server_of
        owner.asked.append(self.path)
        status, raw = owner.status, b""
        if not self.path.startswith(("/v2/models/mobilenet", "/v2")) or (
            self.path.startswith("/v2/models/")
            and not self.path.startswith("/v2/models/mobilenet")
        ):
            status = 404
        if status == 200:
            answer, raw = owner.answer(self.path, head, rest)
            text = json.dumps(answer).encode()
        else:
            text = json.dumps({"error": "it is out of order"}).encode()
        if owner.body is not None:
            text, raw = owner.body, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text) + len(raw)))
        if raw:
            self.send_header(HEADER_LENGTH, str(len(text)))
        self.end_headers()
        whole = text + raw
        # Whoever asked may have gone meanwhile.
        with suppress(ConnectionError):
            for _ in range(owner.drops):
                self.wfile.write(whole[:1])
                whole = whole[1:]
                sleep(0.2)
            self.wfile.write(whole)
        if owner.close:
            # Without a word, as an idle connection is closed.
            self.close_connection = True

    @override
    def log_message(self, *_: object) -> None:
        pass
