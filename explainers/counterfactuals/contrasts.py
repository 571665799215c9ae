"""Rows of the data that share the most words with a text and belong to another class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np


class Contrasts:
    """(rows,) texts with the class of each. What is shared is weighed by rarity (tf-idf cosine)."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self.texts, self.labels = list(texts), np.array(labels, dtype=object)

    def nearest(self, text: str, label: str, n: int = 4) -> list[str]:
        """Up to `n` rows of a class that share words with the text, the nearest first; not the text itself."""
        rows = np.flatnonzero(self.labels == label)
        if not len(rows):
            return []
        vectorizer, matrix = self._index
        alike = (matrix[rows] @ vectorizer.transform([text]).T).toarray()[:, 0]
        order = [rows[place] for place in np.argsort(-alike, kind="stable")[: n + 1] if alike[place] > 0]
        return [self.texts[row] for row in order if self.texts[row] != text][:n]

    @cached_property
    def _index(self):
        from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to load

        vectorizer = TfidfVectorizer(token_pattern=r"(?u)\w+", sublinear_tf=True, dtype=np.float32)
        return vectorizer, vectorizer.fit_transform(self.texts)
