"""What an attribution method returns: scores of the pieces of a text, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Piece:
    """A unit of the text at characters `start` to `end`; a positive score speaks for the target.

    `error` is the standard error of the score, for methods that sample and know it.
    """

    start: int
    end: int
    text: str
    score: float
    error: float | None = None


@dataclass(frozen=True)
class Explanation:
    """Scores for one text, one target class, one method.

    Scores are in units of `output`: log_odds of the target, log(p / (1 - p)), which does not saturate as the probability
    does; probability; logit; or logit_difference, how far the target's logit is above that of the class `against`.
    `signed` is false for methods whose scores say how much a piece matters but not in which direction.

    `probability` is the model's for the target on this text, `value` the output for it; `baseline` is the output for the
    baseline input, or with all units hidden. For methods that are complete, `total` (all pieces and special tokens) should
    equal `value - baseline`; `gap` is how far it is off, as a share of that difference, and `converged` whether the scores
    are within the tolerance. `fit` is the weighted R squared of a surrogate, for methods that fit one. `special` is the
    score of special tokens together, and of any other token that lies in no unit. `layers` holds the scores of the
    pieces layer by layer, for a method that was asked for layers. `parameters` are all options of the method and what it
    found out about itself.

    `windows` above 1: the text is longer than the model reads, and was explained in that many overlapping windows, each
    by itself. A piece in several has the mean of its scores; `value`, `baseline` and `special` are means over windows,
    `gap` is the largest and `fit` the least. `probability` stays the model's, which reads the beginning only.
    `truncated`: the end of the text was not explained. `passes` counts rows run through the model, `seconds` is the time.
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
    output: str = "log_odds"
    against: str | None = None
    signed: bool = True
    layers: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    passes: int = 0
    windows: int = 1
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
        """As JSON holds it: names, numbers, lists."""
        return asdict(self) | {"layers": {str(layer): list(scores) for layer, scores in self.layers.items()}}

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Explanation:
        """The explanation that `to_dict` was called on, also after a way through JSON."""
        known = {one.name: made[one.name] for one in fields(cls) if one.name in made}
        known["pieces"] = tuple(Piece(**piece) for piece in made["pieces"])
        known["layers"] = {int(layer): tuple(scores) for layer, scores in made.get("layers", {}).items()}
        return cls(**known)
