"""What methods of salience are given, and what they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.generative.objective import Objective
from explainers.generative.segments import Segment
from explainers.generative.tokens import Prompt


@dataclass(frozen=True)
class Task:
    """A prompt cut into segments, and the quantity to explain; `owners` (tokens,) is each token's segment, -1 for scaffold."""

    prompt: Prompt
    segments: tuple[Segment, ...]
    owners: np.ndarray
    objective: Objective

    def without(self, hidden: np.ndarray) -> tuple[int, ...]:
        """The prompt's token ids when the segments for which (segments,) booleans are true are taken out."""
        gone = np.where(self.owners >= 0, hidden[np.maximum(self.owners, 0)], False)
        return tuple(token for token, out in zip(self.prompt.ids, gone, strict=True) if not out)

    def summed(self, tokens: np.ndarray) -> np.ndarray:
        """(segments,) sums of (tokens,) scores."""
        own = self.owners >= 0
        return np.bincount(self.owners[own], weights=tokens[own], minlength=len(self.segments))

    @property
    def sizes(self) -> np.ndarray:
        """(segments,) numbers of tokens."""
        return np.bincount(self.owners[self.owners >= 0], minlength=len(self.segments))


@dataclass(frozen=True)
class Found:
    """Scores of one prompt in units of the objective: `tokens` (tokens,), scaffold included, or else `segments`
    (segments,) with their standard `errors`. The other fields are as in `Salience`."""

    tokens: np.ndarray | None = None
    segments: np.ndarray | None = None
    errors: np.ndarray | None = None
    value: float | None = None
    baseline: float | None = None
    gap: float | None = None
    converged: bool | None = None
    passes: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
