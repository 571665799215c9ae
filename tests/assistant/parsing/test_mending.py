"""Texts that a question gives stand whole in what is read, and a classifier is asked what classifiers do."""

from __future__ import annotations

import pytest

from assistant.operations import OPERATIONS
from assistant.parsing.mending import mended, typed_after_all, whole_words
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)


def read(question: str, program: str, schema=SCHEMA) -> str:
    return mended(question, Language(OPERATIONS, schema).read(program), OPERATIONS, schema).to_text(schema)


@pytest.mark.parametrize(
    "question, program, wanted",
    [
        # a text that was forgotten
        ('why is "free money now" spam', "attribute class=spam", 'where text "free money now" | attribute class=spam'),
        ('"지금 바로 와" 왜 스팸이야', "attribute class=spam", 'where text "지금 바로 와" | attribute class=spam'),
        # a text that was cut
        ("classify: meet me at noon", 'where text "me at noon" | predict', 'where text "meet me at noon" | predict'),
        ('is "win a free phone" spam', 'where text "a free phone" | predict', 'where text "win a free phone" | predict'),
        # asked of a classifier
        ("why did you answer that", "salience", "attribute"),
        ('"free money now" why', 'salience target="free money now"', 'where text "free money now" | attribute'),
        ("which words made you write it", "salience unit=word top=3", "attribute top=3 unit=word"),
        ("run it", "generate", "predict"),
        # words that take the place of themselves
        ("what if it said free", 'edit kind=replace old="free" new="free"', 'edit kind=append new="free"'),
        ("put call for free", 'edit kind=replace old="free" new="call"', 'edit kind=replace old="free" new="call"'),
        # what explains all the data
        ("for all data points, the top 5 words", "attribute top=5 unit=token", "important top=5"),
        ("the strongest words across the entire dataset", "attribute class=spam", "important class=spam"),
        ("all the words of it, please", "attribute", "attribute"),
        ("the words of all rows", "where id = 3 | attribute", "where id = 3 | attribute"),
        # a step that is said twice
        ("which labels are there and what do they mean", "labels | labels", "labels"),
        ("why, and why", "where id = 8 | attribute | attribute", "where id = 8 | attribute"),
        ("undo twice", "undo | undo", "undo | undo"),
        # several rows, not one
        (
            "틀린 문장 중에서 제일 확신했던 것들 좀",
            "where correct = false | show n=1 by=confidence",
            "where correct = false | show by=confidence",
        ),
        ("우선 몇 개만 보여주세요", "show n=1", "show"),
        ("the ones it was surest of", "show n=1 by=confidence", "show by=confidence"),
        ("the one it was surest of", "show n=1 by=confidence", "show n=1 by=confidence"),
        ("wordiest of the ones you botched", "show n=1 by=words", "show n=1 by=words"),
        ("이것들 중에 제일 긴 거", "where previous | show n=1 by=words", "where previous | show n=1 by=words"),
        # all edits, not the last one
        ("back to where I started", "undo", "reset"),
        ("처음 문장으로 돌아가줘", "undo", "reset"),
        ("처음 수정을 취소해줘", "undo", "undo"),
        ("undo the last two", "undo n=2", "undo n=2"),
        # a text is no model
        ('compare it with "win a prize"', 'compare with=model:"win a prize"', 'where text "win a prize" | compare'),
        (
            'how does "win a prize" differ',
            'compare with=model:"win a prize" by=words',
            'where text "win a prize" | compare by=words',
        ),
        # how sure of one text
        ("is it more than 90 percent sure", "where confidence > 0.9 | show", "likelihood"),
        ("where is it more than 90 percent sure", "where confidence > 0.9 | show", "where confidence > 0.9 | show"),
        ("이거 90% 넘게 확신해?", "where confidence > 0.9 | show", "likelihood"),
        # whether it was right
        ("was that right?", "show", "predict"),
        ("was it right about that one", "show", "predict"),
        ("그거 맞게 예측했어요?", "where correct = true | show", "predict"),
        ("맞게 예측한 거 보여줘", "where correct = true | show", "where correct = true | show"),
        ("그거 맞았어?", "show", "predict"),
        ("show it right now", "show", "show"),
        ("was it right?", "show n=3", "show n=3"),
        ("let me see it again", "show", "show"),
        # what is said twice
        (
            "ham that set off the spam alarm",
            "where label = ham and prediction = spam and correct = false | show",
            "where label = ham and prediction = spam | show",
        ),
        ("spam got wrong", "where label = spam and correct = false | show", "where label = spam and correct = false | show"),
        (
            "spam that is spam and right",
            "where label = spam and prediction = spam and correct = false | count",
            "where label = spam and prediction = spam and correct = false | count",
        ),
        # which class has longer texts
        (
            "are long messages more often spam?",
            "where label = spam | statistics of=words",
            "where label = spam | compare with=class:ham by=length",
        ),
        ("how long is spam?", "where label = spam | statistics of=words", "where label = spam | statistics of=words"),
        # one class or another, of all there are
        ("how many, spam and ham", "where label = spam or label = ham | count", "count"),
        ("how many, spam and ham", "where prediction in (ham, spam) | count", "count"),
        (
            "spam, or taken for ham",
            "where label = spam or prediction = ham | count",
            "where label = spam or prediction = ham | count",
        ),
        ("only spam", "where label in (spam) | count", "where label in (spam) | count"),
        # what stays as it is
        ('is "hello" spam', "attribute", "attribute"),
        ('put "see you soon" at the end', 'edit kind=append new="see you soon"', 'edit kind=append new="see you soon"'),
        ('"see you" is what it says. why?', "where id = 3 | attribute", "where id = 3 | attribute"),
        ("note: it is late. what about 3?", "where id = 3 | predict", "where id = 3 | predict"),
        ("is 'a b' or 'c d' spam", "predict", "predict"),
        ('how likely is the answer "not at all"', 'generate target="not at all"', 'generate target="not at all"'),
    ],
)
def test_what_was_meant(question, program, wanted):
    assert LANGUAGE.read(wanted) == LANGUAGE.read(read(question, program))


