"""Interactions of two units: what hiding both does beyond hiding the one and hiding the other."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.explanation import Piece
from explainers.masking import MaskedRows, full, leave_one_out, segment

STRONGEST = 20  # units whose pairs are looked at: at most 190 pairs


@dataclass(frozen=True)
class Interaction:
    """Two units of a text; each piece's score is its single effect, the fall in log-odds when it alone is hidden.

    `score` is f(all) - f(without first) - f(without second) + f(without both), in log-odds of the target. Positive:
    together they speak more for the target than each by itself; negative: the one makes up for the other, or turns
    it round. `joint` is the fall when both are hidden.
    """

    first: Piece
    second: Piece
    joint: float
    score: float


@dataclass(frozen=True)
class Interactions:
    """The strongest pairs, by size. `considered` of `units` units were paired, those with the largest single effects."""

    text: str
    target: str
    unit: str
    pairs: tuple[Interaction, ...]
    value: float
    units: int
    considered: int
    passes: int
    truncated: bool
    model: str
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def interactions(
    classifier: Classifier,
    text: str,
    target: str | None = None,
    *,
    unit: str = "word",
    top: int = 10,
    progress: Progress | None = None,
) -> Interactions:
    """The `top` strongest pairwise interactions of the units of a text, for a class (the predicted one by default).

    `value` is the log-odds on the whole text. Raises AskWhyError for a text with fewer than two units, and for an
    unknown unit or class.
    """
    if top < 1:
        raise AskWhyError("At least one pair has to be asked for; set `top` to 1 or more.")
    started = time.perf_counter()
    segments = segment(classifier, text, unit)
    count = len(segments)
    if count < 2:
        raise AskWhyError(f"An interaction needs two {unit}s, and this text has one; give a longer text or a smaller unit.")
    rows = MaskedRows(classifier)
    single = rows.ask(segments, np.vstack([full(count), leave_one_out(count)]))
    rows.run()
    whole = single()[:1]
    index = int(classifier.as_probabilities(whole)[0].argmax()) if target is None else classifier.index(target)
    odds = classifier.as_log_odds(single(), index).double().numpy()
    value, effects = odds[0], odds[0] - odds[1:]
    chosen = sorted(np.argsort(-np.abs(effects), kind="stable")[:STRONGEST].tolist())
    pairs = list(combinations(chosen, 2))
    masks = np.ones((len(pairs), count), dtype=bool)
    masks[np.arange(len(pairs))[:, None], pairs] = False
    both = rows.ask(segments, masks)
    rows.run(progress)
    joint = value - classifier.as_log_odds(both(), index).double().numpy()
    pieces = [
        Piece(span.start, span.end, span.of(text), float(effect)) for span, effect in zip(segments.spans, effects, strict=True)
    ]
    found = [
        Interaction(pieces[i], pieces[j], float(fall), float(effects[i] + effects[j] - fall))
        for (i, j), fall in zip(pairs, joint, strict=True)
    ]
    return Interactions(
        text=text,
        target=classifier.labels[index],
        unit=unit,
        pairs=tuple(sorted(found, key=lambda pair: -abs(pair.score))[:top]),
        value=float(value),
        units=count,
        considered=len(chosen),
        passes=rows.passes,
        truncated=segments.encoding.truncated,
        model=classifier.fingerprint,
        seconds=time.perf_counter() - started,
    )
