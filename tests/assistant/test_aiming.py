"""What a reading is about, by what was said and shown before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.aiming import (
    another_text,
    at_large,
    chosen_already,
    in_its_place,
    in_words,
    of_all_after_all,
    of_mistakes,
    of_one,
    of_some,
    taken_out_too,
    the_next,
    the_one,
)
from assistant.conversation import Conversation, Subject
from assistant.operations import OPERATIONS
from assistant.operations.show import Order, ShowResult
from assistant.programs.conditions import And, Compare
from assistant.programs.reader import Language

from .strategies import SCHEMAS

ROWS = tuple(Subject(f"text {row}", row) for row in (68, 222, 445))


SHOWN = Conversation(answered=(ShowResult(subjects=ROWS, columns=({},) * 3, rows=16),))


NOUN = ("message", "messages")


LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("are there any it is unsure about", "where previous and confidence < 0.6 | show", "where confidence < 0.6 | show"),
        ("are any of those unsure", "where previous and confidence < 0.6 | show", None),
        ("그중에 확신이 낮은 건", "where previous and confidence < 0.6 | show", None),
        ("any wrong?", "where previous and correct = false | show", None),  # there are some
        ("any with zzz?", 'where previous and text contains "zzz" | show', None),  # there are none at all
        ("any?", "where previous and sample 3 | show", None),
        ("show me", "where previous | show", None),
    ],
)
def test_none_of_those_is_asked_of_all_rows_where_nobody_points_at_those(question, read, meant):
    chosen, program = LANGUAGE.read("where label = spam | show").where, LANGUAGE.read(read)
    found = {"where confidence < 0.6 | show", "where label = spam and correct = false | show", "where correct = false | show"}

    def finds(where):
        return replace(program, where=where).to_text(SCHEMAS["plain"]) in found

    asked = of_all_after_all(question, program, Conversation(selection=chosen), finds)
    assert asked == LANGUAGE.read(meant or read)
    assert of_all_after_all(question, program, Conversation(), finds) == program


def test_what_is_asked_after_nothing_was_found_is_not_about_nothing(talk):
    leaning = LANGUAGE.read("where previous | predict")
    found = talk("where id = 3 | predict", "where label = spam | count").conversation
    nothing = talk("where id = 3 | predict", 'where text contains "zzz" | count').conversation
    assert of_some(leaning, found) == leaning
    assert of_some(leaning, nothing) == LANGUAGE.read("predict")


@pytest.mark.parametrize(
    ("question", "noun", "program", "meant"),
    [
        ("how long are the sentences on average", ("sentence", "sentences"), "statistics of=sentences", "statistics of=words"),
        ("the longest sentence", ("sentence", "sentences"), "show n=1 by=sentences", "show n=1 by=words"),
        ("문장 길이는 보통 어느 정도야", ("sentence", "sentences"), "statistics of=sentences", "statistics of=words"),
        ("how many sentences do they have", ("sentence", "sentences"), "statistics of=sentences", "statistics of=sentences"),
        ("문장 수는?", ("sentence", "sentences"), "statistics of=sentences", "statistics of=sentences"),
        ("how long in sentences are they", ("example", "examples"), "statistics of=sentences", "statistics of=sentences"),
        ("of 10 sentences, how many are right", ("sentence", "sentences"), "where sentences = 10 | score", "score"),
        ("how long in sentences are they", NOUN, "statistics of=sentences", "statistics of=sentences"),
    ],
)
def test_rows_called_sentences_are_measured_in_words(question, noun, program, meant):
    assert in_words(question, LANGUAGE.read(program), noun, OPERATIONS) == LANGUAGE.read(meant)


LONGEST = Conversation(answered=(ShowResult(subjects=ROWS[:1], columns=({},), rows=16),))


SORTED = Conversation(
    answered=(
        ShowResult(subjects=ROWS, columns=({},) * 3, rows=16, order=Order("confidence", "confidence", False, (0.9,) * 3, 0)),
    )
)


OF_THE_ONE = [
    (LONGEST, "where previous | attribute", "where id = 68 | attribute"),
    (LONGEST, "where previous | predict | counterfactual", "where id = 68 | predict | counterfactual"),
    (LONGEST, "where previous | count", "where previous | count"),
    (LONGEST, "where previous | show n=1 by=words order=ascending", "where previous | show n=1 by=words order=ascending"),
    (LONGEST, "where previous and label = spam | attribute", "where previous and label = spam | attribute"),
    (LONGEST, "attribute", "attribute"),
    (SHOWN, "where previous | attribute", "where previous | attribute"),
    (SORTED, "where previous | attribute", "where id = 68 | attribute"),
    (SORTED, "where previous | count", "where previous | count"),
    (Conversation(), "where previous | attribute", "where previous | attribute"),
]


@pytest.mark.parametrize(("conversation", "read", "meant"), OF_THE_ONE)
def test_what_is_asked_of_a_text_is_asked_of_the_only_row_shown(conversation, read, meant):
    assert the_one("what tipped it", LANGUAGE.read(read), conversation).to_text(SCHEMAS["plain"]) == meant


@pytest.mark.parametrize("question", ["why did you get those wrong", "explain them all", "각각 왜 그래"])
def test_several_of_a_sorted_list_are_not_the_first_one(question):
    read = LANGUAGE.read("where previous | attribute")
    assert the_one(question, read, SORTED) == read


SPAM = Conversation(selection=Compare("label", "=", "spam"))


WRONG = Conversation(selection=Compare("correct", "=", False))


WRONG_SPAM = Conversation(selection=And((Compare("label", "=", "spam"), Compare("correct", "=", False))))


OF_HOW_MANY = [
    (WRONG, "where previous | score metric=accuracy", "score metric=accuracy"),
    (WRONG_SPAM, "where previous | score by=words", "score by=words"),
    (WRONG, "where previous | calibration", "calibration"),
    (WRONG, "where previous | confusion", "where previous | confusion"),
    (WRONG, "where previous | show | score", "where previous | show | score"),
    (WRONG, "where previous and label = spam | score", "where previous and label = spam | score"),
    (WRONG, "where correct = false | score", "where correct = false | score"),
    (SPAM, "where previous | score", "where previous | score"),
    (Conversation(), "where previous | score", "where previous | score"),
]


SAID = [
    ("accuracy please", "where previous | score metric=accuracy", "score metric=accuracy"),
    ("a few mistakes where you were sure", "where previous | mistakes kind=sample", "mistakes kind=sample"),
    ("정확도 같은 거", "where previous | score metric=accuracy", "score metric=accuracy"),
    ("accuracy on those", "where previous | score metric=accuracy", "where previous | score metric=accuracy"),
    ("그중에서 정확도는?", "where previous | score metric=accuracy", "where previous | score metric=accuracy"),
    ("스팸만 정확도", "where previous | score metric=accuracy", "where previous | score metric=accuracy"),
    ("how many", "where previous | count", "where previous | count"),
    ("spam mistakes", "where label = spam | mistakes", "where label = spam | mistakes"),
]


@pytest.mark.parametrize(("question", "read", "meant"), SAID)
def test_how_good_the_model_is_is_asked_of_chosen_rows_only_where_they_are_pointed_at(question, read, meant):
    assert at_large(question, LANGUAGE.read(read), SPAM).to_text(SCHEMAS["plain"]) == meant


@pytest.mark.parametrize(("conversation", "read", "meant"), OF_HOW_MANY)
def test_how_often_the_model_is_right_is_not_asked_of_its_mistakes(conversation, read, meant):
    assert at_large("on those", LANGUAGE.read(read), conversation).to_text(SCHEMAS["plain"]) == meant


NOT_GOOD = 'edit kind=replace old="not good at all" new="vs"'


@pytest.mark.parametrize(
    ("question", "text", "read", "typed"),
    [
        ('vs "not good at all"', "not bad at all", NOT_GOOD, True),
        ("“not good at all”은?", "not bad at all", 'edit kind=remove old="not good at all"', True),
        ('vs "not good at all"', "it is Not good at all", NOT_GOOD, False),
        ('change "not good at all" to vs', "not bad at all", NOT_GOOD, False),
        ('vs "good"', "not bad at all", 'edit kind=replace old="good" new="vs"', False),
        ('"not good at all" vs "not bad at all"', "fine", NOT_GOOD, False),
        ('vs "not good at all"', "not bad at all", f"where previous | {NOT_GOOD}", False),
    ],
)
def test_a_quoted_text_that_is_not_in_the_one_in_question_is_another_one(question, text, read, typed):
    program = LANGUAGE.read(read)
    found = another_text(question, program, Conversation(focus=Subject(text)), OPERATIONS)
    assert found == (LANGUAGE.read('where text "not good at all" | predict') if typed else program)


@pytest.mark.parametrize(
    ("read", "next_ones"),
    [
        ("repeat n=3", True),
        ("repeat n=5", False),
        ("repeat top=3", False),
        ("where id = 3 | repeat n=3", False),
        ("show n=3", False),
    ],
)
def test_as_many_again_are_the_next_ones(read, next_ones):
    program, shown = LANGUAGE.read(read), replace(SHOWN, program=LANGUAGE.read("where label = spam | show n=3"))
    assert the_next(program, shown, OPERATIONS) == (LANGUAGE.read("more") if next_ones else program)
    for before in (SHOWN, Conversation(), replace(SHOWN, program=LANGUAGE.read("where label = spam | predict | attribute"))):
        assert the_next(program, before, OPERATIONS) == program


MENTIONING = 'where label = spam and text contains "txt" | count'


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        ("and how many ham ones", MENTIONING, "where label = ham | count", 'where label = ham and text contains "txt" | count'),
        ("what about ham", MENTIONING, "where label = ham | count", 'where label = ham and text contains "txt" | count'),
        ("그럼 햄은", MENTIONING, "where label = ham | count", 'where label = ham and text contains "txt" | count'),
        ("ham?", MENTIONING, "where previous and label = ham | count", 'where label = ham and text contains "txt" | count'),
        # another question, all rows, nothing else that was chosen, or nothing that it takes the place of
        ("how many ham ones are there", MENTIONING, "where label = ham | count", "where label = ham | count"),
        ("and show ham", MENTIONING, "where label = ham | show", "where label = ham | show"),
        ("and ham", "where label = spam | count", "where label = ham | count", "where label = ham | count"),
        ("and the wrong ones", MENTIONING, "where correct = false | count", "where correct = false | count"),
        ("and spam", MENTIONING, "where label = spam | count", "where label = spam | count"),
        ("those", MENTIONING, "where previous | count", "where previous | count"),
    ],
)
def test_another_value_takes_the_place_of_the_one_that_rows_were_chosen_by(question, last, read, meant):
    last = LANGUAGE.read(last)
    before = Conversation(program=last, selection=last.where)
    assert in_its_place(question, LANGUAGE.read(read), before) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("the dumbest mistake", "show n=1 by=confidence order=ascending", "where correct = false | show n=1 by=confidence"),
        ("the error it was least sure of", "show by=confidence order=ascending",
         "where correct = false | show by=confidence order=ascending"),
        ("제일 심하게 틀린 거", "where label = spam | show by=confidence",
         "where label = spam and correct = false | show by=confidence"),
        ("not a mistake", "where correct = true | show by=confidence", "where correct = true | show by=confidence"),
        ("the surest one", "show n=1 by=confidence", "show n=1 by=confidence"),
    ],
)  # fmt: skip
def test_a_mistake_is_among_the_mistakes(question, read, meant):
    assert of_mistakes(question, LANGUAGE.read(read), Conversation(), OPERATIONS) == LANGUAGE.read(meant)


def test_mistakes_that_were_chosen_are_not_chosen_again():
    before = Conversation(selection=LANGUAGE.read("where correct = false | show").where)
    read = LANGUAGE.read("where previous | show n=1 by=confidence")
    assert of_mistakes("which mistake was the surest", read, before, OPERATIONS) == read


@pytest.mark.parametrize(
    ("chosen", "read", "meant"),
    [
        ("where id = 3", "where previous | show n=1 by=confidence", "show n=1 by=confidence"),
        ("where label = spam and sample 1", "where previous | mistakes", "mistakes"),
        ("where id = 3", "where previous and correct = false | show", "where correct = false | show"),
        ("where id = 3", "where previous | show", "where previous | show"),
        ("where id = 3", "where previous | attribute", "where previous | attribute"),
        ("where label = spam", "where previous | mistakes", "where previous | mistakes"),
        ("where label = spam", "where previous and correct = false | show", "where previous and correct = false | show"),
    ],
)
def test_one_row_is_not_counted_or_sorted(chosen, read, meant):
    before = Conversation(selection=LANGUAGE.read(f"{chosen} | show").where)
    assert of_one(LANGUAGE.read(read), before) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        (
            "still spam? then drop 'now' too",
            'edit kind=remove old="free"',
            'where label = spam and not text contains "now" | show',
            'edit kind=remove old="now"',
        ),
        ("now도 빼봐", 'edit kind=remove old="free"', 'where not text contains "now" | show', 'edit kind=remove old="now"'),
        # nothing was edited, the text does not hold it, or nothing is to be taken out
        ("drop those with 'now'", "predict", 'where not text contains "now" | show', 'where not text contains "now" | show'),
        (
            "drop 'late'",
            'edit kind=remove old="free"',
            'where not text contains "late" | show',
            'where not text contains "late" | show',
        ),
        (
            "which lack 'now'",
            'edit kind=remove old="free"',
            'where not text contains "now" | show',
            'where not text contains "now" | show',
        ),
    ],
)
def test_words_are_taken_out_of_the_text_that_was_just_edited(question, last, read, meant):
    before = Conversation(program=LANGUAGE.read(last), focus=Subject("win free cash now"))
    assert taken_out_too(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("chosen", "read", "meant"),
    [
        ("correct = false", "where previous and correct = false | show n=1", "where previous | show n=1"),
        (
            "label = spam and words > 9",
            "where previous and words > 9 and correct = false | show",
            "where previous and correct = false | show",
        ),
        ("correct = false", "where previous and correct = true | show", "where previous and correct = true | show"),
        ("correct = false", "where correct = false | show", "where correct = false | show"),
    ],
)
def test_rows_are_not_chosen_again_by_what_they_were_chosen_by(chosen, read, meant):
    before = Conversation(selection=LANGUAGE.read(f"where {chosen} | count").where)
    assert chosen_already(LANGUAGE.read(read), before) == LANGUAGE.read(meant)
    assert chosen_already(LANGUAGE.read(read), Conversation()) == LANGUAGE.read(read)
