"""Methods that hide units of the text and watch the log-odds. Own code: libraries mask strings one by one;
here masks are rows of token ids, made distinct first and run in batches.

A hidden unit keeps its place but no token can attend to it.
"""

from __future__ import annotations

from math import comb

import numpy as np

from explainers.attribution.scores import Scores
from explainers.classifier import Classifier, Encoding

SAMPLES = 512
SEED = 13
EXACT_UNITS = 9  # up to here, all masks together are no more than SAMPLES
KERNEL_WIDTH = 0.25  # of LIME's exponential kernel on cosine distance, as in the lime package for text
RIDGE = 1e-10  # only keeps the system solvable; the kernel already weighs far masks down


def values(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """(masks,) log-odds of the target; `masks` is (masks, units) boolean, True for a unit that is shown."""
    distinct, where = np.unique(masks, axis=0, return_inverse=True)
    keep = [np.where(owners >= 0, mask[np.maximum(owners, 0)], True) for mask in distinct]
    found = classifier.as_log_odds(classifier.forward([encoding] * len(keep), keep=keep), target)
    return found.numpy()[where.reshape(-1)].astype(np.float64)


def _spread(unit_scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Unit scores on the first token of each unit, so that sums over units are exact."""
    tokens = np.zeros(len(owners))
    for unit, score in enumerate(unit_scores):
        tokens[np.flatnonzero(owners == unit)[0]] = score
    return tokens


def occlusion(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """How much the log-odds fall when one unit is hidden (leave one out; Zeiler and Fergus 2014)."""
    count = owners.max() + 1
    masks = np.vstack([np.ones(count, dtype=bool), ~np.eye(count, dtype=bool)])
    found = values(classifier, encoding, target, owners, masks)
    return Scores(tokens=_spread(found[0] - found[1:], owners), passes=len(masks), parameters={"hides": "one unit at a time"})


def lime(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """A linear model around the text, fitted to random masks (Ribeiro et al. 2016); `fit` is its weighted R squared."""
    count = owners.max() + 1
    masks = _random_masks(count, np.random.default_rng(SEED))
    found = values(classifier, encoding, target, owners, masks)
    distance = 1 - np.sqrt(masks.mean(axis=1))  # cosine distance to the mask that shows everything
    weights = np.exp(-(distance**2) / KERNEL_WIDTH**2)
    design = np.column_stack([masks, np.ones(len(masks))]).astype(float)
    weighted = design * weights[:, None]
    penalty = RIDGE * np.eye(count + 1)
    penalty[-1, -1] = 0.0
    solution = np.linalg.solve(design.T @ weighted + penalty, weighted.T @ found)
    return Scores(
        tokens=_spread(solution[:-1], owners),
        passes=len(masks),
        fit=_r_squared(found, design @ solution, weights),
        parameters={"samples": len(masks), "seed": SEED, "kernel_width": KERNEL_WIDTH},
    )


def kernel_shap(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """Shapley values by weighted least squares on masks (Lundberg and Lee 2017); exact for few units.

    The scores add up to the change from the text with every unit hidden, by construction.
    """
    count = owners.max() + 1
    masks, weights = _shapley_masks(count, np.random.default_rng(SEED))
    ends = np.vstack([np.zeros(count, dtype=bool), np.ones(count, dtype=bool)])
    found = values(classifier, encoding, target, owners, np.vstack([ends, masks]))
    before, after = found[:2]
    change = after - before
    if count == 1:
        scores = np.array([change])
    else:  # the last score is what the others leave of the change
        shown = masks.astype(float)
        design = shown[:, :-1] - shown[:, -1:]
        rest = found[2:] - before - shown[:, -1] * change
        weighted = design * weights[:, None]
        first = np.linalg.lstsq(design.T @ weighted, weighted.T @ rest, rcond=None)[0]
        scores = np.append(first, change - first.sum())
    return Scores(
        tokens=_spread(scores, owners),
        passes=len(masks) + 2,
        baseline=float(before),
        gap=0.0,
        converged=True,
        parameters={"samples": len(masks), "exact": bool(count <= EXACT_UNITS), "seed": SEED, "baseline": "all hidden"},
    )


def _random_masks(count: int, generator: np.random.Generator) -> np.ndarray:
    """Distinct random masks, the one that shows everything among them: all of them when they are few."""
    if count <= EXACT_UNITS:
        return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(bool)
    shown = generator.integers(1, count + 1, SAMPLES)
    masks = generator.random((SAMPLES, count)).argsort(axis=1) < shown[:, None]
    return np.unique(np.vstack([np.ones(count, dtype=bool), masks]), axis=0)


def _shapley_masks(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Masks between none and all, with the Shapley kernel's weights; drawn with their complements when many."""
    if count <= EXACT_UNITS:
        masks = ((np.arange(1, 2**count - 1)[:, None] >> np.arange(count)) & 1).astype(bool)
        sizes = masks.sum(axis=1)
        return masks, np.array([(count - 1) / (comb(count, size) * size * (count - size)) for size in sizes])
    sizes = np.arange(1, count)
    chance = 1 / (sizes * (count - sizes))
    drawn = generator.choice(sizes, SAMPLES // 2, p=chance / chance.sum())
    half = generator.random((SAMPLES // 2, count)).argsort(axis=1) < drawn[:, None]
    masks, times = np.unique(np.vstack([half, ~half]), axis=0, return_counts=True)
    return masks, times.astype(float)


def _r_squared(truth: np.ndarray, fitted: np.ndarray, weights: np.ndarray) -> float:
    spread = (weights * (truth - np.average(truth, weights=weights)) ** 2).sum()
    return float(1 - (weights * (truth - fitted) ** 2).sum() / spread) if spread > 1e-12 else 1.0
