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


def test_a_click_on_a_mark_lands_on_its_passage(visit):
    visitor = visit()
    visitor.ask('/ask question="Are attention weights explanations?"')
    mark = visitor.answer.locator("a.aw-cite").first
    number = mark.inner_text()
    address = visitor.page.url
    mark.click()
    passage = visitor.answer.locator("details.aw-passage[open]")
    expect(passage).to_have_count(1)
    expect(passage.locator("summary")).to_contain_text(number)
    expect(passage.locator("summary")).to_be_focused()
    expect(passage.locator(".aw-quote")).to_be_visible()
    expect(passage).to_be_in_viewport()
    assert visitor.page.url == address
