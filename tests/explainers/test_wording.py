"""Words that tell what texts are about, and those that set some apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explainers.wording import SURE, WordCount, distinctive, is_topical


@pytest.mark.parametrize("word", ["it's", "it’s", "don't", "we're", "i've", "can't", "won’t", "you'll", "the", "ever", "a", "2"])
def test_function_words_and_single_letters_tell_of_nothing(word):
    assert not is_topical(word)


@pytest.mark.parametrize("word", ["call", "not", "never", "bill", "fire", "system", "john's", "22", "무료"])
def test_words_that_say_what_a_text_is_about(word):
    assert is_topical(word)


def z_score(here: int, rows: int, there: int, others: int) -> float:
    """Log-odds ratio with half a row added to each cell, over its standard error."""
    a, b, c, d = here + 0.5, rows - here + 0.5, there + 0.5, others - there + 0.5
    return math.log((a * d) / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def apart(inside: dict[str, int], rows: int, outside: dict[str, int], others: int) -> list[WordCount]:
    here, there = np.array(list(inside.values())), np.array([outside.get(word, 0) for word in inside])
    return distinctive(list(inside), here, rows, there, others)


def test_scores_are_z_scores_of_the_log_odds():
    found = apart({"free": 30, "now": 25, "call": 2}, 50, {"free": 2, "now": 25, "home": 40}, 100)
    assert [item.word for item in found] == ["free", "now"]
    assert [item.score for item in found] == pytest.approx([z_score(30, 50, 2, 100), z_score(25, 50, 25, 100)])
    assert (found[0].rows, found[0].others) == (30, 2)


def test_words_that_are_as_common_elsewhere_are_left_out():
    assert apart({"now": 10}, 50, {"now": 20}, 100) == []
    assert apart({"now": 10}, 50, {"now": 90}, 100) == []
    assert z_score(8, 50, 0, 50) > SURE > z_score(5, 50, 0, 50)
    assert [item.word for item in apart({"eight": 8, "five": 5}, 50, {}, 50)] == ["eight"]


def test_equal_scores_stand_in_alphabetical_order():
    found = apart({"b": 20, "a": 20}, 20, {}, 20)
    assert found == [WordCount("a", 20, 0, found[0].score), WordCount("b", 20, 0, found[0].score)]


def test_a_word_of_every_text_here_and_none_elsewhere_is_finite():
    assert math.isfinite(apart({"free": 10}, 10, {}, 10)[0].score)
