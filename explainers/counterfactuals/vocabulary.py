"""Words of a dataset: those that mark its classes, the commonest, and all of them by frequency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from explainers.units import is_word, pieces, units


def marker_words(texts: Sequence[str], labels: Sequence[str], *, n: int = 8, least: int = 8) -> dict[str, list[str]]:
    """For each class, the words that mark it most: by how much oftener texts of the class hold them (log ratio
    smoothed by one, weighted by the square root of the count). Words in fewer than `least` texts are left out."""
    holding: dict[str, Counter[str]] = {label: Counter() for label in dict.fromkeys(labels)}
    for text, label in zip(texts, labels, strict=True):
        holding[label].update({span.of(text).lower() for span in units(text, "word") if span.of(text).isalpha()})
    sizes = Counter(labels)
    marks = {}
    for label, counts in holding.items():
        rest = sum((other for name, other in holding.items() if name != label), Counter())
        outside = len(texts) - sizes[label]
        score = {
            word: np.sqrt(count) * np.log(((count + 1) / (sizes[label] + 2)) / ((rest[word] + 1) / (outside + 2)))
            for word, count in counts.items()
            if count >= least
        }
        marks[label] = sorted(score, key=lambda word: (-score[word], word))[:n]
    return marks


def common_words(texts: Sequence[str], n: int = 120) -> frozenset[str]:
    """The `n` words that stand in the most texts, in lower case: of any language, mostly its function words."""
    holding: Counter[str] = Counter()
    for text in texts:
        holding.update({span.of(text).lower() for span in units(text, "word") if any(map(str.isalpha, span.of(text)))})
    return frozenset(word for word, _ in holding.most_common(n))


def frequent_words(texts: Sequence[str], least: int = 2) -> list[str]:
    """Words in lower case that stand in at least so many texts, the most frequent first."""
    holding: Counter[str] = Counter()
    for text in texts:
        holding.update({piece.lower() for piece in pieces(text, "word") if is_word(piece)})
    return [word for word, count in sorted(holding.items(), key=lambda item: (-item[1], item[0])) if count >= least]
