"""Rows that have a label, beside what the model says of them: what every operation about right and wrong starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc

from explainers.errors import AskWhyError
from explainers.predictions import Predictions
from explainers.prepare import label_text

from assistant.context import Context
from assistant.finding.truth import both, class_names, differ

HELD_OUT = "test"


@dataclass(frozen=True, eq=False)
class Judged:
    """`positions` of labelled rows, and their `truth` and what the model `said`: (rows,) places among the `names`, or
    (rows, names) booleans where rows may have several labels at once. The model's classes are the first `known` names.
    `held_out` says that these are only rows which training never saw; `unlabelled` were left out.
    """

    positions: np.ndarray
    names: tuple[str, ...]
    known: int
    truth: np.ndarray
    said: np.ndarray
    predictions: Predictions
    held_out: bool
    unlabelled: int

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def several(self) -> bool:
        return self.truth.ndim == 2

    @cached_property
    def wrong(self) -> np.ndarray:
        """(rows,) booleans; of several labels, all must be right."""
        return differ(self.truth, self.said)

    @cached_property
    def confidence(self) -> np.ndarray:
        """(rows,) the probability of each row's likeliest class."""
        return self.predictions.confidence[self.positions].astype(float)

    def probability(self, label: str, places: np.ndarray) -> np.ndarray:
        """(places,) the probability of a class of the model, of some of the rows."""
        return np.asarray(self.predictions.probabilities[self.positions[places], self.names.index(label)])

    def has(self, label: str, places: np.ndarray) -> np.ndarray:
        """(places,) booleans: which of some of the rows are labelled so."""
        column = self.names.index(label)
        return self.truth[places, column] if self.several else self.truth[places] == column

    def counts(self, places: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(names,) how many rows, or of some of them, are rightly said to be of each class, said to be, and labelled so."""
        truth, said = (self.truth, self.said) if places is None else (self.truth[places], self.said[places])
        if self.several:
            return (truth & said).sum(axis=0), said.sum(axis=0), truth.sum(axis=0)
        right, *each = (np.bincount(some, minlength=len(self.names)) for some in (truth[truth == said], said, truth))
        return (right, *each)

    def pairs(self) -> list[tuple[str, str, int]]:
        """How often rows of one label, or set of labels, are taken for another: (label, answer, rows), the most first."""
        truth, said = self.truth[self.wrong], self.said[self.wrong]
        both = np.concatenate([truth, said], axis=1) if self.several else truth.astype(np.int64) * len(self.names) + said
        found, first, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
        order = np.lexsort((first, -counts))
        width = len(self.names)

        def name(row: np.ndarray) -> str:
            return label_text([self.names[place] for place in np.flatnonzero(row)])

        def named(pair: Any) -> tuple[str, str]:
            if self.several:
                return name(pair[:width]), name(pair[width:])
            return self.names[pair // width], self.names[pair % width]

        return [(*named(found[place]), int(counts[place])) for place in order]


def judged(context: Context, answers: np.ndarray | None = None) -> Judged:
    """The chosen rows that have a label; when none were chosen, the rows that training never saw.

    `answers` are (rows of the data, classes) probabilities, where others than the model's are to be judged.
    Raises AskWhyError when there are no labels to judge by.
    """
    workspace, dataset = context.workspace, context.workspace.dataset
    if not dataset.labels:
        raise AskWhyError("The data has no labels, so nobody can say how often the model is right.")
    if context.positions is None:
        raise AskWhyError("This needs rows of the data; name some, or ask about all of them.")
    positions = context.positions
    tested = None
    if dataset.split is not None:
        tested = np.asarray(pc.equal(dataset.table[dataset.split], HELD_OUT))
        if context.selected is None and tested.any():
            positions = np.flatnonzero(tested)
    known = dataset.labelled[positions]
    if not known.any():
        raise AskWhyError("None of these rows has a label, so nobody can say how often the model is right.")
    chosen = positions if known.all() else positions[known]
    classifier = workspace.classifier
    if answers is None:
        predictions = workspace.predictions(context.report)
    else:
        predictions = Predictions(answers, classifier.labels, classifier.multi_label)
    truth, said = both(dataset, predictions, chosen)
    return Judged(
        positions=chosen,
        names=class_names(dataset, predictions),
        known=len(classifier.labels),
        truth=truth,
        said=said,
        predictions=predictions,
        held_out=bool(tested is not None and tested[chosen].all()),
        unlabelled=int((~known).sum()),
    )
