"""Training the second opinion on what a question asks for: a linear classifier of its words, in a minute on two cores."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from assistant.learning.questions import Example
from assistant.parsing.opinion import BUCKETS, OTHER, Opinion, hashed, names_of, operations_of, terms

FEWEST = 100  # questions that must ask for a sequence of operations for it to be a class
ROUNDS = 8
PENALTY = 3e-6


def train_opinion(examples: Sequence[Example]) -> Opinion | None:
    """A linear classifier of the examples' operations by their words: TF-IDF, logistic loss, stochastic gradient descent. None
    where fewer than two sequences of operations are asked for often enough."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import SGDClassifier

    known: dict[int, re.Pattern[str]] = {}
    asked, found = [], []
    for example in examples:
        names = known.get(id(example.schema)) or known.setdefault(id(example.schema), names_of(example.schema))
        asked.append(operations_of(example.program))
        found.append(hashed(terms(example.question, example.before, names)))
    often = Counter(asked)
    asked = [name if often[name] >= FEWEST else OTHER for name in asked] + [OTHER]
    if len(set(asked)) < 3:
        return None
    found.append((np.zeros(1, dtype=int), np.zeros(1)))  # so that there is a class of others
    starts = np.cumsum([0, *(len(places) for places, _ in found)])
    places, counts = map(np.concatenate, zip(*found, strict=True))
    rarity = np.log((1 + len(found)) / (1 + np.bincount(places, minlength=BUCKETS))) + 1
    values = counts * rarity[places]
    lengths = np.sqrt(np.add.reduceat(values**2, starts[:-1]))
    matrix = csr_matrix((values / np.repeat(np.maximum(lengths, 1e-9), np.diff(starts)), places, starts), (len(found), BUCKETS))
    made = SGDClassifier(loss="log_loss", alpha=PENALTY, max_iter=ROUNDS, tol=None, random_state=1, n_jobs=-1).fit(matrix, asked)
    scale = np.abs(made.coef_).max(axis=1) / 127
    weights = np.ascontiguousarray(np.round(made.coef_ / scale[:, None]).T).astype(np.int8)
    return Opinion(
        tuple(map(str, made.classes_)),
        weights,
        scale.astype(np.float32),
        made.intercept_.astype(np.float32),
        rarity.astype(np.float32),
    )
