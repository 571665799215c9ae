"""The focus beside the conversation: what is asked shows there, and what is clicked there is asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_what_is_asked_shows_beside_and_a_clicked_word_is_asked_about(visit):
    visitor = visit(viewport={"width": 1280, "height": 900})
    focus = visitor.page.locator("#aw-focus")
    expect(focus).to_contain_text("Nothing is in focus yet")
    visitor.ask("/where id = 2 | predict")
    expect(focus.locator("h2")).to_have_text("message 2")
    expect(focus.locator(".aw-tags")).to_contain_text("✓ right")
    expect(focus.locator(".aw-bar")).to_have_count(2)
    expect(focus.locator(".aw-words sup")).to_have_count(0)
    focus.get_by_role("button", name="Why this answer?").click()
    expect(focus.locator(".aw-words .aw-pos").first).to_be_visible(timeout=30_000)
    word = focus.get_by_role("button", name=re.compile(r"^Free speaks for spam: \+\d\.\d\d, "))
    expect(word.locator("sup")).to_have_text(re.compile(r"\+\d\.\d\d"))
    expect(visitor.page.locator(".user").last).to_contain_text("/attribute")
    word.click()
    visitor.shot("focus-menu")
    focus.get_by_role("menuitem", name="What if “Free” were removed?").click()
    expect(focus.locator(".aw-chain li")).to_have_count(2, timeout=30_000)
    expect(visitor.page.locator(".user").last).to_contain_text('/edit kind=remove old="Free" which=1')
    expect(focus.locator(".aw-words")).not_to_contain_text("Free")
    focus.get_by_role("button", name="Is this explanation reliable?").or_(
        focus.get_by_role("button", name="Why this answer?")
    ).click()
    visitor.answered(4)
    focus.get_by_role("button", name="Undo").click()
    expect(focus.locator(".aw-words")).to_contain_text("Free", timeout=30_000)
    focus.get_by_role("button", name="Redo").click()
    expect(focus.locator(".aw-chain li")).to_have_count(2, timeout=30_000)
    visitor.shot("focus-edits")


def test_a_chip_is_taken_away_by_the_engine(visit):
    visitor = visit()
    focus = visitor.page.locator("#aw-focus")
    visitor.ask('/where label = spam and text contains "free" and prediction = ham | count')
    expect(focus.locator(".aw-chip")).to_have_count(3)
    focus.get_by_role("button", name="Remove the condition prediction = ham").click()
    expect(focus.locator(".aw-chip")).to_have_count(2, timeout=30_000)
    expect(visitor.answer).to_contain_text('where label = spam and text contains "free" | count')
    for left in (1, 0):
        focus.get_by_role("button", name=re.compile("Remove the condition")).first.click()
        expect(focus.locator(".aw-chip")).to_have_count(left, timeout=30_000)
    expect(visitor.answer).to_contain_text("Understood as: clear")


def test_words_are_reached_and_asked_about_by_the_keyboard_alone(visit):
    visitor = visit()
    visitor.ask("/where id = 2 | attribute")
    first = visitor.page.locator(".aw-w").first
    first.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("menuitem").first).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator(".aw-menu")).to_be_hidden()
    second = visitor.page.locator(".aw-w").nth(1)
    expect(second).to_be_focused()
    assert visitor.page.locator(".aw-w[tabindex='0']").count() == 1
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(".user").last).to_contain_text('text contains "entry"', timeout=30_000)


def test_hostile_words_are_text_in_the_focus(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 844})
    hostile = '<img src=x onerror="window.hacked=1"> {{7*7}} ${window.hacked=2} \u202eevil <script>window.hacked=3</script> it\'s'
    visitor.page.get_by_label("Your question").fill('/where text "' + hostile.replace('"', '\\"') + '" | predict')
    visitor.page.keyboard.press("Enter")
    visitor.answered(1)
    words = visitor.page.locator("#aw-focus .aw-words")
    expect(words).to_contain_text("{{7*7}} ${window.hacked=2} [U+202E]evil")
    visitor.page.locator(".aw-w", has_text="onerror").click()
    expect(visitor.page.locator(".aw-menu-about")).to_contain_text("onerror")
    assert visitor.page.evaluate("window.hacked") is None
    assert visitor.page.locator("#aw-focus img, #aw-focus script").count() == 0
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.shot("focus-phone-dark")


def test_a_new_conversation_empties_the_focus_and_visitors_have_their_own(visit):
    first, second = visit(), visit()
    first.ask("/where id = 2 | predict")
    expect(first.page.locator("#aw-focus h2")).to_have_text("message 2")
    expect(second.page.locator("#aw-focus")).to_contain_text("Nothing is in focus yet")
    first.page.get_by_role("button", name="New conversation").click()
    expect(first.page.locator("#aw-focus")).to_contain_text("Nothing is in focus yet")
