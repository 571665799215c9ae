"""The rows beside the conversation: found, sorted and paged on the server; a click makes a row the focus."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_rows_are_searched_sorted_chosen_and_focused(visit):
    visitor = visit(viewport={"width": 1280, "height": 900})
    visitor.ask("/where label = spam | count")
    visitor.tab("Rows")
    rows = visitor.page.locator("#aw-rows")
    expect(rows.get_by_role("status")).to_have_text("478 messages, page 1 of 40")
    expect(rows.locator("tbody tr")).to_have_count(12)
    rows.get_by_role("button", name="sure").click()
    expect(rows.locator("th[aria-sort=ascending]")).to_contain_text("sure")
    expect(rows.get_by_role("button", name="sure")).to_be_focused()
    shown = [float(cell.strip("%").replace("over ", "")) for cell in rows.locator("tbody td:nth-child(5)").all_inner_texts()]
    assert shown == sorted(shown)
    rows.get_by_role("button", name="sure").click()
    expect(rows.locator("th[aria-sort=descending]")).to_contain_text("sure")
    rows.get_by_label("right and wrong").select_option("wrong")
    expect(rows.get_by_role("status")).not_to_contain_text("478")
    rows.get_by_label("Search the texts").fill("free")
    visitor.page.keyboard.press("Enter")
    expect(rows.locator("tbody tr").first).to_contain_text(re.compile("free", re.I))
    visitor.shot("rows")
    rows.get_by_role("button", name="Choose these rows").click()
    expect(rows.locator(".aw-chip")).to_have_count(3, timeout=30_000)
    expect(visitor.answer).to_contain_text('where label = spam and text contains "free" and correct = false | count')
    rows.locator(".aw-row").first.click()
    expect(rows.locator("tr.aw-here")).to_have_count(1, timeout=30_000)
    visitor.tab("Focus")
    expect(visitor.page.locator("#aw-focus .aw-tags")).to_contain_text("✗ wrong")


def test_pages_turn_and_a_phone_in_the_dark_holds_the_table(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 844})
    visitor.tab("Rows")
    rows = visitor.page.locator("#aw-rows")
    expect(rows.get_by_role("status")).to_contain_text("page 1 of")
    expect(rows.get_by_role("button", name="Earlier page")).to_be_disabled()
    rows.get_by_role("button", name="Later page").click()
    expect(rows.get_by_role("status")).to_contain_text("page 2 of")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.shot("rows-phone-dark")
