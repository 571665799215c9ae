"""Faithfulness of attributions: what the probability loses without the units ranked first, and keeps with them alone.

Comprehensiveness and sufficiency are those of ERASER (DeYoung et al. 2020), averaged over shares of the units
(area over the perturbation curve). Units are hidden from attention, not deleted, so numbers are not comparable to
those of libraries that delete words. Every measure comes with that of random rankings of the same units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.explanation import Explanation
from explainers.masking import MaskedRows, Segments, full, segment
from explainers.units import Span

FRACTIONS = (0.1, 0.2, 0.3, 0.5)  # shares of the units, as in ERASER without its smallest bin, which is under one word
RANKINGS = 20  # random rankings
SEED = 13


@dataclass(frozen=True)
class Chance:
    """A measure over random rankings: its mean, its 2.5 and 97.5 percentiles."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Faithfulness:
    """Measures of one ranking, in probability of the target.

    `sizes` are the numbers of units hidden (or kept) for each of `fractions`. `comprehensiveness` is p(text) minus
    p(text without the first units), higher is better; `sufficiency` is p(text) minus p(the first units alone),
    lower is better; both are means over the fractions, and the curves have one value for each. `score` is
    comprehensiveness minus sufficiency, `chance` is that of random rankings, `gap` is score - chance.mean, and
    `beaten` the share of random rankings with a lower score. `constant` says that all scores are equal, so that
    the ranking is the order in the text.
    """

    method: str
    target: str
    units: int
    probability: float
    fractions: tuple[float, ...]
    sizes: tuple[int, ...]
    comprehensiveness: float
    sufficiency: float
    comprehensiveness_curve: tuple[float, ...]
    sufficiency_curve: tuple[float, ...]
    random_comprehensiveness: Chance
    random_sufficiency: Chance
    chance: Chance
    beaten: float
    constant: bool

    @property
    def score(self) -> float:
        return self.comprehensiveness - self.sufficiency

    @property
    def gap(self) -> float:
        return self.score - self.chance.mean

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"score": self.score, "gap": self.gap}


def ranking(scores: Sequence[float]) -> np.ndarray:
    """Positions of the units from the highest score to the lowest, earlier ones first among equals.

    Signed scores are not made absolute: what speaks against the target comes last, since hiding it raises p.
    """
    return np.argsort(-np.asarray(scores, dtype=float), kind="stable")


def sizes(count: int, fractions: Sequence[float]) -> tuple[int, ...]:
    """How many of `count` units each share is, rounded up, so at least one. Raises AskWhyError for a share not in (0, 1]."""
    if not fractions or not all(0 < share <= 1 for share in fractions):
        raise AskWhyError("Faithfulness needs shares of the units between 0 and 1, such as 0.1 and 0.5.")
    return tuple(ceil(share * count - 1e-9) for share in fractions)


def comprehensiveness(classifier: Classifier, explanation: Explanation, fractions: Sequence[float] = FRACTIONS) -> float:
    """p(text) - p(text without the units ranked first), mean over the fractions; higher is better."""
    return faithfulness(classifier, [explanation], fractions=fractions, rankings=1)[0].comprehensiveness


def sufficiency(classifier: Classifier, explanation: Explanation, fractions: Sequence[float] = FRACTIONS) -> float:
    """p(text) - p(the units ranked first alone), mean over the fractions; lower is better."""
    return faithfulness(classifier, [explanation], fractions=fractions, rankings=1)[0].sufficiency


def faithfulness(
    classifier: Classifier,
    explanations: Sequence[Explanation],
    *,
    fractions: Sequence[float] = FRACTIONS,
    rankings: int = RANKINGS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> tuple[Faithfulness, ...]:
    """Faithfulness of many explanations, of one text or of many, by any methods: rows they share run once, all in one batch.

    The random rankings of a text are the same for every method.
    """
    rows = MaskedRows(classifier)
    known: dict[tuple[str, str], Segments] = {}
    finish = []
    for explanation in explanations:
        key = (explanation.text, explanation.unit)
        if key not in known:
            known[key] = segments_of(classifier, explanation)
        finish.append(ask(rows, known[key], explanation, fractions=fractions, rankings=rankings, seed=seed))
    rows.run(progress)
    return tuple(done() for done in finish)


def segments_of(classifier: Classifier, explanation: Explanation) -> Segments:
    """The units that an explanation scored, as far as the model sees them."""
    spans = [Span(piece.start, piece.end) for piece in explanation.pieces]
    return segment(classifier, explanation.text, explanation.unit, spans)


def seen_scores(segments: Segments, explanation: Explanation) -> np.ndarray:
    """(units,) scores of the units that the model sees."""
    if explanation.unit == "token":
        return np.array([piece.score for piece in explanation.pieces[: len(segments)]])
    score = {(piece.start, piece.end): piece.score for piece in explanation.pieces}
    return np.array([score[span.start, span.end] for span in segments.spans])


def ask(
    rows: MaskedRows,
    segments: Segments,
    explanation: Explanation,
    *,
    fractions: Sequence[float] = FRACTIONS,
    rankings: int = RANKINGS,
    seed: int = SEED,
) -> Callable[[], Faithfulness]:
    """Note the rows that the measures need; what is returned measures once they have run."""
    classifier, count = rows.classifier, len(segments)
    target = classifier.index(explanation.target)
    taken = sizes(count, fractions)
    if rankings < 1:
        raise AskWhyError("Faithfulness is measured against at least one random ranking.")
    scores = seen_scores(segments, explanation)
    generator = np.random.default_rng(seed)
    orders = [ranking(scores), *(generator.permutation(count) for _ in range(rankings))]
    first = np.zeros((len(orders), len(taken), count), dtype=bool)
    for row, order in enumerate(orders):
        for column, size in enumerate(taken):
            first[row, column, order[:size]] = True
    flat = first.reshape(-1, count)
    logits = rows.ask(segments, np.vstack([full(count), ~flat, flat]))

    def finish() -> Faithfulness:
        found = classifier.as_probabilities(logits())[:, target].double().numpy()
        hidden, alone = (found[0] - found[1:]).reshape(2, len(orders), len(taken))
        both = hidden.mean(axis=1), alone.mean(axis=1)
        score = both[0] - both[1]
        return Faithfulness(
            method=explanation.method,
            target=explanation.target,
            units=count,
            probability=float(found[0]),
            fractions=tuple(fractions),
            sizes=taken,
            comprehensiveness=float(both[0][0]),
            sufficiency=float(both[1][0]),
            comprehensiveness_curve=tuple(hidden[0].tolist()),
            sufficiency_curve=tuple(alone[0].tolist()),
            random_comprehensiveness=_chance(both[0][1:]),
            random_sufficiency=_chance(both[1][1:]),
            chance=_chance(score[1:]),
            beaten=float((score[1:] < score[0] - 1e-9).mean()),
            constant=bool(np.ptp(scores) <= 1e-9 * max(1.0, np.abs(scores).max())),
        )

    return finish


def _chance(values: np.ndarray) -> Chance:
    low, high = np.quantile(values, (0.025, 0.975))
    return Chance(float(values.mean()), float(low), float(high))
