"""Control over answers: copied as one reads them, asked again, in other words, judged, and stopped."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from explainers.assets import cache_folder

from assistant.feedback import FILE

from .conftest import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.real]


@pytest.fixture
def kept(address):
    """The file of judgements before a test: nobody's own are lost."""
    path = cache_folder("corrections") / FILE
    before = path.read_text("utf-8") if path.exists() else None
    yield path
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(before, "utf-8")


def test_an_answer_is_copied_asked_again_and_in_other_words(visit):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    visitor.ask("/where id = 2 | predict")
    page.get_by_role("button", name="Copy message").last.click()
    page.wait_for_timeout(300)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "The model says spam for message 2" in copied
    assert "<" not in copied and "&#" not in copied
    visitor.ask('/where id = 2 | edit kind=append new="<b>*now*</b>"')
    with visitor.another():
        page.get_by_role("button", name="Retry").last.click()
    expect(page.locator(".user-row")).to_have_count(2)
    expect(page.locator("#aw-focus .aw-chain li")).to_have_count(2, timeout=30_000)
    page.get_by_role("button", name="Edit").last.click(timeout=SLOW)
    field = page.locator("textarea.edit-textarea")
    expect(field).to_have_value('/where id = 2 | edit kind=append new="<b>*now*</b>"')
    expect(field).to_be_focused()
    visitor.shot("question-edited")
    field.fill("/where id = 4 | predict")
    page.get_by_role("button", name="Submit").first.click()
    expect(page.locator("#aw-focus h2")).to_have_text("message 4", timeout=30_000)
    expect(page.locator(".user-row")).to_have_count(2)
    expect(page.locator(".user").last).to_have_text("/where id = 4 | predict")


def test_a_thumb_with_its_reason_is_kept_on_this_machine(visit, kept):
    visitor = visit()
    visitor.ask("/where id = 2 | predict")
    visitor.page.get_by_role("button", name="Dislike").last.click()
    expect(visitor.page.get_by_text("kept on this machine only")).to_be_visible(timeout=30_000)
    last = json.loads(kept.read_text("utf-8").splitlines()[-1])
    assert (last["command"], last["good"], last["reason"]) == ("where id = 2 | predict", False, None)


def test_work_is_stopped(visit):
    visitor = visit()
    visitor.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=SLOW)
    visitor.page.get_by_label("Your question").fill("/where id >= 0 | sensitivity")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name="Stop", exact=True).click(timeout=SLOW)
    expect(visitor.answer).to_contain_text("Stopped; nothing of the conversation was changed.", timeout=60_000)
    visitor.page.wait_for_timeout(1000)  # as a person takes: what is asked within the same instant is stopped too
    visitor.ask("/where id = 0 | predict")
    expect(visitor.answer).to_contain_text("The model says", timeout=60_000)
