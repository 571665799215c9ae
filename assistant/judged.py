"""Rows that have a label, beside what the model says of them: what every operation about right and wrong starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.errors import AskWhyError

from assistant.context import Context

HELD_OUT = "test"


@dataclass(frozen=True)
class Judged:
    """`positions` of labelled rows, their `truth` and `predicted` class names (object arrays), and `probabilities`
    (rows, classes). `held_out` says that these are only rows which training never saw; `unlabelled` were left out.
    """

    positions: np.ndarray
    truth: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    held_out: bool
    unlabelled: int

    @property
    def wrong(self) -> np.ndarray:
        return self.truth != self.predicted

    def names(self, labels: tuple[str, ...]) -> list[str]:
        """The classes that occur, in the model's order; labels that the model does not know come last."""
        occurring = set(self.truth) | set(self.predicted)
        return [label for label in labels if label in occurring] + sorted(occurring - set(labels))


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
        tested = dataset.table[dataset.split].to_numpy(zero_copy_only=False) == HELD_OUT
        if context.selected is None and tested.any():
            positions = np.flatnonzero(tested)
    labels = dataset.table["label"].to_numpy(zero_copy_only=False)[positions]
    known = np.array([isinstance(label, str) for label in labels], dtype=bool)
    if not known.any():
        raise AskWhyError("None of these rows has a label, so nobody can say how often the model is right.")
    chosen = positions[known]
    probabilities = (workspace.probabilities(context.report) if answers is None else answers)[chosen]
    names = np.asarray(workspace.classifier.labels, dtype=object)
    return Judged(
        positions=chosen,
        truth=labels[known],
        predicted=names[probabilities.argmax(axis=1)],
        probabilities=probabilities,
        held_out=bool(tested is not None and tested[chosen].all()),
        unlabelled=int((~known).sum()),
    )
