"""Predictions of a whole dataset, computed once and kept on disk by the fingerprints of model and data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from explainers.classifier import Classifier
from explainers.dataset import Dataset
from explainers.matrices import is_stored, stored_rows

DECIDED = 0.5  # the probability from which a model of several labels is taken to give a label
BLOCK = 65536  # rows that are in memory at a time
KIND = "predictions"


def predict_dataset(classifier: Classifier, dataset: Dataset, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """(rows, classes) float32 probabilities, memory-mapped; `progress` is called with rows done and rows in all.

    An interrupted run goes on after its last whole chunk.
    """
    rows = len(dataset)
    return stored_rows(
        KIND,
        classifier.fingerprint,
        dataset.texts,
        classifier.probabilities,
        progress and (lambda share: progress(round(share * rows), rows)),
        data=dataset.fingerprint,
    )


def is_predicted(classifier: Classifier, dataset: Dataset) -> bool:
    """Whether every row's prediction is on disk."""
    return is_stored(KIND, classifier.fingerprint, dataset.fingerprint)


class Predictions:
    """What (rows, classes) `probabilities` say: of a model that gives each text one label, or several labels at once."""

    def __init__(self, probabilities: np.ndarray, labels: Sequence[str], multi_label: bool = False) -> None:
        self.probabilities, self.labels, self.multi_label = probabilities, tuple(labels), multi_label

    @cached_property
    def best(self) -> np.ndarray:
        """(rows,) the likeliest class of each row, as its place among the labels."""
        return self._by_block(lambda block: block.argmax(axis=1), np.int32)

    @cached_property
    def confidence(self) -> np.ndarray:
        """(rows,) the probability of the likeliest class."""
        return self._by_block(lambda block: block.max(axis=1), self.probabilities.dtype)

    def decided(self, positions: np.ndarray) -> np.ndarray:
        """(positions, classes) booleans: which labels rows are given; one each, or all that reach `DECIDED`."""
        if self.multi_label:
            return np.asarray(self.probabilities[positions]) >= DECIDED
        return self.best[positions][:, None] == np.arange(len(self.labels))

    def _by_block(self, of: Callable[[np.ndarray], np.ndarray], kind: np.dtype | type) -> np.ndarray:
        found = np.empty(len(self.probabilities), dtype=kind)
        for start in range(0, len(found), BLOCK):
            found[start : start + BLOCK] = of(np.asarray(self.probabilities[start : start + BLOCK]))
        return found
