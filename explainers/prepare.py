"""Making rows fit for training and honest testing: label names, near-duplicates, fixed splits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from explainers.columns import as_strings, each
from explainers.errors import AskWhyError

NEAR_DUPLICATE = 0.9  # cosine of word and word-pair TF-IDF from which two texts count as the same
BLOCK, PAIRS = 512, 200_000  # rows, and pairs of rows, that are compared at a time
NO_CLASS = "no class"  # how a row is called that is labelled with none of several possible classes


def label_by_name(column: pa.ChunkedArray, names: Mapping[str, str]) -> pa.ChunkedArray:
    """Label values as names; values that `names` does not list keep their own text. Blank ones are missing."""

    def name(value: str) -> str | None:
        return names.get(value, value) if value.strip() else None

    return each(as_strings(column), name)


def label_by_range(column: pa.ChunkedArray, ranges: Mapping[str, tuple[float, float]]) -> pa.ChunkedArray:
    """Names for a numeric column: the range (both ends included) that holds the value, or null."""
    numbers = pd.to_numeric(column.to_pandas(), errors="coerce")
    if numbers.notna().sum() == 0:
        raise AskWhyError("Label ranges need a label column of numbers; this one has none.")
    names = np.full(len(numbers), None, dtype=object)
    for name, (low, high) in ranges.items():
        names[((numbers >= low) & (numbers <= high)).to_numpy(dtype=bool, na_value=False)] = name
    return pa.chunked_array([pa.array(names, pa.string())])


def label_sets(column: pa.ChunkedArray, separator: str | None, names: Mapping[str, str]) -> pa.ChunkedArray | None:
    """For rows that have several labels at once, the (rows,) lists of their names, null where none is known.

    With a separator each value is cut at it; a value of the separator alone is a row of no class. Without one, None is
    returned unless every value is a list, as JSONL and Parquet hold them.
    """
    found = as_strings(column)
    split = _listed if separator is None else partial(_cut, separator)
    if separator is None and (found.null_count == len(found) or None in map(split, pc.unique(found.drop_null()).to_pylist())):
        return None

    def named(value: str) -> list[str] | None:
        items = split(value)
        return None if items is None else list(dict.fromkeys(names.get(item, item) for item in items))

    return each(found, named, pa.list_(pa.string()))


def label_text(labels: Sequence[str]) -> str:
    """Several labels as one, in alphabetical order, so that equal sets are equal texts."""
    return ", ".join(sorted(labels)) or NO_CLASS


def label_texts(sets: pa.ChunkedArray) -> pa.ChunkedArray:
    """The `label_text` of each row's labels."""
    return pa.chunked_array(
        [pa.array([None if labels is None else label_text(labels) for labels in sets.to_pylist()], pa.string())]
    )


def _cut(separator: str, value: str) -> list[str] | None:
    """The parts of a value; None for a blank one."""
    return [item for part in value.split(separator) if (item := part.strip())] if value.strip() else None


def _listed(value: str) -> list[str] | None:
    """The items of a list in JSON; None for anything else."""
    if not value.startswith("["):
        return None
    try:
        items = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return [str(item) for item in items if item is not None] if isinstance(items, list) else None


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
    for later, earlier in zip(*_alike(vectors, threshold), strict=True):  # in the order of the later ones
        if not dropped[earlier]:
            dropped[later] = True
    return [position for position, gone in zip(kept, dropped, strict=True) if not gone]


def _alike(vectors: Any, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of rows of a sparse matrix of unit vectors whose cosine reaches the threshold, as (later, earlier), sorted.

    Only pairs that share a rare feature are looked at (prefix filtering, Bayardo et al. 2007): take each row's features
    from the rarest on until the length of the remainder falls below the threshold; a row that has none of those has a
    cosine below it.
    """
    from scipy.sparse import csr_matrix

    sizes = np.diff(vectors.indptr)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    often = np.bincount(vectors.indices, minlength=vectors.shape[1])
    order = np.lexsort((vectors.indices, often[vectors.indices], rows))
    squares = vectors.data[order] ** 2
    before = np.cumsum(squares) - squares
    remainder = 1.0 - (before - np.repeat(before[vectors.indptr[:-1][sizes > 0]], sizes[sizes > 0]))
    rare = order[remainder >= threshold**2 - 1e-6]
    marked = csr_matrix((np.ones(len(rare), dtype=bool), (rows[rare], vectors.indices[rare])), shape=vectors.shape)
    has = csr_matrix((np.ones(len(rows), dtype=bool), vectors.indices, vectors.indptr), shape=vectors.shape).T.tocsr()
    found = [np.zeros((2, 0), dtype=np.int64)]
    for start in range(0, len(sizes), BLOCK):
        shared = (marked[start : start + BLOCK] @ has).tocoo()
        one, other = shared.row + start, shared.col
        pairs = np.stack([np.maximum(one, other), np.minimum(one, other)])[:, one != other]
        for some in np.array_split(pairs, pairs.shape[1] // PAIRS + 1, axis=1):
            cosines = np.asarray(vectors[some[0]].multiply(vectors[some[1]]).sum(axis=1)).ravel()
            found.append(some[:, cosines >= threshold])
    later, earlier = np.unique(np.concatenate(found, axis=1), axis=1)
    return later, earlier


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
