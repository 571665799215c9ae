"""What rows are labelled beside what the model says of them, where rows have one label each and where they have several."""

from __future__ import annotations

import numpy as np

from explainers.dataset import Dataset
from explainers.predictions import Predictions


def several(dataset: Dataset, predictions: Predictions) -> bool:
    """Whether a row may have several labels at once, by the data or by the model."""
    return dataset.label_sets is not None or predictions.multi_label


def class_names(dataset: Dataset, predictions: Predictions) -> tuple[str, ...]:
    """The model's classes, then the labels of the data that it does not know."""
    return (*predictions.labels, *sorted(set(dataset.labels) - set(predictions.labels)))


def both(dataset: Dataset, predictions: Predictions, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels of labelled rows, and what the model says: (positions,) places among the `class_names`, or
    (positions, names) booleans where rows may have several."""
    if several(dataset, predictions):
        return _sets(dataset, predictions, positions, positions)
    names = class_names(dataset, predictions)
    places = np.array([names.index(label) for label in dataset.labels], dtype=np.int32)
    return places[dataset.label_codes[positions]], predictions.best[positions]


def right(dataset: Dataset, answers: Predictions, positions: np.ndarray) -> np.ndarray:
    """(labelled positions,) booleans: where `answers`, which are for these rows of the data alone, are
    right."""
    places = np.flatnonzero(dataset.labelled[positions])
    if not len(places):
        return np.zeros(0, dtype=bool)
    return ~differ(*_sets(dataset, answers, positions[places], places))


def _sets(dataset: Dataset, answers: Predictions, positions: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, names) booleans: the labels of rows at `positions` of the data, and those given at `places` of the answers."""
    names = class_names(dataset, answers)
    said = np.zeros((len(places), len(names)), dtype=bool)
    said[:, : len(answers.labels)] = answers.decided(places)
    return dataset.label_matrix(names, positions), said


def differ(truth: np.ndarray, said: np.ndarray) -> np.ndarray:
    """(rows,) booleans: where the two are not the same; of several labels, where any one is not."""
    wrong = truth != said
    return wrong if wrong.ndim == 1 else wrong.any(axis=1)
