"""A real server on loopback, `transformers serve` with the embedded language model, for all tests that talk to one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.parsing.language_model import converted
from assistant.resolver import Resolver
from assistant.settings import DEMOS


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the server, and the name of its model; stopped in the end."""
    pytest.importorskip("openai", reason="`transformers serve` needs transformers[serving]")
    resolver = Resolver(DEMOS / "sms" / "askwhy.toml")
    resolver.assets.fetch("llm")
    model = str(converted(Path(resolver.path("asset:llm"))))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log.txt"
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", model]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | {"HF_HUB_OFFLINE": "1"})
    try:
        patience = time.monotonic() + 240
        while not _is_up(port):
            assert server.poll() is None, log.read_text("utf-8", errors="replace")[-2000:]
            assert time.monotonic() < patience, "the server did not start"
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1", model
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
