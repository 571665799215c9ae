"""Words of many texts: in how many each occurs, and those that set some apart."""

from __future__ import annotations

import math

import pytest

from explainers.wording import SURE, WordCount, distinctive, word_rows

TEXTS = ["Free entry, free prize!", "the FREE call", "Bill's call is for me - ever", "안녕 무료", "!!! ?", "a b c 2 22"]


def test_each_text_counts_a_word_once_in_lower_case():
    assert word_rows(TEXTS) == {
        "free": 2, "entry": 1, "prize": 1, "call": 2, "bill's": 1, "안녕": 1, "무료": 1, "22": 1,
    }  # fmt: skip


def test_function_words_and_single_letters_are_left_out_unless_asked_for():
    assert {"the", "me", "a", "2", "ever"} & set(word_rows(TEXTS)) == set()
    assert {"the", "me", "a", "b", "2", "ever"} <= set(word_rows(TEXTS, function_words=True))
    assert word_rows([]) == {}


@pytest.mark.parametrize("word", ["it's", "It’s", "don't", "we're", "I've", "can't", "won’t", "you'll", "THE"])
def test_function_words_may_be_contracted(word):
    assert word_rows([word]) == {}
    assert word_rows([word], function_words=True) == {word.lower(): 1}


@pytest.mark.parametrize("word", ["call", "not", "never", "bill", "fire", "system", "john's"])
def test_words_that_say_what_a_text_is_about_are_kept(word):
    assert word_rows([f"to {word} a"]) == {word: 1}


def test_punctuation_alone_is_no_word():
    assert not any(word in ("!!!", "?", "-", ",") for word in word_rows(TEXTS, function_words=True))


def z_score(here: int, rows: int, there: int, others: int) -> float:
    """Log-odds ratio with half a row added to each cell, over its standard error."""
    a, b, c, d = here + 0.5, rows - here + 0.5, there + 0.5, others - there + 0.5
    return math.log((a * d) / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def test_scores_are_z_scores_of_the_log_odds():
    found = distinctive({"free": 30, "now": 25, "call": 2}, 50, {"free": 2, "now": 25, "home": 40}, 100)
    assert [item.word for item in found] == ["free", "now"]
    assert [item.score for item in found] == pytest.approx([z_score(30, 50, 2, 100), z_score(25, 50, 25, 100)])
    assert (found[0].rows, found[0].others) == (30, 2)


def test_words_that_are_as_common_elsewhere_are_left_out():
    assert distinctive({"now": 10}, 50, {"now": 20}, 100) == []
    assert distinctive({"now": 10}, 50, {"now": 90}, 100) == []
    assert z_score(8, 50, 0, 50) > SURE > z_score(5, 50, 0, 50)
    assert [item.word for item in distinctive({"eight": 8, "five": 5}, 50, {}, 50)] == ["eight"]


def test_equal_scores_stand_in_alphabetical_order():
    found = distinctive({"b": 20, "a": 20}, 20, {}, 20)
    assert found == [WordCount("a", 20, 0, found[0].score), WordCount("b", 20, 0, found[0].score)]


def test_a_word_of_every_text_here_and_none_elsewhere_is_finite():
    assert math.isfinite(distinctive({"free": 10}, 10, {}, 10)[0].score)
