"""LIME."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from explainers.attribution import masks
from explainers.attribution.masks import EXACT_UNITS, SAMPLES, SEED
from explainers.attribution.method import Scores, Task
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError

KERNEL_WIDTH = 25.0  # on 100 times the cosine distance, as in the lime package for text
RIDGE = 1e-10  # only keeps the system solvable; the kernel already weighs far masks down


def lime(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    samples: int = SAMPLES,
    kernel_width: float = KERNEL_WIDTH,
    seed: int = SEED,
    progress: Progress | None = None,
) -> list[Scores]:
    """A linear model around the text, fitted to random masks.

    Ribeiro, Singh and Guestrin 2016. Sampling and kernel are those of the lime package: the number of units to hide is
    uniform, and a mask weighs sqrt(exp(-d^2 / width^2)) where d is 100 times its cosine distance from the whole text.
    For few units all masks are taken, weighed by their chance. `fit` is the weighted R squared of the linear model.
    """
    masks.positive(samples, 2)
    if kernel_width == 0:
        raise AskWhyError("The kernel_width of lime cannot be 0; 25 is usual.")
    drawn = [_draw(len(task.segments), samples, np.random.default_rng(seed)) for task in tasks]
    found = masks.values(classifier, tasks, [own for own, _ in drawn], progress)
    made = []
    for task, (shown, chance), values in zip(tasks, drawn, found, strict=True):
        weights = chance * kernel(shown, kernel_width)
        design = np.column_stack([shown, np.ones(len(shown))]).astype(float)
        weighted = design * weights[:, None]
        penalty = RIDGE * np.eye(design.shape[1])
        penalty[-1, -1] = 0.0
        solution = np.linalg.solve(design.T @ weighted + penalty, weighted.T @ values)
        made.append(
            Scores(
                tokens=masks.spread(solution[:-1], task),
                passes=masks.passes(shown),
                fit=_r_squared(values, design @ solution, weights),
                parameters={"masks": masks.distinct(shown)},
            )
        )
    return made


def kernel(shown: np.ndarray, width: float) -> np.ndarray:
    """(masks,) weights of (masks, units) boolean masks."""
    distance = 100 * (1 - np.sqrt(shown.mean(axis=1)))  # the cosine of a mask and the whole is the root of its share
    return np.sqrt(np.exp(-(distance**2) / width**2))


def _draw(count: int, samples: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(masks, units) masks, the whole text first or last, and their (masks,) chances to be drawn."""
    if count <= EXACT_UNITS and 2**count <= samples:
        every = masks.every(count)
        chance = np.array([1 / (count * comb(count, shown)) if shown < count else 1 / count for shown in every.sum(axis=1)])
        return every, chance / chance.max()
    hidden = generator.integers(1, count + 1, samples - 1)
    drawn = generator.random((samples - 1, count)).argsort(axis=1) >= hidden[:, None]
    return np.vstack([np.ones(count, dtype=bool), drawn]), np.ones(samples)


def _r_squared(truth: np.ndarray, fitted: np.ndarray, weights: np.ndarray) -> float:
    spread = (weights * (truth - np.average(truth, weights=weights)) ** 2).sum()
    return float(1 - (weights * (truth - fitted) ** 2).sum() / spread) if spread > 1e-12 else 1.0
