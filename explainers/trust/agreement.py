"""How alike two rankings of the same units are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

LEAST = 3  # with two units, two rankings are either equal or opposite
TOP_SHARE = 1 / 3
TOP_MOST = 5


@dataclass(frozen=True)
class Agreement:
    """Of a map with another: rank correlations in [-1, 1], and the share of the `k` highest units they share.

    By chance, `overlap` would be `expected`. A correlation is None for fewer than three units, or where one map
    is constant.
    """

    method: str
    spearman: float | None
    kendall: float | None
    overlap: float
    expected: float
    k: int


def compare_scores(method: str, scores: Sequence[float], others: Sequence[float], *, signed: bool = True) -> Agreement:
    """The agreement of `scores` (units,) with those of `method`; sizes are compared where one of them has no sign."""
    first, second = np.asarray(scores, dtype=float), np.asarray(others, dtype=float)
    if not signed:
        first, second = np.abs(first), np.abs(second)
    count = len(first)
    k = min(TOP_MOST, ceil(count * TOP_SHARE))
    tops = [set(np.argsort(-values, kind="stable")[:k].tolist()) for values in (first, second)]
    return Agreement(
        method=method,
        spearman=spearman(first, second),
        kendall=_correlation("kendalltau", first, second),
        overlap=len(tops[0] & tops[1]) / k,
        expected=k / count,
        k=k,
    )


def spearman(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation, ties given their mean rank; None where there is none."""
    return _correlation("spearmanr", first, second)


def _correlation(measure: str, first: np.ndarray, second: np.ndarray) -> float | None:
    from scipy import stats  # takes over a second to load

    if len(first) < LEAST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(getattr(stats, measure)(first, second).statistic)
