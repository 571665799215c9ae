"""Texts that were typed before, by what is said of them."""

from __future__ import annotations

import pytest

from assistant.conversation import Conversation, Subject
from assistant.earlier import MOST, remembered, with_earlier

WHEAT, PLOT, GOOD = "three hours of wheat", "the plot is a mess", "it is good"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("can you do that on my wheat sentence then", 'can you do that on "three hours of wheat" then'),
        ("explain the plot one I typed earlier", 'explain "the plot is a mess"'),
        ("what about my previous sentence", 'what about "the plot is a mess"'),
        ("아까 내가 쓴 plot 그 문장이랑 비슷한 리뷰 있어?", '"the plot is a mess"이랑 비슷한 리뷰 있어?'),
        ("아까 제가 쓴 문장은 왜요?", '"the plot is a mess"은 왜요?'),
        # none of them, several, or the one in question
        ("my dragon sentence", "my dragon sentence"),
        ("my good sentence", "my good sentence"),
        ("the plot one", "the plot one"),
        ("where text contains wheat", "where text contains wheat"),
        ("/my wheat sentence", "/my wheat sentence"),
    ],
)
def test_a_text_of_before_is_quoted(question, meant):
    before = Conversation(focus=Subject(GOOD), typed=(WHEAT, PLOT, GOOD))
    assert with_earlier(question, before) == meant
    assert with_earlier(question, Conversation()) == question


def test_a_word_of_two_texts_names_neither():
    before = Conversation(focus=Subject(GOOD), typed=("a wheat field", WHEAT, GOOD))
    assert with_earlier("my wheat sentence", before) == "my wheat sentence"


def test_texts_are_remembered_once_each_the_newest_last():
    conversation = Conversation()
    for text in (WHEAT, PLOT, WHEAT, *[f"text {place}" for place in range(MOST - 1)]):
        conversation = remembered(conversation, Subject(text))
    assert conversation.typed[0] == WHEAT and len(conversation.typed) == MOST
    assert remembered(conversation, Subject("a row", 3)) == conversation == remembered(conversation, None)
