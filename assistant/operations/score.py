from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError

from assistant.arguments import Choice
from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Result

HELD_OUT = "test"


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, in [0, 1]; `rows` have it as their label."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class ScoreResult(Result):
    """`value` is the metric asked for, averaged as `average` says; `held_out` says that only test rows count."""

    metric: str
    average: str
    value: float
    rows: int
    correct: int
    classes: tuple[ClassScore, ...]
    held_out: bool
    unlabelled: int


class Score(Operation):
    """How good the model is: accuracy, precision, recall or F1, on the test rows or on chosen rows."""

    name = "score"
    family = "rows"
    scope = "rows"
    examples = ("How good are you?", "What is your recall?", "How accurate are you on messages with 'call'?")

    metric: Annotated[str | None, Choice(("accuracy", "precision", "recall", "f1"))] = Field(
        None, description="the metric; accuracy when absent"
    )
    average: Annotated[str | None, Choice(("macro", "micro", "weighted"))] = Field(
        None, description="how precision, recall and F1 are averaged over classes; macro when absent"
    )

    def run(self, context: Context) -> ScoreResult:
        from sklearn.metrics import accuracy_score, precision_recall_fscore_support

        workspace, dataset = context.workspace, context.workspace.dataset
        if not dataset.labels:
            raise AskWhyError("The data has no labels, so nobody can say how often the model is right.")
        if context.positions is None:
            raise AskWhyError("A score needs rows of the data; name some, or ask about all of them.")
        held_out = context.selected is None and dataset.split is not None
        positions = context.positions
        if held_out:
            positions = np.flatnonzero(dataset.table[dataset.split].to_numpy(zero_copy_only=False) == HELD_OUT)
        truth = dataset.table["label"].to_numpy(zero_copy_only=False)[positions]
        known = np.array([label is not None for label in truth])
        if not known.any():
            raise AskWhyError("None of these rows has a label, so nobody can say how often the model is right.")
        labels = np.asarray(workspace.classifier.labels, dtype=object)
        predicted = labels[workspace.probabilities(context.report)[positions[known]].argmax(axis=1)]
        truth = truth[known]
        names = [str(name) for name in labels if name in set(truth) | set(predicted)]
        precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=names, zero_division=0.0)
        metric, average = self.metric or "accuracy", self.average or "macro"
        occurring = [name for name in names if name in set(truth)]  # a class without rows has no recall to average in
        averaged = precision_recall_fscore_support(truth, predicted, labels=occurring, average=average, zero_division=0.0)
        values = dict(zip(("precision", "recall", "f1"), averaged, strict=False))
        values["accuracy"] = accuracy_score(truth, predicted)
        return ScoreResult(
            metric=metric,
            average="" if metric == "accuracy" else average,
            value=float(values[metric]),
            rows=len(truth),
            correct=int((truth == predicted).sum()),
            classes=tuple(
                ClassScore(name, float(p), float(r), float(f), int(count))
                for name, p, r, f, count in zip(names, precision, recall, f1, support, strict=True)
            ),
            held_out=held_out,
            unlabelled=int((~known).sum()),
            provenance=context.provenance(method="scikit-learn"),
        )
