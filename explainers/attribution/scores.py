"""The shape that every attribution method has and returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.classifier import Classifier, Encoding


@dataclass(frozen=True)
class Scores:
    """`tokens` is a (tokens,) array of scores for the target's log-odds, special tokens included.

    `passes` counts rows sent through the model; the other fields are as in `Explanation`.
    """

    tokens: np.ndarray
    passes: int
    baseline: float | None = None
    gap: float | None = None
    converged: bool | None = None
    fit: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


# classifier, encoded text, index of the target class, and for each token the unit it belongs to (-1: none)
Method = Callable[[Classifier, Encoding, int, np.ndarray], Scores]
