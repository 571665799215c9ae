"""Salience by taking segments out of the prompt: what is behind them moves up, as if they had never been written."""

from __future__ import annotations

import numpy as np

from explainers.attribution.masks import SEED, distinct, ends, passes, positive
from explainers.attribution.shapley_sampling import prefix_masks, random_orders
from explainers.batching import Progress
from explainers.generative.likelihood import values
from explainers.generative.model import GenerativeModel
from explainers.generative.task import Found, Task

SAMPLES = 256


def falls(model: GenerativeModel, task: Task, hidden: np.ndarray, progress: Progress | None = None) -> tuple[np.ndarray, float]:
    """The (masks,) falls of the objective when segments are taken out, by (masks, segments) booleans, and the objective."""
    whole = np.zeros((1, len(task.segments)), dtype=bool)
    contexts = [task.without(mask) for mask in np.vstack([whole, hidden])]
    found = values(model, task.objective, contexts, progress)
    return found[0] - found[1:], float(found[0])


def occlusion(model: GenerativeModel, task: Task, *, progress: Progress | None = None) -> Found:
    """How much the objective falls when one segment is taken out and the others stay.

    Leave one out; Captum calls it feature ablation. Positive where the segment supports the span.
    """
    count = len(task.segments)
    fallen, value = falls(model, task, np.eye(count, dtype=bool), progress)
    return Found(segments=fallen, value=value, passes=(count + 1) * len(task.objective.branches))


def shapley_sampling(
    model: GenerativeModel, task: Task, *, samples: int = SAMPLES, seed: int = SEED, progress: Progress | None = None
) -> Found:
    """Shapley values: what each segment adds when segments are written one after another, in random orders.

    Castro, Gomez and Tejada 2009, each order with its reverse (Mitchell et al. 2022); segments keep their places in the
    prompt. About `samples` prompts are run. The scores add up to the change from the prompt without any segment.
    """
    positive(samples)
    count = len(task.segments)
    orders = random_orders(count, samples, np.random.default_rng(seed))
    shown = np.vstack([ends(count), *(prefix_masks(order) for order in orders)])
    found = values(model, task.objective, [task.without(~mask) for mask in shown], progress)
    added = np.empty(orders.shape)
    for place, order in enumerate(orders):
        steps = found[2 + place * (count - 1) : 2 + (place + 1) * (count - 1)]
        added[place, order] = np.diff(np.concatenate([found[:1], steps, found[1:2]]))
    pairs = (added[0::2] + added[1::2]) / 2
    return Found(
        segments=pairs.mean(axis=0),
        errors=pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)),
        value=float(found[1]),
        baseline=float(found[0]),
        gap=0.0,
        passes=(passes(shown) + 1) * len(task.objective.branches),
        parameters={"masks": distinct(shown), "orders": len(orders)},
    )
