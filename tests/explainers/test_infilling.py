"""Wordings by a language model: near words only, that read well, and never an opposite."""

from __future__ import annotations

import numpy as np

from explainers.augment import augment
from explainers.infilling import NEAR, READ, Infilling
from explainers.perturbations.synonym import set_apart

from .counterfactuals.votes import SPAM, Prefers, Votes

MEANINGS = {
    "prize": (1, 0, 0),
    "award": (0.9, 0.4, 0),
    "home": (0, 1, 0),
    "trophy": (0.8, 0.6, 0),
    "large": (0, 0, 1),
    "small": (0, 0.1, 1),
}


def embed(texts):
    """A text is the sum of its words' meanings; words without one all mean the same."""
    return np.array([np.sum([MEANINGS.get(word.lower(), (0.3, 0.3, 0.3)) for word in text.split()], axis=0) for text in texts])


def test_a_word_gives_way_to_near_ones_that_read_well():
    fluency = Prefers({"trophy": 9.0, "award": 1.1}, ["award", "trophy", "home", "prizes", "Prize", "won"])
    assert Infilling(fluency, embed)("a PRIZE is it", 3) == ["a AWARD is it"]


def test_opposites_are_left_out_however_near_they_are():
    one, other = embed(["large", "small"])
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > NEAR
    assert {"large", "small"} <= set_apart().keys()
    assert Infilling(Prefers({}, ["small"]), embed)("one large it", 3) == []


def test_there_is_nothing_to_read_where_no_word_can_give_way():
    fluency = Prefers({}, ["large"])
    assert Infilling(fluency, embed)("it is 10 now", 3) == [] == Infilling(fluency, embed)("go home", 3)
    assert fluency.asked == 0


def test_no_more_are_read_than_there_is_room_for():
    letters = "abcdefghijklmnopqrstuvwxyz"
    fluency = Prefers({}, [one * 2 + other * 2 for one in letters[:8] for other in letters[8:16]])
    made = Infilling(fluency, embed)("some text here", 2)
    assert len(made) == READ and fluency.asked == READ + 1
    assert made == Infilling(fluency, embed)("some text here", 2)


def test_augment_runs_them_like_any_others():
    paraphrase = Infilling(Prefers({}, ["award", "trophy"]), embed)
    made = augment(Votes(SPAM | {"award": "spam"}), "a prize on it", embed=embed, paraphrase=paraphrase, n=5)
    assert [(wording.text, wording.source) for wording in made.found] == [("a award on it", "language model")]
    assert (made.tries, made.flipped) == (2, 1)
