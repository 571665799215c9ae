"""A server on loopback that answers as OpenAI-compatible ones do, in every way that a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], Any]


@dataclass
class Served:
    """Where the server is, and what it was asked: paths, headers, bodies."""

    endpoint: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Raw:
    """An answer byte by byte, `pause` seconds between them."""

    body: bytes
    status: int = 200
    pause: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    promised: int | None = None  # bytes that the headers say will come


def said(content: Any, **more: Any) -> Raw:
    """An answer as it should be."""
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | more]}
    return Raw(json.dumps(body).encode())


@contextmanager
def serving(answer: Answer) -> Iterator[Served]:
    """Serves until the block ends; `answer` makes a `Raw`, or the words of an answer, of each request's body."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            served.asked.append(body)
            served.headers.append({name.lower(): value for name, value in self.headers.items()})
            served.paths.append(self.path)
            made = answer(body)
            made = made if isinstance(made, Raw) else said(made)
            self.send_response(made.status)
            length = len(made.body) if made.promised is None else made.promised
            for name, value in (("content-type", "application/json"), ("content-length", str(length)), *made.headers):
                self.send_header(name, value)
            self.end_headers()
            try:
                if made.pause:
                    for byte in made.body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(made.pause)
                else:
                    self.wfile.write(made.body)
            except OSError:  # the other side has given up
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Served(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
