from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.context import Context
from assistant.finding.judged import Judged, judged
from assistant.operation import Operation
from assistant.operations.score import FEW
from assistant.results import Result

BINS = 10
FAR = 0.05  # a gap of a bin from which it is worth telling


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies above `low` and up to `high`: their mean confidence and share of right answers."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float

    @property
    def gap(self) -> float:
        """How far the confidence is off, in [0, 1]."""
        return abs(self.confidence - self.accuracy)


@dataclass(frozen=True, kw_only=True)
class CalibrationResult(Result):
    """`error` is the expected calibration error (Guo et al. 2017) over equal-width bins, `worst` the largest gap of a
    bin; `confidence` and `accuracy` are means over all rows. Where rows may have several labels, each is a `decision` of
    its own, for or against it, and what is said of rows is said of these."""

    bins: tuple[Bin, ...]
    error: float
    worst: float
    confidence: float
    accuracy: float
    rows: int
    held_out: bool
    unlabelled: int
    decisions: int | None = None

    @property
    def furthest(self) -> Bin | None:
        """The bin that is furthest off, among those with rows enough to tell, if it is far off."""
        return max((one for one in self.bins if one.rows >= FEW and one.gap >= FAR), key=lambda one: one.gap, default=None)


class Calibration(Operation):
    """Whether the model is right as often as it is sure: reliability and expected calibration error."""

    name = "calibration"
    family = "quality"
    scope = "rows"
    needs = "classifier"
    examples = ("Are you well calibrated?", "When you say 90%, how often are you right?")

    def run(self, context: Context) -> CalibrationResult:
        rows = judged(context)
        sure, right = _decisions(rows) if rows.several else (rows.confidence, ~rows.wrong)
        place = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
        bins = tuple(
            Bin(number / BINS, (number + 1) / BINS, int(inside.sum()), float(sure[inside].mean()), float(right[inside].mean()))
            for number in range(BINS)
            if (inside := place == number).any()
        )
        return CalibrationResult(
            bins=bins,
            error=float(sum(one.rows / len(sure) * one.gap for one in bins)),
            worst=max(one.gap for one in bins),
            confidence=float(sure.mean()),
            accuracy=float(right.mean()),
            rows=len(rows),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            decisions=len(sure) if rows.several else None,
            provenance=context.provenance(method="expected calibration error", parameters={"bins": BINS}),
        )


def _decisions(rows: Judged) -> tuple[np.ndarray, np.ndarray]:
    """How sure the model is of each label of each row, for or against it, and whether it is right."""
    chances = np.asarray(rows.predictions.probabilities[rows.positions], dtype=float)
    right = rows.truth[:, : rows.known] == rows.said[:, : rows.known]
    said = rows.said[:, : rows.known]
    return np.where(said, chances, 1 - chances).ravel(), right.ravel()
