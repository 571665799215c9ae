"""Who reaches the page, who is asked for a password, and who is told that nobody is."""

from __future__ import annotations

import socket

import gradio as gr
import pytest

from explainers.errors import AskWhyError

from assistant import serve as serving
from assistant.access import Access, is_loopback
from assistant.serve import _refused
from assistant.settings import ServerSettings

BOTH = {"ASKWHY_USER": "ann", "ASKWHY_PASSWORD": "secret"}


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("[::1]", True), ("localhost", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("example.org", False), ("", False),
])  # fmt: skip
def test_which_hosts_only_this_machine_reaches(host, own):
    assert is_loopback(host) is own


@pytest.mark.parametrize(("host", "environment", "warned"), [
    ("127.0.0.1", {}, False), ("0.0.0.0", {}, True), ("0.0.0.0", BOTH, False), ("127.0.0.1", BOTH, False),
])  # fmt: skip
def test_a_page_that_strangers_reach_without_a_password_is_warned_of(host, environment, warned):
    access = Access.of(ServerSettings(host=host), environment)
    assert access.open_to_all is warned
    assert access.account == (("ann", "secret") if environment else None)


def test_the_settings_name_the_variables():
    server = ServerSettings(user_env="PAGE_NAME", password_env="PAGE_KEY")
    assert Access.of(server, {"PAGE_NAME": "ann", "PAGE_KEY": "k", **BOTH}).account == ("ann", "k")
    assert Access.of(server, BOTH).account is None


@pytest.mark.parametrize("missing", ["ASKWHY_USER", "ASKWHY_PASSWORD"])
def test_half_an_account_is_a_mistake(missing):
    with pytest.raises(AskWhyError, match=rf"but {missing} is not; set both"):
        Access.of(ServerSettings(), {name: value for name, value in BOTH.items() if name != missing})


@pytest.mark.parametrize(("host", "headers", "own"), [
    ("127.0.0.1", {}, True), ("0.0.0.0", {}, False), ("127.0.0.1", {"x-forwarded-for": "10.0.0.1"}, False),
    ("127.0.0.1", {"host": "localhost:7860"}, True), ("::1", {"host": "[::1]:7860"}, True),
    ("127.0.0.1", {"host": "evil.example:7860"}, False), ("127.0.0.1", {"host": "[["}, False),
])  # fmt: skip
def test_only_visitors_of_this_machine_name_its_folders(host, headers, own):
    access = Access.of(ServerSettings(host=host), {})
    assert access.own_machine(headers) is own
    assert access.known(headers) is own
    assert Access.of(ServerSettings(host=host), BOTH).known(headers)


def test_why_nothing_can_be_served_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _refused("127.0.0.1", port, OSError("x")) == (
            f"The port {port} is taken; choose another with --port or in the settings under [server]."
        )
    said = _refused("203.0.113.7", port, OSError("x"))
    assert said.startswith(f"The page cannot be served at 203.0.113.7, port {port}: ") and "taken" not in said
    assert _refused("127.0.0.1", port, OSError("no room")).endswith(": no room; mend the settings under [server].")


@pytest.mark.parametrize(("host", "address"), [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.1", "127.0.0.1")])
def test_an_address_is_served_and_told_as_browsers_take_it(host, address, assistant, monkeypatch, capsys):
    launched = []
    settings = assistant.workspace.settings.model_copy(update={"server": ServerSettings(host=host, api=False)})
    monkeypatch.setattr(assistant.workspace, "settings", settings)
    monkeypatch.setattr(serving, "load_settings", lambda path: settings)
    monkeypatch.setattr(serving, "assistant_for", lambda name, progress: assistant)
    monkeypatch.setattr(gr.Blocks, "launch", lambda page, **given: launched.append(given))
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda page: None)
    serving.serve(None)
    assert launched[0]["server_name"] == address and launched[0]["server_port"] == 7860
    told = capsys.readouterr()
    assert told.out == f"Tiny: http://{address}:7860\n" and not told.err
