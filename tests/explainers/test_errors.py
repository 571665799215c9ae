"""An error is one sentence; its tail names what would fit."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError, closest


@pytest.mark.parametrize(
    ("word", "choices", "said"),
    [
        ("spm", ["ham", "Spam"], "did you mean 'Spam'?"),
        ("TEXT", ["text"], "did you mean 'text'?"),
        ("zzz", ["a", "b"], "choose from a, b."),
        ("zzz", [1, 2], "choose from 1, 2."),
        ("zzz", "abcdefghij", "choose from a, b, c, d, e, f, g, h and 2 more."),
        ("zzz", [], "there are none."),
    ],
)
def test_the_likeliest_choice_or_what_there_is(word, choices, said):
    assert closest(word, choices) == said


def test_an_error_is_caught_as_a_value_error():
    with pytest.raises(ValueError, match="said"):
        raise AskWhyError("said")


def test_a_sentence_is_on_one_line():
    assert str(AskWhyError("a\r\nb\u2028c\n")) == "a b c"
