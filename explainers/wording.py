"""The words of many texts: in how many each occurs, and which set some texts apart from others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from explainers.units import units

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


def word_rows(texts: Sequence[str], *, function_words: bool = False) -> dict[str, int]:
    """In how many of the texts each lower-cased word occurs. English function words are left out unless asked for."""
    counts: Counter[str] = Counter()
    for text in texts:
        said = {span.of(text).lower() for span in units(text, "word")}
        counts.update(word for word in said if any(c.isalnum() for c in word))
    if function_words:
        return dict(counts)
    return {word: count for word, count in counts.items() if len(word) > 1 and not _is_function_word(word)}


@cache
def _function_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # takes a second to load

    return ENGLISH_STOP_WORDS - set(TELLING)


def _is_function_word(word: str) -> bool:
    """Whether a lower-cased word is one of the language rather than of the topic; "it's" is, as "it" is."""
    if word in TELLING:
        return False
    return CONTRACTED.sub("", word) in _function_words() or word.replace("’", "'") in ("can't", "won't")


def distinctive(inside: Mapping[str, int], rows: int, outside: Mapping[str, int], others: int) -> list[WordCount]:
    """Words more common in `rows` texts than in `others`, the surest first.

    The score is the z-score of the difference of log-odds with a small prior (after Monroe, Colaresi and Quinn 2008);
    only words above 1.96 are kept, so chance alone still brings up to one in forty of the words tried.
    """
    found = []
    for word, here in inside.items():
        there = outside.get(word, 0)
        a, b = here + PRIOR, rows - here + PRIOR
        c, d = there + PRIOR, others - there + PRIOR
        z = (math.log(a / b) - math.log(c / d)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        if z > SURE:
            found.append(WordCount(word, here, there, z))
    return sorted(found, key=lambda item: (-item.score, item.word))
