"""Who reaches the page, who is asked for a password, and who is told that nobody is."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError

from assistant.access import Access, is_loopback
from assistant.settings import ServerSettings

BOTH = {"ASKWHY_USER": "ann", "ASKWHY_PASSWORD": "secret"}


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("localhost", True),
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
])  # fmt: skip
def test_only_visitors_of_this_machine_name_its_folders(host, headers, own):
    access = Access.of(ServerSettings(host=host), {})
    assert access.own_machine(headers) is own
    assert access.known(headers) is own
    assert Access.of(ServerSettings(host=host), BOTH).known(headers)
