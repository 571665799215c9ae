"""Which language the page speaks to whom."""

from __future__ import annotations

import pytest

from assistant.web.heading import spoken


@pytest.mark.parametrize(("header", "language"), [
    ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"), ("en-US,en;q=0.9,ko;q=0.8", "en"), ("de-DE,de;q=0.9", "en"), ("de,ko;q=0.5", "ko"),
    ("", "en"), (None, "en"), ("*", "en"), (";;,,", "en"), ("KO", "ko"),
])  # fmt: skip
def test_the_first_language_of_the_browser_that_the_page_speaks(header, language):
    assert spoken(header) == language
