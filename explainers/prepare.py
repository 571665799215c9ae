"""Making rows fit for training and honest testing: label names, near-duplicates, fixed splits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from explainers.errors import AskWhyError
from explainers.tables import is_missing

NEAR_DUPLICATE = 0.9  # cosine of word and word-pair TF-IDF from which two texts count as the same


def label_by_name(values: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Label values as names; values that `names` does not list keep their own text."""

    def name(value: object) -> str | None:
        if is_missing(value):
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return names.get(str(value), str(value))

    return pd.Series([name(value) for value in values], index=values.index, dtype=object)


def label_by_range(values: pd.Series, ranges: Mapping[str, tuple[float, float]]) -> pd.Series:
    """Names for a numeric column: the range (both ends included) that holds the value, or None."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().sum() == 0:
        raise AskWhyError("Label ranges need a label column of numbers; this one has none.")
    names = pd.Series([None] * len(values), index=values.index, dtype=object)
    for name, (low, high) in ranges.items():
        names[(numbers >= low) & (numbers <= high)] = name
    return names


def drop_near_duplicates(texts: Sequence[str], threshold: float = NEAR_DUPLICATE) -> list[int]:
    """Positions of the texts to keep: the first of each group that is alike.

    Two texts are alike when they are equal after taking out case, digits, punctuation and spaces, or when the
    cosine of their TF-IDF vectors (words and word pairs, digits masked) reaches `threshold`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    seen: dict[str, int] = {}
    for position, text in enumerate(texts):
        seen.setdefault(re.sub(r"[\W\d_]+", "", text.lower()) or text, position)
    kept = sorted(seen.values())
    masked = [re.sub(r"\d", "0", texts[position].lower()) for position in kept]
    try:
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+").fit_transform(masked)
    except ValueError:  # no text holds a word
        return kept
    dropped = np.zeros(len(kept), dtype=bool)
    for start in range(0, len(kept), 512):
        similar = (vectors[start : start + 512] @ vectors.T).tocoo()
        close = similar.data >= threshold
        pairs = sorted(zip(similar.row[close] + start, similar.col[close], strict=True))
        for later, earlier in pairs:
            if earlier < later and not dropped[earlier]:
                dropped[later] = True
    return [position for position, gone in zip(kept, dropped, strict=True) if not gone]


def assign_splits(labels: Sequence[str] | None, rows: int, shares: Mapping[str, float], seed: int) -> list[str]:
    """The split of each row: "train" or one of `shares`, drawn at random within each label with a fixed seed."""
    if sum(shares.values()) >= 1:
        raise AskWhyError(f"The split shares {dict(shares)} leave no rows to train on; they must add up to less than 1.")
    splits = np.full(rows, "train", dtype=object)
    groups: dict[str | None, list[int]] = {}  # rows without a label are a group of their own
    for row, label in enumerate(labels if labels is not None else [None] * rows):
        groups.setdefault(label, []).append(row)
    generator = np.random.default_rng(seed)
    for group in sorted(groups, key=lambda label: (label is None, label or "")):
        members = generator.permutation(np.array(groups[group]))
        start = 0
        for name, share in shares.items():
            size = round(len(members) * share)
            splits[members[start : start + size]] = name
            start += size
    return splits.tolist()
