"""A visitor brings a file from the page: looked at, matched, talked about, by this visitor only."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]
TEXTS = ("you won a <b>free</b> prize, call now", "see you at dinner tonight", "are you home?")


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "tickets.csv"
    lines = [f'"{TEXTS[number % 3]} {number}",{"Spam" if number % 3 == 0 else "ok"}' for number in range(30)]
    path.write_text("\n".join(["body,kind", *lines]) + "\n", "utf-8")
    return path


def test_a_file_is_brought_and_taken_away_again(visit, rows):
    visitor, other = visit(), visit()
    page = visitor.page
    visitor.tab("Your own")
    page.locator("input[type=file]").set_input_files(rows)
    expect(page.locator("#aw-own-preview")).to_contain_text("30 rows", timeout=30_000)
    expect(page.locator("#aw-own-preview")).to_contain_text("<b>free</b>")
    page.get_by_label("What a row is called").fill("ticket, tickets")
    page.get_by_role("button", name="Check").click()
    classes = page.get_by_label("Labels of the file")
    expect(classes).to_have_value("ok = \nSpam = spam", timeout=60_000)
    page.get_by_role("button", name="Talk about this").click()
    expect(page.get_by_role("alert")).to_contain_text("The value 'ok' of the label column has no class", timeout=30_000)
    classes.fill("ok = ham\nSpam = spam")
    visitor.shot("own")
    page.get_by_role("button", name="Talk about this").click()
    expect(page.locator("#aw-own-status")).to_contain_text("30 tickets, for you only", timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("tickets.csv")
    visitor.ask("/where label = spam | count")
    expect(visitor.answer).to_contain_text("10 tickets")
    visitor.tab("Rows")
    expect(page.locator("#aw-rows").get_by_role("status")).to_contain_text("10 tickets")
    other.ask("/where label = spam | count")
    expect(other.answer).to_contain_text("478 messages")
    visitor.tab("Your own")
    page.get_by_role("button", name="Back to the demonstration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS spam filter", timeout=30_000)
    expect(page.locator(".user")).to_have_count(0)
    visitor.ask("/data")
    expect(visitor.answer).to_contain_text(re.compile("4,4\\d\\d messages"))


def test_what_is_no_file_of_rows_is_told_in_words(visit, tmp_path):
    (tmp_path / "broken.jsonl").write_text("{]", "utf-8")
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.tab("Your own")
    visitor.page.locator("input[type=file]").set_input_files(tmp_path / "broken.jsonl")
    expect(visitor.page.get_by_role("alert")).to_contain_text("line 1 is not JSON", timeout=30_000)
    expect(visitor.page.get_by_role("button", name="Check")).to_have_count(0)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
