"""What is found about a generative model: frozen facts that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from explainers.generative.tokens import Prompt


@dataclass(frozen=True)
class AnswerToken:
    """A token of an answer at characters `start` to `end`; `rank` 1 means that the model held no other for likelier."""

    id: int
    text: str
    start: int
    end: int
    log_probability: float
    rank: int


@dataclass(frozen=True)
class Answer:
    """What a model wrote behind a prompt, or was given to judge.

    `stopped`: end (the model ended it), length, cancelled, or given (it was not generated).
    """

    prompt: Prompt
    text: str
    tokens: tuple[AnswerToken, ...]
    stopped: str
    seconds: float = 0.0

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(token.id for token in self.tokens)

    @property
    def log_probability(self) -> float:
        """Of all tokens together, in nats."""
        return sum(token.log_probability for token in self.tokens)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it: names, numbers, lists."""
        return asdict(self)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` was called on, also after a way through JSON."""
        prompt = dict(made["prompt"])
        prompt |= {name: tuple(prompt[name]) for name in ("ids", "scaffold")}
        prompt["offsets"] = tuple(tuple(place) for place in prompt["offsets"])
        tokens = tuple(AnswerToken(**token) for token in made["tokens"])
        return cls(Prompt(**prompt), made["text"], tokens, made["stopped"], made["seconds"])


@dataclass(frozen=True)
class Alternative:
    """A token that could have stood in a place."""

    id: int
    text: str
    probability: float
    log_probability: float


@dataclass(frozen=True)
class Alternatives:
    """What could have stood at the token number `at` of an answer, likeliest first, what was said included if among them."""

    at: int
    said: AnswerToken
    others: tuple[Alternative, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Alternatives:
        others = tuple(Alternative(**other) for other in made["others"])
        return cls(made["at"], AnswerToken(**made["said"]), others)


@dataclass(frozen=True)
class Scored:
    """A segment or token of the prompt at characters `start` to `end` and its score; positive supports the span.

    `sum` is the score of all its tokens together, `mean` that per token, so that long segments do not win by length.
    `role` is text, or for few-shot blocks instruction, example or query. `error` is the standard error of `sum`.
    """

    start: int
    end: int
    text: str
    role: str
    tokens: int
    sum: float
    mean: float
    error: float | None = None


@dataclass(frozen=True)
class Removed:
    """The segment number `segment`, and how much the objective falls when it is taken out of the prompt."""

    segment: int
    change: float


@dataclass(frozen=True)
class Check:
    """What happens when segments are taken out: the test of whether the scores say what the model does.

    `top` are the segments with the largest scores, `together` the fall when all of them are gone, `others` the mean fall
    over the other segments that were removed one by one. `agreement` is Spearman's rank correlation of the scores with
    those of `compared`, over the segments in `removed`; None where it is not defined.
    """

    removed: tuple[Removed, ...]
    top: tuple[int, ...]
    together: float
    others: float | None
    agreement: float | None
    compared: str


@dataclass(frozen=True)
class Salience:
    """Which parts of a prompt made a model write a span of its answer.

    The objective is the log-probability of the span (characters `start` to `end` of `answer`, its words `target`), or
    with `against` how far it is above that of those words in its place; scores are in its units, nats. `value` is the
    objective for the prompt, `baseline` for the baseline input or the prompt without any segment. For complete methods
    all segments and `scaffold`, what the template's tokens and those of no segment got, add up to `value - baseline`;
    `gap` is how far they are off, as a share of that, and `converged` whether that is within the tolerance. `tokens` are
    scores by token, none for methods that score segments. The other fields are as in `Explanation`.
    """

    prompt: str
    answer: str
    start: int
    end: int
    target: str
    against: str | None
    method: str
    unit: str
    signed: bool
    segments: tuple[Scored, ...]
    tokens: tuple[Scored, ...]
    scaffold: float
    value: float
    baseline: float | None = None
    gap: float | None = None
    converged: bool | None = None
    check: Check | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    chat: bool = False
    model: str = ""
    passes: int = 0
    seconds: float = 0.0
    output: str = "log_probability"

    @property
    def total(self) -> float:
        return sum(segment.sum for segment in self.segments) + self.scaffold

    def top(self, count: int, by: str = "sum") -> list[Scored]:
        """The segments with the largest scores, by size regardless of sign; `by` is sum or mean."""
        return sorted(self.segments, key=lambda segment: -abs(getattr(segment, by)))[:count]

    def share(self, segment: Scored) -> float:
        """The part that a segment has in the sizes of all scores of segments, from 0 to 1."""
        sizes = sum(abs(one.sum) for one in self.segments)
        return abs(segment.sum) / sizes if sizes else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it: names, numbers, lists."""
        return asdict(self)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Salience:
        """The salience that `to_dict` was called on, also after a way through JSON."""
        known = {one.name: made[one.name] for one in fields(cls) if one.name in made}
        for name in ("segments", "tokens"):
            known[name] = tuple(Scored(**one) for one in made[name])
        if made.get("check"):
            check = dict(made["check"])
            check |= {"removed": tuple(Removed(**one) for one in check["removed"]), "top": tuple(check["top"])}
            known["check"] = Check(**check)
        return cls(**known)


@dataclass(frozen=True)
class LayerSalience:
    """Scores of segments layer by layer: `layers` is (layers, segments), gradient times activation at each layer's output."""

    segments: tuple[Scored, ...]
    layers: tuple[tuple[float, ...], ...]
    value: float
    target: str
    model: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> LayerSalience:
        segments = tuple(Scored(**one) for one in made["segments"])
        return cls(segments, tuple(tuple(row) for row in made["layers"]), made["value"], made["target"], made["model"])


@dataclass(frozen=True)
class HeadAttention:
    """How much the places that predict a span attend to each segment: `weights` is (layers, heads, segments).

    Each is a mean over the span; what is left to 1 goes to `scaffold` (layers, heads) and to the answer itself.
    """

    segments: tuple[Scored, ...]
    weights: tuple[tuple[tuple[float, ...], ...], ...]
    scaffold: tuple[tuple[float, ...], ...]
    target: str
    model: str = ""

    def top(self, count: int) -> list[tuple[int, int, int, float]]:
        """The (layer, head, segment, weight) with the largest weights."""
        flat = [
            (layer, head, place, weight)
            for layer, heads in enumerate(self.weights)
            for head, row in enumerate(heads)
            for place, weight in enumerate(row)
        ]
        return sorted(flat, key=lambda one: -one[3])[:count]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> HeadAttention:
        segments = tuple(Scored(**one) for one in made["segments"])
        weights = tuple(tuple(tuple(row) for row in heads) for heads in made["weights"])
        return cls(segments, weights, tuple(tuple(row) for row in made["scaffold"]), made["target"], made["model"])
