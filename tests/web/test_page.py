"""The page as visitors use it: a real browser, the real classifier, the real language model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import SHOTS

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_five_questions_show_their_evidence(visit):
    visitor = visit()
    visitor.ask("What do you predict for message 2?")
    expect(visitor.answer).to_contain_text("The model says spam for message 2")
    expect(visitor.answer.locator(".aw-bar")).to_have_count(2)
    expect(visitor.answer).to_contain_text("Understood as: where id = 2 | predict")
    visitor.ask("Why is it spam?")
    assert visitor.answer.locator(".aw-word.aw-pos").count() > 2
    expect(visitor.answer.locator("sup").first).to_have_text(re.compile(r"[+-]\d+\.\d\d"))
    visitor.shot("attribute")
    visitor.ask("What if we remove the word free?")
    expect(visitor.answer.locator("del").first).to_contain_text("Free")
    expect(visitor.answer).to_contain_text("before")
    visitor.shot("edit")
    visitor.ask("undo")
    expect(visitor.answer).to_contain_text("All edits are taken back")
    visitor.ask("How good are you?")
    expect(visitor.answer.locator("table")).to_contain_text("spam")
    visitor.shot("score")


def test_an_example_and_a_suggestion_are_asked_with_one_click(visit):
    visitor = visit()
    visitor.page.get_by_text("How good are you?").click()
    visitor.finished("How good are you?")
    expect(visitor.answer).to_contain_text("The model is right on")
    visitor.page.get_by_role("button", name="What do you usually get wrong?").click()
    visitor.finished("What do you usually get wrong?")
    expect(visitor.answer).to_contain_text("The model is wrong on")


def test_an_answer_that_was_not_meant_is_taken_back_with_one_click(visit):
    visitor = visit()
    visitor.ask("What do you predict for message 2?")
    visitor.page.get_by_role("button", name="Not what I meant").click()
    visitor.finished("Not what I meant")
    expect(visitor.answer).to_contain_text("Then let me take that back.")
    visitor.shot("not_meant")
    visitor.page.get_by_role("button", name="It is about why").click()
    visitor.finished("It is about why")
    expect(visitor.answer).to_contain_text("“What do you predict for message 2?” could then mean:")
    expect(visitor.page.get_by_role("button", name="Not what I meant")).to_have_count(0)
    visitor.ask("/where id = 2 | predict")
    expect(visitor.answer).to_contain_text("The model says spam for message 2")
    expect(visitor.page.get_by_role("button", name="Not what I meant")).to_have_count(0)


def test_a_report_is_downloaded_and_stands_alone(visit, chromium, tmp_path):
    visitor = visit()
    hostile = '<img src=x onerror="window.hacked=1">'
    visitor.ask('/where text "' + hostile.replace('"', '\\"') + ' win a free prize" | predict | attribute')
    visitor.ask("/report")
    expect(visitor.answer).to_contain_text("1 question with its answer")
    with visitor.page.expect_download() as download:
        visitor.answer.get_by_role("link", name="askwhy-report.html").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    for theme, width in (("light", 1100), ("dark", 390)):
        reader = chromium.new_page(viewport={"width": width, "height": 1400}, color_scheme=theme)
        seen = []
        reader.on("request", lambda request, seen=seen: seen.append(request.url))
        reader.on("console", lambda message, seen=seen: seen.append(message.text))
        reader.goto(file.as_uri())
        expect(reader.locator("article")).to_have_count(1)
        assert reader.evaluate("document.documentElement.scrollWidth") <= width
        assert reader.locator("img").count() == 0
        assert seen == [file.as_uri()]
        reader.screenshot(path=SHOTS / f"report-{theme}.png")
        reader.close()
    link = visitor.page.get_by_role("link", name="askwhy-report.json").evaluate("link => link.href")
    assert visitor.page.request.get(link).json()["format"] == "askwhy report"
    visitor.page.get_by_role("button", name="New conversation").click()
    expect(visitor.page.locator(".user")).to_have_count(0)
    assert visitor.page.request.get(link).status == 403


def test_markup_in_a_message_is_shown_and_does_nothing(visit):
    visitor = visit()
    hostile = '<img src=x onerror="window.hacked=1"> **bold** [link](javascript:alert(1)) $$x$$ <script>window.hacked=1</script>'
    visitor.ask('/where text "' + hostile.replace('"', '\\"') + '" | predict | attribute')
    expect(visitor.answer).to_contain_text("<img src=x onerror=")
    expect(visitor.answer).to_contain_text("**bold** [link](javascript:alert(1)) $$x$$")
    assert visitor.page.evaluate("window.hacked") is None
    assert visitor.page.locator(".aw-answer img, .aw-answer a, .aw-answer script, .aw-answer strong").count() == 0


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("/where id = 999999 | predict", "There is no message 999999"),
        ("/where label = spma | count", "did you mean 'spam'?"),
        ("x" * 10_000, "10,000 characters"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_conversation_goes_on(visit, question, said):
    visitor = visit()
    visitor.page.get_by_label("Your question").fill(question)
    visitor.page.keyboard.press("Enter")
    expect(visitor.answer).to_contain_text(said, timeout=60_000)
    assert "Traceback" not in visitor.page.inner_text("body")
    visitor.ask("/where id = 0 | predict")
    expect(visitor.answer).to_contain_text("The model says")


def test_an_empty_question_does_nothing(visit):
    visitor = visit()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_timeout(500)
    assert visitor.page.locator(".user").count() == 0


def test_a_text_longer_than_the_model_reads_is_answered_with_a_notice(visit):
    visitor = visit()
    visitor.ask('/where text "' + "call me now " * 300 + '" | predict')
    expect(visitor.answer).to_contain_text("longer than the model can read")


def test_two_visitors_see_nothing_of_each_other(visit):
    first, second = visit(), visit()
    first.ask("/where id = 2 | predict")
    second.ask("/predict")
    expect(second.answer).to_contain_text("Which message do you mean?")
    assert "message 2," not in second.page.inner_text("body")


def test_a_new_conversation_forgets_the_focus(visit):
    visitor = visit()
    visitor.ask("/where id = 2 | predict")
    visitor.page.get_by_role("button", name="New conversation").click()
    expect(visitor.page.locator(".user")).to_have_count(0)
    visitor.ask("/predict")
    expect(visitor.answer).to_contain_text("Which message do you mean?")


def test_the_page_fits_a_phone_and_dark_mode(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 844})
    visitor.ask("/where id = 2 | attribute")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.shot("phone-dark")


def test_a_next_question_is_asked_by_a_click_and_shown_in_words(visit):
    visitor = visit()
    visitor.ask("/where id = 2 | predict")
    visitor.page.get_by_role("button", name="Why is it spam?").click()
    visitor.finished("Why is it spam?")
    expect(visitor.page.locator(".user").last).to_contain_text("/attribute")
    expect(visitor.answer).to_contain_text("What speaks most for spam")


def test_a_long_answer_is_read_from_its_beginning_and_a_reader_who_scrolls_is_left_alone(visit):
    visitor = visit()
    place = """() => { const row = [...document.querySelectorAll(".aw-chat .user-row")].at(-1), box = document.querySelector(".aw-chat [role=log]");
        return [row.getBoundingClientRect().top - box.getBoundingClientRect().top, box.scrollHeight - box.scrollTop - box.clientHeight]; }"""
    visitor.ask("/help")
    visitor.ask("/show n=20")
    visitor.page.wait_for_timeout(500)
    top, below = visitor.page.evaluate(place)
    assert abs(top) < 3 and below > 300
    visitor.page.locator(".aw-answer").last.hover()
    visitor.page.mouse.wheel(0, 250)
    visitor.page.wait_for_timeout(500)
    assert visitor.page.evaluate(place)[0] < -200
    visitor.ask("/where id = 2 | predict")
    visitor.page.wait_for_timeout(500)
    top, below = visitor.page.evaluate(place)
    assert top > -3 and (below < 3 or top < 3)
