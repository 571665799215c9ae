"""The causal check: take segments out, see what the log-probability does, and whether the scores had said so."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from explainers.batching import Progress
from explainers.errors import AskWhyError
from explainers.generative.gradients import input_x_gradient
from explainers.generative.model import GenerativeModel
from explainers.generative.removal import falls
from explainers.generative.results import Check, Removed
from explainers.generative.task import Task

TOP = 3  # segments that are also taken out together
MOST = 32  # segments that are taken out one by one


def check(
    model: GenerativeModel, task: Task, scores: np.ndarray, method: str, signed: bool, progress: Progress | None = None
) -> Check:
    """The check of (segments,) scores by a method.

    The top segments are those that support the span most, or matter most where the method has no direction, a fifth of all
    but TOP at most. With more than MOST segments, those with the largest scores are taken out and others evenly drawn.
    """
    count = len(scores)
    order = np.argsort(-scores if signed else -np.abs(scores), kind="stable")
    top = order[: max(1, min(TOP, count // 5))]
    chosen = _chosen(order, count)
    hidden = np.zeros((len(chosen) + 1, count), dtype=bool)
    hidden[np.arange(len(chosen)), chosen] = True
    hidden[-1, top] = True
    fallen, _ = falls(model, task, hidden, progress)
    removed = tuple(Removed(int(place), float(fall)) for place, fall in zip(chosen, fallen, strict=False))
    rest = [one.change for one in removed if one.segment not in top]
    if method == "occlusion":  # it is what the others are compared with, so it is compared with a gradient
        compared = "input_x_gradient"
        try:
            other = task.summed(input_x_gradient(model, task).tokens)[chosen]
        except AskWhyError:  # gradients that are not numbers, as in small number types, leave nothing to compare with
            other = np.zeros(len(chosen))
    else:
        other, compared = fallen[:-1], "occlusion"
    own = scores[chosen]
    agreement = _rank_correlation(own if signed else np.abs(own), other if signed else np.abs(other))
    return Check(
        removed=removed,
        top=tuple(int(place) for place in top),
        together=float(fallen[-1]),
        others=float(np.mean(rest)) if rest else None,
        agreement=agreement,
        compared=compared,
    )


def _chosen(order: np.ndarray, count: int) -> np.ndarray:
    if count <= MOST:
        return np.arange(count)
    rest = order[MOST // 2 :]
    drawn = rest[np.linspace(0, len(rest) - 1, MOST - MOST // 2).round().astype(int)]
    return np.sort(np.concatenate([order[: MOST // 2], drawn]))


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)
