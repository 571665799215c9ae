"""Counterfactuals on classifiers whose rule is arbitrary but known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError, common_words, counterfactuals, marker_words
from explainers.counterfactuals import BUDGET, ROUNDS
from explainers.errors import closest


class Votes:
    """Every word votes for one class; the softmax of the votes is the answer."""

    def __init__(self, votes: dict[str, str], labels=("ham", "spam")) -> None:
        self.votes, self.labels, self.asked = votes, tuple(labels), []

    def index(self, label):
        if label not in self.labels:
            raise AskWhyError(f"The model has no class '{label}'; {closest(label, self.labels)}")
        return self.labels.index(label)

    def probabilities(self, texts, progress=None):
        self.asked += texts
        counts = np.zeros((len(texts), len(self.labels))) + [0.5, *[0.0] * (len(self.labels) - 1)]  # a tie is the first class
        for row, text in enumerate(texts):
            for word in text.lower().replace(",", "").split():
                if word in self.votes:
                    counts[row, self.labels.index(self.votes[word])] += 1
        return np.exp(counts) / np.exp(counts).sum(axis=1, keepdims=True)

    def answer(self, text):
        return self.labels[int(self.probabilities([text])[0].argmax())]


SPAM = {"free": "spam", "prize": "spam", "win": "spam", "love": "ham", "home": "ham"}


def without(text: str, edits) -> list[str]:
    left = text.split()
    for old, new in edits:
        left[left.index(old)] = new
    return [word for word in left if word]


@given(words=st.lists(st.sampled_from([*SPAM, "a", "the", "call"]), min_size=1, max_size=9, unique=True), n=st.integers(1, 4))
def test_what_is_found_flips_and_the_first_needs_every_edit(words, n):
    model, text = Votes(SPAM), " ".join(words)
    search = counterfactuals(model, text, n=n)
    assert search.label == model.answer(text) != search.target
    assert len(search.found) <= n
    for found in search.found:
        assert model.answer(found.text) == found.label == search.target
        assert found.probability == pytest.approx(model.probabilities([found.text])[0, model.index(search.target)])
        assert found.text.split() == without(text, found.edits)
        for edit in found.edits if n == 1 else ():
            fewer = " ".join(without(text, [other for other in found.edits if other != edit]))
            assert model.answer(fewer) == search.label
    assert len({found.text for found in search.found}) == len(search.found)
    sizes = [len(found.edits) for found in search.found]
    assert sizes == sorted(sizes)
    assert counterfactuals(Votes(SPAM), text, n=n) == search


def test_the_fewest_words_are_changed():
    search = counterfactuals(Votes(SPAM), "win a free prize at home", n=3)
    assert [len(found.edits) for found in search.found] == [2, 2, 2]
    assert all(dict(found.edits).keys() < {"win", "free", "prize"} for found in search.found)
    assert search.found[0].text in {"win a at home", "a free at home", "a prize at home"}


def test_what_missed_is_told_as_the_nearest():
    votes = dict.fromkeys((f"spam{number}" for number in range(ROUNDS + 4)), "spam")
    text = " ".join(votes)
    search = counterfactuals(Votes(votes), text)
    assert search.found == ()
    assert search.nearest.label == "spam"
    assert search.nearest.probability == pytest.approx(Votes(votes).probabilities([search.nearest.text])[0, 0])
    assert search.nearest.probability > Votes(votes).probabilities([text])[0, 0]
    assert len(search.nearest.edits) == ROUNDS
    assert search.nearest.text.split() == without(text, search.nearest.edits)


def test_a_model_that_never_changes_is_given_up_within_the_budget():
    model = Votes({})
    words = [f"word{number}" for number in range(80)]
    search = counterfactuals(model, " ".join(words), "spam", substitutes={"spam": [f"mark{number}" for number in range(90)]})
    assert (search.found, search.nearest) == ((), None)
    assert 81 < search.tries <= BUDGET
    assert search.tries == len(model.asked) == len(set(model.asked))  # no text is run twice


def test_another_class_is_the_likeliest_one_unless_it_is_named():
    votes = {"a": "x", "b": "y", "c": "z"}
    model = Votes(votes, labels=("x", "y", "z"))
    assert counterfactuals(model, "a a a b c c").target == "z"
    named = counterfactuals(model, "a b", "y")
    assert (named.target, named.found[0].label, named.found[0].text) == ("y", "y", "b")
    with pytest.raises(AskWhyError, match="already answers 'x'"):
        counterfactuals(model, "a b", "x")
    with pytest.raises(AskWhyError, match="no class 'w'; choose from x, y, z"):
        counterfactuals(model, "a b", "w")


def test_replacements_take_the_case_of_the_word_and_leave_common_ones():
    found = counterfactuals(Votes(SPAM), "Hello YOU", "spam", substitutes={"spam": ["free"], "ham": ["home"]}, n=2).found
    assert {item.text for item in found} == {"Free YOU", "Hello FREE"}
    (only,) = counterfactuals(Votes(SPAM), "Hello YOU", "spam", substitutes={"spam": ["free"]}, common={"you"}, n=2).found
    assert only.edits == (("Hello", "Free"),)
    assert counterfactuals(Votes(SPAM), "Hello YOU", "spam", substitutes={"ham": ["home"]}).found == ()


def test_words_that_come_twice_do_not_give_the_same_text_twice():
    search = counterfactuals(Votes(SPAM), "free free at home", n=4)
    assert len({found.text for found in search.found}) == len(search.found)
    assert search.found[0].text == "free at home"


def test_the_text_with_nothing_left_is_never_tried():
    model = Votes({"win": "spam", "prize": "spam"})
    search = counterfactuals(model, "win prize", "ham")
    assert all(text.strip() for text in model.asked)
    assert search.found == ()
    assert search.nearest.text in {"win", "prize"}
    alone = Votes({"win": "spam"})
    assert counterfactuals(alone, "win", "ham").nearest is None
    assert alone.asked == ["win"]


def test_leaving_a_word_out_is_told_before_putting_another_in_its_place():
    class Weak(Votes):
        """Answers "ham" more surely for a replacement than for a deletion, so that it is found first."""

        def probabilities(self, texts, progress=None):
            rows = super().probabilities(texts)
            rows[["home" in text for text in texts], 0] += 1
            return rows / rows.sum(axis=1, keepdims=True)

    (found,) = counterfactuals(Weak(SPAM), "win it", "ham", substitutes={"ham": ["home"]}).found
    assert found.edits == (("win", ""),)


def test_progress_goes_up():
    told: list[float] = []
    counterfactuals(Votes({}), "a b c d e f g h", "spam", progress=told.append)
    assert told == sorted(told)
    assert len(told) == ROUNDS
    assert told[-1] == 1.0


@pytest.mark.parametrize("text", ["", "  ", "?!", "👍"])
def test_texts_without_words(text):
    with pytest.raises(AskWhyError, match="no words in this text"):
        counterfactuals(Votes({}), text)


def test_marker_words_are_ranked_and_need_enough_texts():
    texts = ["Free prize 1"] * 9 + ["free call"] * 3 + ["call home"] * 8 + ["rare home"] * 2
    marks = marker_words(texts, ["spam"] * 12 + ["ham"] * 10)
    assert marks["spam"][:2] == ["free", "prize"]
    assert marks["ham"][0] == "home"
    assert not {"1", "rare"} & {*marks["spam"], *marks["ham"]}
    assert marker_words(texts, ["spam"] * 12 + ["ham"] * 10, n=1) == {"spam": ["free"], "ham": ["home"]}
    assert "rare" in marker_words(texts, ["spam"] * 12 + ["ham"] * 10, least=2)["ham"]


def test_common_words_count_texts_not_times():
    texts = ["the the the", "The cat", "a cat", "a the", "10 !"]
    assert common_words(texts, 1) == {"the"}
    assert common_words(texts, 3) == {"the", "cat", "a"}
    assert common_words(texts) == {"the", "cat", "a"}
