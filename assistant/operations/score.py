from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.fields import MEASURED, bands, values
from assistant.finding.judged import Judged, judged
from assistant.operation import Operation, build
from assistant.programs.arguments import Choice, Label
from assistant.programs.arguments import Field as FieldName
from assistant.programs.program import Program
from assistant.results import Result

RATIOS = ("precision", "recall", "f1")
METRICS = ("accuracy", *RATIOS, "roc_auc")
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
    saw none of the rows, `slices` are by field `by`. Where rows may have `several` labels, the `correct` ones are those
    with exactly the right ones, and `accuracy` is their share."""

    metric: str
    average: str
    label: str | None
    value: float
    rows: int
    correct: int
    classes: tuple[ClassScore, ...]
    held_out: bool
    unlabelled: int
    several: bool = False
    by: str | None = None
    slices: tuple[SliceScore, ...] = ()
    few: int = FEW


class Score(Operation):
    """How good the model is: accuracy, precision, recall, F1 or ROC AUC on rows that have a label."""

    name = "score"
    family = "quality"
    scope = "rows"
    needs = "classifier"
    examples = ("How good are you?", "What is your recall?", "How accurate are you on {nouns} with 'call'?")

    metric: Annotated[str | None, Choice(METRICS)] = Field(None, description="the metric; accuracy when absent, F1 for a class")
    average: Annotated[str | None, Choice(AVERAGES)] = Field(
        None, description="how a metric is averaged over classes; macro when absent"
    )
    class_: Annotated[str | None, Label()] = Field(None, description="the class whose precision, recall or F1 is asked for")
    by: Annotated[str | None, FieldName(MEASURED)] = Field(None, description="a field whose values are scored one by one")

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        """By class is how every score is told; the precision of the rows of one label alone would be that of nothing."""
        if self.by != "label" or self.metric in (None, "accuracy", "recall"):
            return program
        step = build(Score, {name: value for name, value in self.given().items() if name != "by"})
        return program.with_step(step, self)

    def run(self, context: Context) -> ScoreResult:
        rows = judged(context)
        metric = self.metric or ("f1" if self.class_ else "accuracy")
        if metric == "accuracy" and self.class_:  # how often it is right on the rows of a class
            metric = "recall"
        average = "" if metric == "accuracy" or self.class_ else self.average or "macro"
        value = measured(metric, average, self.class_, rows)
        if value is None:
            raise AskWhyError(self._undefined(metric, rows))
        return ScoreResult(
            metric=metric,
            average=average,
            label=self.class_,
            value=value,
            rows=len(rows),
            correct=int((~rows.wrong).sum()),
            classes=tuple(class_scores(rows)),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            several=rows.several,
            by=self.by,
            slices=() if self.by is None else self._slices(context, rows, metric, average),
            provenance=context.provenance(method="labels against predictions"),
        )

    def _undefined(self, metric: str, rows: Judged) -> str:
        """Why a metric has no value on these rows, and what to ask instead."""
        named = "ROC AUC" if metric == "roc_auc" else metric
        if metric == "recall":
            lacking = f"none of them is labelled {self.class_}" if self.class_ else "none of them is labelled with any class"
        elif self.class_ and metric == "roc_auc":
            has = int(rows.has(self.class_, np.arange(len(rows))).sum())
            lacking = (
                f"{'all' if has else 'none'} of them are labelled {self.class_}"
                if has
                else f"none of them is labelled {self.class_}"
            )
        elif rows.several:
            lacking = "it needs a class that some of them have and others have not"
        else:
            lacking = "it needs rows of two classes or more"
        return f"The {named} cannot be told from these rows, since {lacking}; ask about more rows, or for accuracy."

    def _slices(self, context: Context, rows: Judged, metric: str, average: str) -> tuple[SliceScore, ...]:
        return tuple(
            SliceScore(
                band.name,
                measured(metric, average, self.class_, rows, band.places),
                len(band.places),
                int((~rows.wrong[band.places]).sum()),
            )
            for band in bands(values(context, self.by, rows.positions), self.by)
        )


def class_scores(rows: Judged) -> Iterator[ClassScore]:
    """The scores of each class that is a label or an answer of some row."""
    right, said, labelled = rows.counts()
    for place, name in enumerate(rows.names):
        if said[place] or labelled[place]:
            facts = (right[place], said[place], labelled[place])
            yield ClassScore(name, *(float(_ratio(metric, *facts)) for metric in RATIOS), int(labelled[place]))


def measured(metric: str, average: str, label: str | None, rows: Judged, places: np.ndarray | None = None) -> float | None:
    """A metric in [0, 1] on all or some of the rows; None where it is not defined.

    A class without rows has no recall, so macro averages leave it out; micro averages count every answer.
    """
    if metric == "accuracy":
        wrong = rows.wrong if places is None else rows.wrong[places]
        return float((~wrong).mean())
    if metric == "roc_auc":
        return _area(average, label, rows, np.arange(len(rows)) if places is None else places)
    right, said, labelled = rows.counts(places)
    if label is not None:
        place = rows.names.index(label)
        return (
            None
            if metric == "recall" and not labelled[place]
            else float(_ratio(metric, right[place], said[place], labelled[place]))
        )
    if average == "micro":
        return float(_ratio(metric, right.sum(), said.sum(), labelled.sum()))
    occurring = labelled > 0
    if not occurring.any():  # rows of several labels that have none
        return None
    each = _ratio(metric, right[occurring], said[occurring], labelled[occurring])
    return float(np.average(each, weights=labelled[occurring] if average == "weighted" else None))


def _ratio(metric: str, right: np.ndarray, said: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Precision, recall or F1 from counts; 0 where nothing was said, or nothing was to be said."""
    above, below = {"precision": (right, said), "recall": (right, labelled), "f1": (2 * right, said + labelled)}[metric]
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)


def _area(average: str, label: str | None, rows: Judged, places: np.ndarray) -> float | None:
    """The area under the ROC curve of a class, or the average over the classes that some rows have and others have not."""
    from sklearn.metrics import roc_auc_score

    areas, weights = [], []
    for name in (label,) if label is not None else rows.names[: rows.known]:
        has = rows.has(name, places)
        if has.any() and not has.all():
            areas.append(float(roc_auc_score(has, rows.probability(name, places))))
            weights.append(has.sum() if average == "weighted" else 1)
    return float(np.average(areas, weights=weights)) if areas else None
