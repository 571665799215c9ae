"""Rows of the data that share the most words with a text and belong to another class."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property

import numpy as np


class Contrasts:
    """(rows,) texts with the class of each. What is shared is weighed by rarity (tf-idf cosine).

    `positions` say where the rows stand in the data that they are from; by default they are all of it.
    """

    def __init__(self, texts: Sequence[str], labels: Sequence[str], positions: Sequence[int] | None = None) -> None:
        self.texts, self.labels = list(texts), np.array(labels, dtype=object)
        self.positions = np.arange(len(self.texts)) if positions is None else np.asarray(positions)

    def nearest(self, text: str, label: str, n: int = 4) -> list[str]:
        """Up to `n` texts of a class that share words with this one, the nearest first."""
        return [self.texts[row] for row in self.rows(text, label, n)]

    def rows(self, text: str, label: str, n: int = 4) -> list[int]:
        """The places of the same among the texts; the very text is left out."""
        rows = np.flatnonzero(self.labels == label)
        if not len(rows) or self._index is None:
            return []
        vectorizer, matrix = self._index
        alike = (matrix[rows] @ vectorizer.transform([text]).T).toarray()[:, 0]
        order = (int(rows[place]) for place in np.argsort(-alike, kind="stable") if alike[place] > 0)
        return list(itertools.islice((row for row in order if self.texts[row] != text), n))

    @cached_property
    def _index(self):
        from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to load

        vectorizer = TfidfVectorizer(token_pattern=r"(?u)\w+", sublinear_tf=True, dtype=np.float32)
        try:
            return vectorizer, vectorizer.fit_transform(self.texts)
        except ValueError:  # no text holds a word
            return None
