"""How texts lie to each other, layer by layer: hidden states in two dimensions, by principal components, with neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.features import layer_states
from explainers.neighbours import Neighbour, nearest

LEAST = 3  # texts; two are always on a line


@dataclass(frozen=True)
class LayerProjection:
    """One layer: (rows, 2) `points`, and the share of the variance that each axis shows.

    `neighbours` are for each row the nearest others in the whole space, by cosine. Layer 0 is the embeddings.
    """

    layer: int
    points: tuple[tuple[float, float], ...]
    variance: tuple[float, float]
    neighbours: tuple[tuple[Neighbour, ...], ...]


@dataclass(frozen=True)
class Projection:
    """The layers that were asked for, in that order; every row is one of the texts."""

    layers: tuple[LayerProjection, ...]
    rows: int
    model: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def project(
    classifier: Classifier,
    texts: Sequence[str],
    *,
    layers: Sequence[int] | None = None,
    neighbours: int = 5,
    progress: Progress | None = None,
) -> Projection:
    """Mean hidden states of texts at each layer (all by default), in two dimensions.

    The same texts give the same points: components are exact, and each axis points to where its largest loading is
    positive. Raises AskWhyError for fewer than three texts and for a layer that the model does not have.
    """
    if len(texts) < LEAST:
        raise AskWhyError(f"A projection needs at least {LEAST} texts, and there are {len(texts)}; choose more rows.")
    states = layer_states(classifier, texts, layers, progress)
    numbers = range(states.shape[1]) if layers is None else layers
    return Projection(
        layers=tuple(_layer(number, states[:, place], neighbours) for place, number in enumerate(numbers)),
        rows=len(texts),
        model=classifier.fingerprint,
    )


def plane(states: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """(rows, 2) the first two principal components of (rows, width) states, and the share of the variance that each shows.

    Exact, so the same states give the same points. States that are all the same lie on one point.
    """
    from sklearn.decomposition import PCA

    spread = (states - states.mean(axis=0)).astype(np.float64)
    if np.abs(spread).max() < 1e-6:  # texts that are all the same have no axes
        return np.zeros((len(states), 2)), (0.0, 0.0)
    fitted = PCA(n_components=2, svd_solver="full").fit(spread)
    first, second = fitted.explained_variance_ratio_.tolist()
    return fitted.transform(spread), (first, second)


def _layer(number: int, states: np.ndarray, neighbours: int) -> LayerProjection:
    points, variance = plane(states)
    near = tuple(nearest(row, states, neighbours) for row in range(len(states)))
    return LayerProjection(number, tuple((float(x), float(y)) for x, y in points), variance, near)
