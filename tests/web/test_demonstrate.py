"""Showing the page to others: the tour by clicks and by keys, plain or expert, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assistant.settings import DEMOS, load_settings

from .conftest import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.real]
TOUR = load_settings(DEMOS / "sms" / "askwhy.toml").tour


def test_the_whole_tour_is_one_click_a_question(visit):
    """In Korean, where every question has its command: how the language model reads the English ones is tested without a page."""
    visitor = visit(locale="ko-KR", question="질문 입력")
    page = visitor.page
    page.get_by_role("button", name="둘러보기").click()
    for place, step in enumerate((one.said("ko") for one in TOUR), 1):
        page.locator(".aw-next").click(timeout=30_000)
        expect(page.locator(".aw-note")).to_contain_text(step.note, timeout=30_000)
        expect(page.locator(".user-row")).to_have_count(place, timeout=30_000)
        expect(page.locator(".user").last).to_contain_text(step.ask)
        expect(page.locator(".aw-stage")).to_have_count(0, timeout=SLOW)
        expect(visitor.answer.locator(".aw-understood")).to_be_visible(timeout=SLOW)
        page.get_by_role("button", name="질문", exact=True).wait_for(timeout=SLOW)
    expect(page.locator(".aw-tour")).to_contain_text("안내가 끝났습니다")
    visitor.shot("tour")
    page.get_by_role("button", name="둘러보기 끝내기").click()
    expect(page.get_by_role("button", name="둘러보기", exact=True)).to_be_visible()


def test_the_tour_by_keys_alone_on_a_phone_in_the_dark(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 844})
    page = visitor.page
    page.get_by_role("button", name="Guided tour").focus()
    page.keyboard.press("Enter")
    number = page.get_by_role("button", name=f"Question 9: {TOUR[8].ask}")
    number.focus()
    page.keyboard.press("Enter")
    visitor.answered(1)
    expect(visitor.answer).to_contain_text("messages containing “call”")
    expect(number).to_be_focused()
    page.get_by_role("button", name="‹ Back").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".aw-note")).to_contain_text(TOUR[7].note)
    expect(page.locator(".user-row")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.shot("tour-phone-dark")


def test_the_switch_says_the_last_answer_again_and_keeps_the_level(visit):
    visitor = visit()
    visitor.ask("/where id = 2 | attribute")
    plain = visitor.answer.inner_text()
    visitor.page.get_by_label("Expert").check()
    visitor.answered(2)
    expect(visitor.page.locator(".user").last).to_contain_text("Say that in more detail")
    assert "steps" in visitor.answer.inner_text() and visitor.answer.inner_text() != plain
    visitor.page.get_by_role("button", name="New conversation").click()
    expect(visitor.page.locator(".user")).to_have_count(0)
    visitor.ask("/where id = 2 | attribute")
    assert "steps" in visitor.answer.inner_text()


def test_a_korean_browser_has_a_korean_page_and_may_switch(visit):
    visitor = visit(locale="ko-KR", question="질문 입력")
    page = visitor.page
    expect(page.get_by_role("tab", name="데이터", exact=True)).to_be_visible()
    expect(page.locator("#aw-focus")).to_contain_text("아직 보는 글이 없습니다")
    page.get_by_label("질문 입력").fill("/where id = 2 | predict")
    page.keyboard.press("Enter")
    expect(visitor.answer).to_contain_text("이해한 내용: where id = 2 | predict", timeout=SLOW)
    expect(page.locator("#aw-focus h2")).to_have_text("메시지 2")
    visitor.shot("korean")
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("tab", name="Rows")).to_be_visible()
    visitor.ask("/predict")
    expect(visitor.answer).to_contain_text("The model says spam for message 2")
