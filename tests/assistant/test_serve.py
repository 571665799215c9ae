"""Who is told that the page is open to others."""

from __future__ import annotations

import pytest

from assistant.api.gate import is_loopback


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("localhost", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("example.org", False), ("", False),
])  # fmt: skip
def test_which_hosts_only_this_machine_reaches(host, own):
    assert is_loopback(host) is own