def test_who_writes_is_asked_as_it_was_read():
    schema = SCHEMA.model_copy(update={"labels": (), "kind": "generator"})
    assert read("why did you answer that", "salience", schema) == "salience"


@pytest.mark.parametrize(
    "question, program, there, typed",
    [
        ('is "free money now" spam?', 'where text contains "free money now" | predict', False, True),
        ('is "free money now" spam?', 'where text contains "free money now" | predict', True, False),
        ('how many say "free money now"?', 'where text contains "free money now" | count', False, False),
        ('predict those with "free"', 'where text contains "free" | predict', False, False),
        ("predict those with free money", 'where text contains "free money" | predict', False, False),
        ('the ham with "no way"', 'where label = ham and text contains "no way" | predict', False, False),
    ],
)
def test_a_text_that_no_row_says_is_about_itself(question, program, there, typed):
    before = LANGUAGE.read(program)
    after = typed_after_all(question, before, lambda words: there)
    if typed:
        assert after.to_text(SCHEMA) == 'where text "free money now" | predict'
    else:
        assert after == before


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("3번 스팸 맞아?", "where id = 3 | predict"),
        ("3번이 spam 맞나요??", "where id = 3 | predict"),
        ("row 3, spam or not?", "where id = 3 | predict"),
        ("is 3 spam, right?", "where id = 3 | predict"),
        ("3번은 스팸이 맞아", "where id = 3 | relabel to=spam"),
        ("no, 3 is spam", "where id = 3 | relabel to=spam"),
        ("can you mark 3 as spam?", "where id = 3 | relabel to=spam"),
    ],
)
def test_a_question_whether_a_label_is_right_changes_none(question, wanted):
    assert read(question, "where id = 3 | relabel to=spam", SCHEMAS["plain"]) == wanted


@pytest.mark.parametrize(
    "question, new, wanted",
    [
        ("지루하지만을 감동적이고로 바꿔 보세요", "감동적", "감동적이고"),
        ("나쁜을 좋은으로 바꿔", "좋은", "좋은"),
        ("나쁜을 최고로 바꿔", "최고", "최고"),
        ("나쁜을 재밌는걸로 바꿔", "재밌는", "재밌는"),
        ("replace dull with 감동 please", "감동", "감동"),
    ],
)
def test_a_korean_word_is_put_in_whole(question, new, wanted):
    change = 'edit kind=replace old="a" new="{}"'
    assert read(question, change.format(new)) == LANGUAGE.read(change.format(wanted)).to_text(SCHEMA)


@pytest.mark.parametrize(
    "question, text, old, wanted",
    [
        ("지루하지만을 재미있고로 바꿔", "지루하지만 결말은 좋았다", "지루하지", "지루하지만"),
        ("drop the acting", "dull, but its (acting) saves it", "act", "acting"),
        # what stands in the text as a word of its own, or is not said whole, stays
        ("drop free", "free phones, freely", "free", "free"),
        ("drop fre", "free phones", "fre", "fre"),
        ("drop the end of it", "it never ends", "end", "end"),
    ],
)
def test_a_word_that_is_named_whole_is_taken_out_whole(question, text, old, wanted):
    program = LANGUAGE.read(f'edit kind=remove old="{old}" | predict')
    assert whole_words(question, program, text, OPERATIONS) == LANGUAGE.read(f'edit kind=remove old="{wanted}" | predict')
