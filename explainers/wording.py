"""Which words tell what texts are about, and which set some texts apart from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

PRIOR = 0.5  # rows added to each side for a word, so that rare words do not look telling
SURE = 1.96  # z-score above which a difference is kept
TELLING = (  # words that scikit-learn's list of function words holds, but that say what a text is about
    "amount", "bill", "bottom", "call", "cry", "describe", "detail", "empty", "fill", "find", "fire", "front", "full",
    "interest", "mill", "move", "name", "never", "no", "not", "nothing", "please", "serious", "show", "side", "sincere",
    "system", "thick", "thin", "top",
)  # fmt: skip
CONTRACTED = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$")


@dataclass(frozen=True)
class WordCount:
    """A lower-cased word: in how many texts it occurs here (`rows`) and elsewhere (`others`); `score` as its maker says."""

    word: str
    rows: int
    others: int
    score: float


@cache
def _function_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # takes a second to load

    return ENGLISH_STOP_WORDS - set(TELLING)


def is_topical(word: str) -> bool:
    """Whether a lower-cased word may tell of a topic: it is no English function word ("it's" is one, as "it" is), and more
    than one character."""
    if len(word) < 2:
        return False
    if word in TELLING:
        return True
    return CONTRACTED.sub("", word) not in _function_words() and word.replace("’", "'") not in ("can't", "won't")


def distinctive(words: Sequence[str], here: np.ndarray, rows: int, there: np.ndarray, others: int) -> list[WordCount]:
    """Words more common in `rows` texts than in `others`, the surest first; (words,) `here` and `there` count the texts.

    The score is the z-score of the difference of log-odds with a small prior (after Monroe, Colaresi and Quinn 2008);
    only words above 1.96 are kept, so chance alone still brings up to one in forty of the words tried.
    """
    a, b = here + PRIOR, rows - here + PRIOR
    c, d = there + PRIOR, others - there + PRIOR
    scores = (np.log(a / b) - np.log(c / d)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    found = [
        WordCount(words[place], int(here[place]), int(there[place]), float(scores[place]))
        for place in np.flatnonzero(scores > SURE)
    ]
    return sorted(found, key=lambda item: (-item.score, item.word))
