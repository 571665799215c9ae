"""A model hub on this machine: serves folders as repositories, by the paths that huggingface_hub asks for."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repositories: dict[str, Path]) -> Iterator[str]:
    """The address of a hub with these folders under these names ("owner/name")."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            parts = self.path.partition("?")[0].strip("/").split("/")
            name = "/".join(parts[2:4] if parts[0] == "api" else parts[:2])  # /api/models/owner/name, /owner/name/resolve
            folder = repositories.get(name)
            if folder is None:
                return self._send(404, b"", body, {"X-Error-Code": "RepoNotFound"})
            if parts[0] == "api":
                files = [{"rfilename": path.name} for path in folder.iterdir()]
                about = {"id": name, "modelId": name, "sha": COMMIT, "siblings": files, "tags": [], "private": False}
                told = json.dumps([] if "tree" in parts else about).encode()
                return self._send(200, told, body, {"Content-Type": "application/json"})
            file = folder / parts[-1]
            if parts[2] != "resolve" or not file.is_file():
                return self._send(404, b"", body, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            said = file.read_bytes()
            tag = {"ETag": f'"{hashlib.sha256(said).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
            return self._send(200, said, body, tag)

        def _send(self, code: int, said: bytes, body: bool, headers: dict[str, str]) -> None:
            self.send_response(code)
            for key, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
