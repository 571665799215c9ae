"""Keyword search: BM25 (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

SATURATION = 1.2  # k1: how soon more of a word adds no more
LENGTH = 0.6  # b: how far long passages are marked down
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_ENDINGS = (
    "isations", "izations", "isation", "ization", "ations", "ation", "ings", "ing", "ness", "ies", "ied",
    "es", "ed", "ly", "s", "e",
)  # fmt: skip


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that tell nothing about what is asked."""
    return frozenset((files("prompts") / "knowledge" / "en" / "common.txt").read_text("utf-8").split())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, so that "hides", "hiding" and "hide" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def content(text: str) -> list[str]:
    """The stems of the words of a text, without the common ones."""
    return [stem(word) for word in _WORD.findall(text.casefold()) if word not in _common()]


class Keywords:
    """BM25 over texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(content(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        mean = lengths.mean() if len(lengths) and lengths.mean() else 1.0
        self._norm = SATURATION * (1 - LENGTH + LENGTH * lengths / mean)
        self._rows: dict[str, list[tuple[int, int]]] = {}
        for row, count in enumerate(counts):
            for word, times in count.items():
                self._rows.setdefault(word, []).append((row, times))

    def weight(self, word: str) -> float:
        """How much a stem tells: the rarer the more; one that no text holds tells most."""
        held = len(self._rows.get(word, ()))
        return math.log(1 + (len(self._norm) - held + 0.5) / (held + 0.5))

    def scores(self, question: str) -> np.ndarray:
        """(texts,) from 0 to 1: the share of the question's weight that each text bears."""
        words = set(content(question))
        found = np.zeros(len(self._norm))
        for word in words:
            weight = self.weight(word)
            for row, times in self._rows.get(word, ()):
                found[row] += weight * times * (SATURATION + 1) / (times + self._norm[row])
        most = (SATURATION + 1) * sum(self.weight(word) for word in words)
        return found / most if most else found
