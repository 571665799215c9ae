"""Shapley values by sampling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.attribution import masks
from explainers.attribution.masks import SAMPLES, SEED
from explainers.attribution.method import Scores, Task
from explainers.classifier import Classifier, Progress


def shapley_sampling(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
    progress: Progress | None = None,
) -> list[Scores]:
    """Shapley values: what each unit adds when units are shown one after another, in random orders.

    Castro, Gomez and Tejada 2009, each order with its reverse (Mitchell et al. 2022). About `samples` masks are run. The
    scores add up to the change from the text with every unit hidden; their standard errors are over pairs of orders.
    """
    masks.positive(samples)
    orders = [random_orders(len(task.segments), samples, np.random.default_rng(seed)) for task in tasks]
    wanted = [np.vstack([masks.ends(own.shape[1]), *(prefix_masks(order) for order in own)]) for own in orders]
    found = masks.values(classifier, tasks, wanted, progress)
    made = []
    for task, own, shown, values in zip(tasks, orders, wanted, found, strict=True):
        count = own.shape[1]
        added = np.empty(own.shape)
        for place, order in enumerate(own):
            steps = values[2 + place * (count - 1) : 2 + (place + 1) * (count - 1)]
            added[place, order] = np.diff(np.concatenate([values[:1], steps, values[1:2]]))
        pairs = (added[0::2] + added[1::2]) / 2
        made.append(
            Scores(
                tokens=masks.spread(pairs.mean(axis=0), task),
                passes=masks.passes(shown),
                baseline=float(values[0]),
                gap=0.0,
                errors=pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)),
                parameters={"masks": masks.distinct(shown), "orders": len(own)},
            )
        )
    return made


def random_orders(count: int, samples: int, generator: np.random.Generator) -> np.ndarray:
    """(orders, units): random orders of the units, each followed by its reverse; at least two such pairs."""
    pairs = max(2, round(samples / (2 * max(1, count - 1))))
    forth = generator.random((pairs, count)).argsort(axis=1)
    return np.stack([forth, forth[:, ::-1]], axis=1).reshape(-1, count)


def prefix_masks(order: np.ndarray) -> np.ndarray:
    """(units - 1, units) masks that show the first units of an order: one, two, and so on, but not all."""
    rank = order.argsort()
    return rank[None, :] < np.arange(1, len(order))[:, None]
