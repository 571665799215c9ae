"""KernelSHAP."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from explainers.attribution import masks
from explainers.attribution.masks import EXACT_UNITS, SAMPLES, SEED
from explainers.attribution.method import Scores, Task
from explainers.classifier import Classifier, Progress


def kernel_shap(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
    progress: Progress | None = None,
) -> list[Scores]:
    """Shapley values by weighted least squares on masks; exact for few units.

    Lundberg and Lee 2017. Masks are drawn with their complements. The scores add up to the change from the text with
    every unit hidden, by construction.
    """
    masks.positive(samples, 2)
    drawn = [_draw(len(task.segments), samples, np.random.default_rng(seed)) for task in tasks]
    wanted = [np.vstack([masks.ends(shown.shape[1]), shown]) for shown, _ in drawn]
    found = masks.values(classifier, tasks, wanted, progress)
    made = []
    for task, (shown, weights), values in zip(tasks, drawn, found, strict=True):
        scores = _solve(shown.astype(float), weights, *values[:2], values[2:])
        made.append(
            Scores(
                tokens=masks.spread(scores, task),
                passes=len(shown) + 1,
                baseline=float(values[0]),
                gap=0.0,
                converged=True,
                parameters={"masks": len(shown) + 2, "exact": _counts_all(shown.shape[1], samples)},
            )
        )
    return made


def _counts_all(count: int, samples: int) -> bool:
    return count <= EXACT_UNITS and 2**count <= samples


def _solve(shown: np.ndarray, weights: np.ndarray, before: float, after: float, values: np.ndarray) -> np.ndarray:
    """(units,) scores; the last is what the others leave of the change."""
    change = after - before
    if shown.shape[1] == 1:
        return np.array([change])
    design = shown[:, :-1] - shown[:, -1:]
    rest = values - before - shown[:, -1] * change
    weighted = design * weights[:, None]
    first = np.linalg.lstsq(design.T @ weighted, weighted.T @ rest, rcond=None)[0]
    return np.append(first, change - first.sum())


def _draw(count: int, samples: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(masks, units) masks between none and all, and their weights in the Shapley kernel."""
    if _counts_all(count, samples):
        shown = masks.every(count)[1:-1]
        sizes = shown.sum(axis=1)
        return shown, np.array([(count - 1) / (comb(count, size) * size * (count - size)) for size in sizes])
    sizes = np.arange(1, count)
    chance = 1 / (sizes * (count - sizes))
    drawn = generator.choice(sizes, samples // 2, p=chance / chance.sum())
    half = generator.random((samples // 2, count)).argsort(axis=1) < drawn[:, None]
    shown, times = np.unique(np.vstack([half, ~half]), axis=0, return_counts=True)
    return shown, times.astype(float)
