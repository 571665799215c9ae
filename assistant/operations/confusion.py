from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.context import Context
from assistant.judged import judged
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
    family = "rows"
    scope = "rows"
    examples = ("Show me the confusion matrix", "Which classes do you mix up?")

    def run(self, context: Context) -> ConfusionResult:
        from sklearn.metrics import confusion_matrix

        rows = judged(context)
        names = rows.names(context.workspace.classifier.labels)
        matrix = confusion_matrix(rows.truth.astype(str), rows.predicted.astype(str), labels=names)
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
            rows=len(rows.truth),
            wrong=int(rows.wrong.sum()),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            left_out=len(names) - len(kept),
            provenance=context.provenance(method="scikit-learn"),
        )
