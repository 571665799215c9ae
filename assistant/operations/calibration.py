from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.context import Context
from assistant.judged import judged
from assistant.operation import Operation
from assistant.results import Result

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies above `low` and up to `high`: their mean confidence and share of right answers."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class CalibrationResult(Result):
    """`error` is the expected calibration error (Guo et al. 2017) over equal-width bins, `worst` the largest gap of a
    bin; `confidence` and `accuracy` are means over all rows."""

    bins: tuple[Bin, ...]
    error: float
    worst: float
    confidence: float
    accuracy: float
    rows: int
    held_out: bool
    unlabelled: int


class Calibration(Operation):
    """Whether the model is right as often as it is sure: reliability and expected calibration error."""

    name = "calibration"
    family = "rows"
    scope = "rows"
    examples = ("Are you well calibrated?", "When you say 90%, how often are you right?")

    def run(self, context: Context) -> CalibrationResult:
        rows = judged(context)
        sure, right = rows.probabilities.max(axis=1).astype(float), ~rows.wrong
        place = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
        bins = tuple(
            Bin(number / BINS, (number + 1) / BINS, int(inside.sum()), float(sure[inside].mean()), float(right[inside].mean()))
            for number in range(BINS)
            if (inside := place == number).any()
        )
        gaps = [(item.rows / len(sure), abs(item.confidence - item.accuracy)) for item in bins]
        return CalibrationResult(
            bins=bins,
            error=float(sum(share * gap for share, gap in gaps)),
            worst=max(gap for _, gap in gaps),
            confidence=float(sure.mean()),
            accuracy=float(right.mean()),
            rows=len(sure),
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            provenance=context.provenance(method="expected calibration error", parameters={"bins": BINS}),
        )
