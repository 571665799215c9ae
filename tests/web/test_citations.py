"""Citations on the page: a mark's passage opens where it stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_a_citation_opens_its_passage(visit):
    visitor = visit()
    visitor.ask('/ask question="Are attention weights explanations?"')
    expect(visitor.answer).to_contain_text("[1]")
    passage = visitor.answer.locator("details.aw-passage").first
    expect(passage.locator(".aw-quote")).to_be_hidden()
    passage.locator("summary").click()
    expect(passage.locator(".aw-quote")).to_be_visible()
    expect(passage.locator(".aw-source")).to_contain_text("20")
    visitor.shot("citations")
