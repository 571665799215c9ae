"""Edits that a question spells out with words of the text in focus are not left to the language model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Conversation, Edited, Subject
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language
from assistant.rewording import reworded

from .strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])
BORING = "the movie was boring but the actors were great."
PRIZE = "CONGRATS!! u won a free PS5, text WIN to 80085 now"


def read(question: str, program: str, text: str = BORING) -> str:
    conversation = replace(Conversation(), focus=Subject(text))
    return reworded(question, LANGUAGE.read(program), conversation, OPERATIONS).to_text(LANGUAGE.schema)


@pytest.mark.parametrize(
    ("question", "program", "wanted"),
    [
        ("change boring to fun", "counterfactual", 'edit kind=replace old="boring" new="fun"'),
        ("replace boring with really fun and tell me why", "edit kind=upper | attribute",
         'edit kind=replace old="boring" new="really fun" | attribute'),
        ("now with 'but' changed to 'and'", "predict", 'edit kind=replace old="but" new="and"'),
        ("change great to awful, does it flip?", "where id = 7 | predict", 'edit kind=replace old="great" new="awful"'),
        ("what if it said funny instead of Boring?", "attribute", 'edit kind=replace old="boring" new="funny"'),
        ('replace boring with "so so" and run it again', "predict", 'edit kind=replace old="boring" new="so so"'),
        ("boring을 다른걸로 바꾸면 더 좋아져요?", "counterfactual", "counterfactual"),
        ("leave off everything after boring", 'edit kind=remove old="boring"',
         'edit kind=remove old="but the actors were great"'),
        ("keep only what comes after but", 'edit kind=keep old="but"', 'edit kind=remove old="the movie was boring but"'),
        ("put it back and change boring to fun", "undo", 'undo | edit kind=replace old="boring" new="fun"'),
        ("boring을 fun으로 바꾸면 어떻게 되나요", "predict", 'edit kind=replace old="boring" new="fun"'),
        ("boring → fun", "decline", 'edit kind=replace old="boring" new="fun"'),
        ("boring 대신 really funny로 해봐", "decline", 'edit kind=replace old="boring" new="really funny"'),
        ("movie를 film으로, boring을 fun으로 바꾸면", 'edit kind=replace old="film" new="movie"',
         'edit kind=replace old="movie" new="film" | edit kind=replace old="boring" new="fun"'),
        ("boring 자리에 funny를 넣으면요?", "predict", 'edit kind=replace old="boring" new="funny"'),
        ("취소하고, but 뒤로 다 잘라줘요", "undo | repeat", 'undo | edit kind=remove old="the actors were great"'),
        ("but 뒤를 지우면", 'edit kind=remove old="but"', 'edit kind=remove old="the actors were great"'),
        ("but 뒤만 남기면요", 'edit kind=append new="남기"', 'edit kind=remove old="the movie was boring but"'),
        ("boring만 본 걸까요? boring 지우면 어떻게 돼요?", 'ask question="boring만 본 걸까요"', 'edit kind=remove old="boring"'),
    ],
)  # fmt: skip
def test_what_is_spelt_out_is_done(question, program, wanted):
    assert read(question, program) == wanted


@pytest.mark.parametrize(
    ("question", "program"),
    [
        ("change terrible to fun", 'edit kind=replace old="terrible" new="fun"'),  # no word of this text: the engine says so
        ("why great rather than boring", "attribute class=great against=boring"),
        ("explain it with lime instead of shap", "attribute method=lime"),
        ("change it to lower case", "edit kind=lower"),
        ("in message 7 change boring to fun", 'where id = 7 | edit kind=replace old="boring" new="fun"'),
        ("how many messages have fun instead of boring", 'where text contains "fun" | count'),
        ('"drop everything after but" what is this', 'where text "drop everything after but" | predict'),
        ("/edit kind=lower", "edit kind=lower"),
        ("what changed", "edits"),
        ("단어를 다른 것으로 바꾸면 뒤집히나", "counterfactual"),
    ],
)
def test_what_is_not_spelt_out_stays(question, program):
    schema = SCHEMAS["plain"]
    if "class=great" in program:  # labels that are also words of the text
        schema = schema.model_copy(update={"labels": ("great", "boring")})
    language = Language(OPERATIONS, schema)
    conversation = replace(Conversation(), focus=Subject(BORING))
    assert reworded(question, language.read(program), conversation, OPERATIONS) == language.read(program)


def test_several_are_spelt_out_and_a_number_within_a_word_is_no_row():
    wanted = 'edit kind=replace old="free" new="fr33" | edit kind=replace old="won" new="w0n"'
    assert (
        read("try fr33 instead of free and w0n instead of won, in the original one", "where id = 33 | predict", PRIZE) == wanted
    )


def test_what_is_done_to_the_original_begins_there():
    edited = Subject("a free gift", edits=(Edited("a gift", 'edit kind=remove old="free"'),))
    made = reworded("swap free for fr33 in the original", LANGUAGE.read("predict"), Conversation(focus=edited), OPERATIONS)
    assert made == LANGUAGE.read('reset | edit kind=replace old="free" new="fr33"')
    asked, read = "swap gift for card in the original", LANGUAGE.read('edit kind=replace old="gift" new="card"')
    made = reworded(asked, read, Conversation(focus=edited), OPERATIONS)  # the edit was read, but not where it begins
    assert made == LANGUAGE.read('reset | edit kind=replace old="gift" new="card"')
    made = reworded("다시 원래대로 돌려놓고 gift 만 빼주세요", LANGUAGE.read("reset"), Conversation(focus=edited), OPERATIONS)
    assert made == LANGUAGE.read('reset | edit kind=remove old="gift"')


def test_what_takes_the_place_of_words_that_hold_its_sign_too():
    said = "now change Reply YES to confirm to See you soon"
    made = read(said, 'edit kind=replace old="Reply YES" new="confirm to See you"', "Tues 14th. Reply YES to confirm or call")
    assert made == 'edit kind=replace old="Reply YES to confirm" new="See you soon"'


def test_several_quoted_words_are_taken_out():
    said = '"free"나 "gift"나 "now" 빼면 결과가 바뀌어요?'
    made = read(said, 'where text contains "free" | edit kind=remove old="gift"', "a free gift now")
    assert made == 'edit kind=remove old="free" | edit kind=remove old="gift" | edit kind=remove old="now"'
    kept = 'where text contains "free" | show'
    assert read('show those with "free" without "gift"', kept, "a free gift now") == kept


def test_quoted_words_instead_of_others():
    made = read('What if I\'d written "a pricey" instead of "free"?', 'edit kind=replace old="free" new="written"', "free gift")
    assert made == 'edit kind=replace old="free" new="a pricey"'


@pytest.mark.parametrize(
    ("question", "old", "meant"),
    [
        ("그래도 스팸이네. free도 빼봐", "그래도", "free"),
        ("text WIN 없으면?", "WIN", "text WIN"),
        ("now를 빼고 봐", "now", "now"),
        ("free 빼봐", "text", "text"),  # which of the two is meant is not told by the text
    ],
)
def test_words_are_taken_out_as_a_korean_question_says_them(question, old, meant):
    read = LANGUAGE.read(f'edit kind=remove old="{old}"')
    made = reworded(question, read, Conversation(focus=Subject("free entry, text WIN now")), OPERATIONS)
    assert made == LANGUAGE.read(f'edit kind=remove old="{meant}"')


def test_nothing_is_reworded_without_a_text():
    program = LANGUAGE.read("predict")
    assert reworded("change boring to fun", program, Conversation(), OPERATIONS) == program


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_said_an_edit_is_about_words_of_the_text(question, text):
    conversation = replace(Conversation(), focus=Subject(text))
    made = reworded(question, LANGUAGE.read("decline"), conversation, OPERATIONS)
    assert all(str(step.given()["old"]).casefold() in text.casefold() for step in made.steps if step.name == "edit")
