"""What an attribution method returns: scores of the pieces of a text, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Piece:
    """A unit of the text at characters `start` to `end`; a positive score speaks for the target."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True)
class Explanation:
    """Scores for one text, one target class, one method.

    Scores are in log-odds of the target: log(p / (1 - p)), which does not saturate as the probability does.
    `probability` is the model's for the target on this text and `value` its log-odds; `baseline` is the log-odds on
    the baseline input. For methods that are complete, `total` (all pieces and special tokens) should equal
    `value - baseline`; `gap` is how far it is off, as a share of that difference, and `converged` whether it is
    within the tolerance. `fit` is the
    weighted R squared of a surrogate, for methods that fit one. `special` is the score of special tokens together.
    `truncated` says that the end of the text lies beyond what the model reads.
    """

    text: str
    target: str
    method: str
    unit: str
    pieces: tuple[Piece, ...]
    special: float
    probability: float
    value: float
    baseline: float | None = None
    gap: float | None = None
    converged: bool | None = None
    fit: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    passes: int = 0
    truncated: bool = False
    model: str = ""
    seconds: float = 0.0

    @property
    def total(self) -> float:
        return sum(piece.score for piece in self.pieces) + self.special

    def top(self, count: int) -> list[Piece]:
        """The pieces with the largest scores, by size regardless of sign."""
        return sorted(self.pieces, key=lambda piece: -abs(piece.score))[:count]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
