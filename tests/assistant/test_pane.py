"""What the browser gives back when a next question or an example is clicked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reply import Question
from assistant.web.pane import LONGEST, Asked, option, picked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (Question("Why is it spam?", "attribute"), Asked("/attribute", "Why is it spam?")),
        (Question("What if 'x' was removed?", 'edit kind=remove old="a\\nb"'), Asked('/edit kind=remove old="a\\nb"', "What if 'x' was removed?")),
        (Question("Not what I meant"), Asked("Not what I meant", "Not what I meant")),
    ],
)  # fmt: skip
def test_a_next_question_asks_its_command_and_is_shown_in_words(question, asked):
    assert picked(SimpleNamespace(value=option(question))) == asked


def test_an_example_asks_its_words_and_nothing_is_longer_than_a_question():
    assert picked(SimpleNamespace(value={"text": "How good are you?"})) == Asked("How good are you?", "How good are you?")
    assert len(picked(SimpleNamespace(value="x" * 99_999)).command) == LONGEST
