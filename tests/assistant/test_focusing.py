"""Questions about the text in focus, read as such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.conversation import Conversation, Edited, Subject
from assistant.focusing import focused, labelled_right, of_this, put_back, that_word, to_class, why_shown
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language

from .strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("is that labelled correctly?", "show", "predict"),
        ("is the label of 7 right", "where id = 7 | show", "where id = 7 | predict"),
        ("라벨 제대로 달린 거야?", "show", "predict"),
        ("사람이 매긴 답하고 같은가요?", "sensitivity", "predict"),
        ("which are labelled correctly", "where correct = true | show", "where correct = true | show"),
        ("show it", "show", "show"),
    ],
)
def test_whether_a_label_is_right_is_told_by_the_model(question, read, meant):
    assert labelled_right(question, LANGUAGE.read(read), OPERATIONS) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("what would make it spam", "where label = spam | counterfactual", "counterfactual to=spam"),
        ("이 문장이 스팸으로 바뀌려면", "where label = spam | counterfactual", "counterfactual to=spam"),
        ("what would change the spam ones", "where label = spam | counterfactual", "where label = spam | counterfactual"),
        ("what would make it ham", "where label = spam | counterfactual to=ham", "where label = spam | counterfactual to=ham"),
    ],
)
def test_a_text_is_changed_to_a_class_and_not_the_rows_of_that(question, read, meant):
    before = Conversation(focus=Subject("hello"))
    assert to_class(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)
    assert to_class(question, LANGUAGE.read(read), Conversation(), OPERATIONS) == LANGUAGE.read(read)


@pytest.mark.parametrize(
    ("question", "read", "meant"),
    [
        ("뭘 보고 이렇게 확신한 거죠?", "where previous | show n=1 by=confidence", "attribute"),
        ("why was it so sure", "show n=1 by=confidence", "attribute"),
        ("show it again", "show n=1 by=confidence", "show n=1 by=confidence"),
        ("why, show", "show n=2 by=confidence", "show n=2 by=confidence"),
    ],
)
def test_what_was_shown_is_explained_and_not_shown_again(question, read, meant):
    before = Conversation(program=LANGUAGE.read("where correct = false | show n=1 by=confidence"), focus=Subject("text", 3))
    assert why_shown(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        ("is that one good or bad according to you", "where id = 3 | show", "score", "predict"),
        ("are you good at this or bad", "where id = 3 | show", "score", "score"),
        ("is that good or bad", "score metric=f1", "score", "score"),
        ("which words count the most there", "where id = 3 | predict", "important", "attribute"),
        ("the top 2 words for spam in it?", "where id = 3 | predict", "important top=2 class=spam", "attribute top=2 class=spam"),
        ("which words count the most", "where id = 3 | predict", "important", "important"),
        ("would it still be caught with a few typos?", "where id = 3 | predict", "robustness kind=typo", "adversarial"),
        ("how robust are you to typos?", "where id = 3 | predict", "robustness kind=typo", "robustness kind=typo"),
        ("which words count the most there", "mistakes", "important", "important"),
    ],
)
def test_what_is_asked_of_the_text_just_talked_about(question, last, read, meant):
    before = Conversation(program=LANGUAGE.read(last), focus=Subject("win", 3))
    assert of_this(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)
    assert of_this(question, LANGUAGE.read(read), replace(before, focus=None), OPERATIONS) == LANGUAGE.read(read)


def test_what_was_taken_out_is_put_back():
    edited = Subject("win", 3).edited(Edited("wi", "edit kind=remove old=n"))
    redo, undo = LANGUAGE.read("redo"), LANGUAGE.read("undo")
    for question in ("put it back", "다시 넣어줘"):
        assert put_back(question, redo, Conversation(focus=edited), OPERATIONS) == undo
        assert put_back(question, redo, Conversation(focus=edited.taken_back(1)), OPERATIONS) == redo
    assert put_back("do it again", redo, Conversation(focus=edited), OPERATIONS) == redo


def test_what_people_say_of_the_text():
    read = LANGUAGE.read('ask question="what do the humans say"')
    focus = Conversation(focus=Subject("win", 3))
    assert focused("and what do the humans say", read, focus, OPERATIONS) == LANGUAGE.read("predict")
    assert focused("and what do the humans say", read, Conversation(), OPERATIONS) == read


@pytest.mark.parametrize(
    ("question", "last", "read", "meant"),
    [
        ("and if I took that away?", "attribute top=1", 'edit kind=remove old="I"', 'edit kind=remove old="win"'),
        ("what if it was gone", "attribute top=1", 'edit kind=remove old="gone"', 'edit kind=remove old="win"'),
        ("take out the now", "attribute top=1", 'edit kind=remove old="now"', 'edit kind=remove old="now"'),
        ("drop it", "attribute top=1", 'edit kind=remove old="now"', 'edit kind=remove old="now"'),
        (
            'what about replacing it with "awful"',
            'edit kind=remove old="win"',
            'edit kind=append new="awful"',
            'undo | edit kind=replace old="win" new="awful"',
        ),
        ('add "awful"', 'edit kind=remove old="win"', 'edit kind=append new="awful"', 'edit kind=append new="awful"'),
    ],
)
def test_that_word_is_the_one_that_was_named(question, last, read, meant):
    before = Conversation(program=LANGUAGE.read(last), focus=Subject("win this now", 3), named=("win", "now"))
    assert that_word(question, LANGUAGE.read(read), before, OPERATIONS) == LANGUAGE.read(meant)


def test_whether_a_row_was_got_right_is_told_beside_its_label():
    shown, predicted = LANGUAGE.read("where id = 7 | show"), LANGUAGE.read("where id = 7 | predict")
    assert labelled_right("7번은 제대로 알아맞혔습니까?", shown, OPERATIONS) == predicted
    assert labelled_right("7번 보여줘", shown, OPERATIONS) == shown
