"""The page as it is served: with a name and a password where the environment gives them, and as it is warned of without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from assistant.access import Access
from assistant.settings import ServerSettings
from assistant.web import page
from assistant.web.page import build, launch_options


@contextmanager
def served(assistant) -> Iterator[httpx.Client]:
    """The page of an assistant, with the account that the environment gives."""
    made = build(assistant)
    account = Access.of(ServerSettings()).account
    _, url, _ = made.launch(
        server_name="127.0.0.1", server_port=None, quiet=True, prevent_thread_lock=True, auth=account, **launch_options()
    )
    try:
        with httpx.Client(base_url=url, trust_env=False) as client:
            yield client
    finally:
        made.close()


def test_nobody_sees_anything_without_name_and_password(assistant, monkeypatch):
    monkeypatch.setenv("ASKWHY_USER", "ann")
    monkeypatch.setenv("ASKWHY_PASSWORD", "käse")
    with served(assistant) as client:
        assert client.get("/config").status_code == 401
        assert '"components":[]' in client.get("/").text
        assert client.post("/login", data={"username": "ann", "password": "kase"}).status_code == 400
        assert client.get("/config").status_code == 401
        assert client.post("/login", data={"username": "ann", "password": "käse"}).status_code == 200
        assert client.get("/config").status_code == 200


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_page_for_strangers_says_so(assistant, monkeypatch, host, warned):
    monkeypatch.setattr(page.Access, "of", classmethod(lambda cls, server: Access(loopback=host == "127.0.0.1")))
    config = build(assistant).get_config_file()
    shown = [one["props"].get("value") for one in config["components"] if one["type"] == "markdown"]
    assert any("asks nobody for a password" in str(value) for value in shown) is warned
