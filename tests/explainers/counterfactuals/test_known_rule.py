"""Counterfactuals on a classifier whose rule is known."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import AskWhyError, Material, counterfactuals


class Keywords:
    """Spam when the text holds at least two of its words; counts how many texts it was asked."""

    labels = ("ham", "spam")

    def __init__(self, words=("free", "prize", "win"), needed=2) -> None:
        self.words, self.needed, self.asked = words, needed, 0

    def index(self, label):
        return self.labels.index(label)

    def probabilities(self, texts, progress=None):
        self.asked += len(texts)
        counts = np.array([sum(word in text.lower().split() for word in self.words) for text in texts])
        spam = 1 / (1 + np.exp(-3.0 * (counts - self.needed + 0.5)))
        return np.column_stack([1 - spam, spam])


def test_the_smallest_change_is_found_and_checked():
    model = Keywords()
    search = counterfactuals(model, "win a free lunch today", n=2)
    assert (search.label, search.target) == ("spam", "ham")
    assert [[(change.old, change.new) for change in found.changes] for found in search.found] == [[("win", "")], [("free", "")]]
    for found in search.found:
        assert model.probabilities([found.text])[0].argmax() == 0
    assert search.tries >= 1 + 5  # the text itself, and each word left out


def test_words_that_a_flip_does_not_need_are_put_back():
    search = counterfactuals(Keywords(needed=3), "free prize win now", n=3)
    assert search.found
    assert all(len(found.changes) == 1 for found in search.found)


def test_substitutes_reach_what_deletion_cannot():
    assert not counterfactuals(Keywords(), "see you at noon", "spam").found
    material = Material(markers={"spam": ["free", "prize"]}, common={"you", "at"})
    (found,) = counterfactuals(Keywords(), "see you at noon", "spam", material=material).found
    assert found.label == "spam"
    assert {change.new.lower() for change in found.changes} == {"free", "prize"}


def test_none_found_tells_tries_and_the_nearest_miss():
    search = counterfactuals(Keywords(words=("absent",), needed=1), "nothing here helps", "spam")
    assert search.found == ()
    assert search.tries > 3


def test_a_constant_model_ends_within_the_budget():
    model = Keywords(words=())
    search = counterfactuals(model, " ".join(f"word{number}" for number in range(200)), "spam")
    assert search.found == ()
    assert model.asked < 4000


def test_impossible_questions_are_errors():
    with pytest.raises(AskWhyError, match="already answers 'spam'"):
        counterfactuals(Keywords(), "win a free prize", "spam")
    with pytest.raises(AskWhyError, match="no words"):
        counterfactuals(Keywords(), "...", "spam")
