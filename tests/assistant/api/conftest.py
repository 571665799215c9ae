"""The endpoints of the tiny workspace, called as functions and served on a free port of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.api.endpoints import Endpoint, Endpoints
from assistant.api.gate import gate, launched
from assistant.dialogue import Assistant
from assistant.web.page import build, launch_options


@pytest.fixture
def endpoints(assistant: Assistant) -> dict[str, Endpoint]:
    return {endpoint.name: endpoint for endpoint in Endpoints(assistant).all()}


@pytest.fixture(scope="session")
def address(assistant: Assistant) -> Iterator[str]:
    """The page with its endpoints and tools."""
    server = assistant.workspace.settings.server
    page = build(assistant, Endpoints(assistant))
    open_ = gate(server)
    assert open_.api and open_.mcp, open_.told
    _, url, _ = page.launch(
        server_name="127.0.0.1", quiet=True, prevent_thread_lock=True, **launch_options(), **launched(server, open_)
    )
    yield url.rstrip("/")
    page.close()
