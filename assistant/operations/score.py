from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError

from assistant.arguments import Choice, Label
from assistant.arguments import Field as FieldName
from assistant.context import Context
from assistant.fields import MEASURED, bands, values
from assistant.judged import Judged, judged
from assistant.operation import Operation
from assistant.results import Result

METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc")
AVERAGES = ("macro", "micro", "weighted")
FEW = 20  # rows of a slice, under which its value says little


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, in [0, 1]; `rows` have it as their label."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True)
class SliceScore:
    """The metric on the rows of one slice; None where it is not defined there."""

    name: str
    value: float | None
    rows: int
    correct: int


@dataclass(frozen=True, kw_only=True)
class ScoreResult(Result):
    """`value` is the metric asked for: of class `label`, or averaged as `average` says. `held_out` says that training
    saw none of the rows, `slices` are by field `by`."""

    metric: str
    average: str
    label: str | None
    value: float
    rows: int
    correct: int
    classes: tuple[ClassScore, ...]
    held_out: bool
    unlabelled: int
    by: str | None = None
    slices: tuple[SliceScore, ...] = ()
    few: int = FEW


class Score(Operation):
    """How good the model is: accuracy, precision, recall, F1 or ROC AUC on rows that have a label."""

    name = "score"
    family = "rows"
    scope = "rows"
    examples = ("How good are you?", "What is your recall?", "How accurate are you on {nouns} with 'call'?")

    metric: Annotated[str | None, Choice(METRICS)] = Field(None, description="the metric; accuracy when absent, F1 for a class")
    average: Annotated[str | None, Choice(AVERAGES)] = Field(
        None, description="how a metric is averaged over classes; macro when absent"
    )
    class_: Annotated[str | None, Label()] = Field(None, description="the class whose precision, recall or F1 is asked for")
    by: Annotated[str | None, FieldName(MEASURED)] = Field(None, description="a field whose values are scored one by one")

    def run(self, context: Context) -> ScoreResult:
        from sklearn.metrics import precision_recall_fscore_support

        rows = judged(context)
        known = context.workspace.classifier.labels
        names = rows.names(known)
        truth, predicted = rows.truth.astype(str), rows.predicted.astype(str)
        each = precision_recall_fscore_support(truth, predicted, labels=names, zero_division=0.0)
        metric = self.metric or ("f1" if self.class_ else "accuracy")
        average = "" if metric == "accuracy" or self.class_ else self.average or "macro"
        value = measured(metric, average, self.class_, rows, np.arange(len(truth)), known)
        if value is None:
            lacking = f"none of them is labelled {self.class_}" if metric == "recall" else "it needs rows of two classes or more"
            named = "ROC AUC" if metric == "roc_auc" else metric
            raise AskWhyError(
                f"The {named} cannot be told from these rows, since {lacking}; ask about more rows, or for accuracy."
            )
        return ScoreResult(
            metric=metric,
            average=average,
            label=self.class_,
            value=value,
            rows=len(truth),
            correct=int((truth == predicted).sum()),
            classes=tuple(
                ClassScore(name, float(p), float(r), float(f), int(count))
                for name, p, r, f, count in zip(names, *each, strict=True)
            ),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            by=self.by,
            slices=() if self.by is None else self._slices(context, rows, metric, average),
            provenance=context.provenance(method="scikit-learn"),
        )

    def _slices(self, context: Context, rows: Judged, metric: str, average: str) -> tuple[SliceScore, ...]:
        known = context.workspace.classifier.labels
        return tuple(
            SliceScore(
                band.name,
                measured(metric, average, self.class_, rows, band.places, known),
                len(band.places),
                int((~rows.wrong[band.places]).sum()),
            )
            for band in bands(values(context, self.by, rows.positions), self.by)
        )


def measured(
    metric: str, average: str, label: str | None, rows: Judged, places: np.ndarray, known: tuple[str, ...]
) -> float | None:
    """A metric in [0, 1] on some of the rows; None where it is not defined.

    A class without rows has no recall, so macro averages leave it out; micro averages count every answer.
    """
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    truth, predicted = rows.truth[places].astype(str), rows.predicted[places].astype(str)
    if metric == "accuracy":
        return float((truth == predicted).mean())
    if metric == "roc_auc":
        occurring = [index for index, name in enumerate(known) if (truth == name).any()]
        areas = {
            known[index]: (
                float(roc_auc_score(truth == known[index], rows.probabilities[places, index])),
                (truth == known[index]).sum(),
            )
            for index in occurring
            if not (truth == known[index]).all()
        }
        if label is not None:
            return areas[label][0] if label in areas else None
        if not areas:
            return None
        weights = [count if average == "weighted" else 1 for _, count in areas.values()]
        return float(np.average([area for area, _ in areas.values()], weights=weights))
    if label is not None:
        if metric == "recall" and not (truth == label).any():
            return None
        chosen = precision_recall_fscore_support(truth, predicted, labels=[label], zero_division=0.0)
        return float(dict(zip(("precision", "recall", "f1"), chosen, strict=False))[metric][0])
    names = sorted(set(truth) | set(predicted) if average == "micro" else set(truth))
    chosen = precision_recall_fscore_support(truth, predicted, labels=names, average=average, zero_division=0.0)
    return float(dict(zip(("precision", "recall", "f1"), chosen, strict=False))[metric])
