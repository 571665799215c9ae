from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.finding.judged import judged
from assistant.operation import Operation
from assistant.results import Result

CLASSES = 12  # in the table; the most frequent
PAIRS = 5


@dataclass(frozen=True, kw_only=True)
class ConfusionResult(Result):
    """`counts[i][j]` rows are labelled `classes[i]` and called `classes[j]`; `pairs` are the commonest confusions as
    (label, prediction, rows). `left_out` classes are rarer than those in the table."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    pairs: tuple[tuple[str, str, int], ...]
    rows: int
    wrong: int
    held_out: bool
    unlabelled: int
    left_out: int


class Confusion(Operation):
    """Which classes the model takes for which others."""

    name = "confusion"
    family = "quality"
    scope = "rows"
    needs = "classifier"
    examples = ("Show me the confusion matrix", "Which classes do you mix up?")

    def run(self, context: Context) -> ConfusionResult:
        rows = judged(context)
        if rows.several:
            raise AskWhyError(
                "Rows may have several labels here, so none is taken for another; ask for the score, which is by class."
            )
        _, said, labelled = rows.counts()
        occurring = np.flatnonzero((said > 0) | (labelled > 0))
        names = [rows.names[place] for place in occurring]
        width = len(rows.names)
        matrix = np.bincount(rows.truth.astype(np.int64) * width + rows.said, minlength=width**2).reshape(width, width)
        matrix = matrix[np.ix_(occurring, occurring)]
        off = [
            (names[truth], names[said], int(matrix[truth, said]))
            for truth, said in zip(*np.nonzero(matrix - np.diag(np.diag(matrix))), strict=True)
        ]
        often = np.argsort(-(matrix.sum(axis=0) + matrix.sum(axis=1)), kind="stable")[:CLASSES]
        kept = np.sort(often)
        return ConfusionResult(
            classes=tuple(names[index] for index in kept),
            counts=tuple(tuple(int(count) for count in row) for row in matrix[np.ix_(kept, kept)]),
            pairs=tuple(sorted(off, key=lambda pair: -pair[2])[:PAIRS]),
            rows=len(rows),
            wrong=int(rows.wrong.sum()),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            left_out=len(names) - len(kept),
            provenance=context.provenance(method="labels against predictions"),
        )
