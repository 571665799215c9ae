"""Integrating gradients along paths, with as many nodes as each path needs.

Own code: Captum's integrated gradients take a fixed number of nodes, so raising it throws the earlier ones away. The
trapezoid rule with doubling keeps every node. On texts of the two demo classifiers it needed 19 and 26 gradients until
scores changed by less than 5 %, Clenshaw-Curtis 29 and 36, Gauss-Patterson 30 and 36, Simpson 30 and 32, Romberg 36 and
38: the gradient turns sharply near an end of the path, which high-order rules do not forgive. Bisecting where the gap is
largest needed 21 and 22, but in more rounds, one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.attribution.meter import half
from explainers.attribution.paths import Path, shifted, slopes
from explainers.classifier import Classifier, Progress

TOLERANCE = 0.02  # of the change along the path, for the completeness gap; of the largest score, for the scores' error
FLOOR = 0.02  # in units of the objective; a smaller gap is not worth more nodes
SCORE_FLOOR = 0.005  # nor is a smaller error of one score: half of the last digit that people are shown
MOST = 256  # intervals
LEVELS = ((2, 4), *((2**power,) for power in range(3, int(math.log2(MOST)) + 1)))  # the first two in one pass: one has no error


@dataclass(frozen=True)
class Integral:
    """(tokens,) attributions along a path, the objective at its ends, and how many nodes it took.

    `settled`: the gap to completeness and the estimated error of each score are within the tolerance.
    """

    tokens: np.ndarray
    start: float
    end: float
    nodes: int
    settled: bool

    @property
    def gap(self) -> float:
        return shifted(self.tokens, self.end - self.start, FLOOR)


def integrate(
    classifier: Classifier,
    paths: Sequence[Path],
    *,
    tolerance: float = TOLERANCE,
    steps: int = 0,
    layer: int | None = None,
    progress: Progress | None = None,
) -> list[Integral]:
    """Integrals of the gradient along paths, by doubling until each settles, or with `steps` Gauss-Legendre nodes.

    Completeness alone does not tell when to stop, since errors of tokens cancel; so the scores' own error counts too. It is
    a third of their change at the last doubling (Richardson). What does not settle in MOST intervals says so.
    """
    if steps:
        return _fixed(classifier, paths, tolerance, steps, layer, progress)
    made = [_Trapezoid(path) for path in paths]
    for number, levels in enumerate(LEVELS):
        open_ = _unsettled(made, tolerance)
        if not open_:
            break
        points = [(one, level, share) for one in open_ for level in levels for share in _nodes(level)]
        meter = half(progress, number)
        values, parts = slopes(classifier, [(one.path, share) for one, _, share in points], layer=layer, progress=meter)
        for level in levels:
            for (one, at, share), value, part in zip(points, values, parts, strict=True):
                if at == level:
                    one.add(share, value, part)
            for one in open_:
                one.close(level)
    if progress:
        progress(1.0)
    unsettled = {id(one) for one in _unsettled(made, tolerance)}
    return [Integral(one.now, *one.values, one.nodes, id(one) not in unsettled) for one in made]


def _unsettled(made: Sequence[_Trapezoid], tolerance: float) -> list[_Trapezoid]:
    """The paths that need more nodes. What counts is the largest change, and score, of all paths of a text."""
    change: dict[int, float] = {}
    score: dict[int, float] = {}
    for one in made:
        text = id(one.path.task)
        change[text] = max(change.get(text, 0.0), abs(one.change))
        score[text] = max(score.get(text, 0.0), one.largest)
    found = []
    for one in made:
        gap, error = max(tolerance * change[id(one.path.task)], FLOOR), max(tolerance * score[id(one.path.task)], SCORE_FLOOR)
        if not (one.gap <= gap and one.error <= error):
            found.append(one)
    return found


def _nodes(intervals: int) -> list[float]:
    """The nodes of a level that no earlier one had."""
    places = range(intervals + 1) if intervals == LEVELS[0][0] else range(1, intervals, 2)
    return [place / intervals for place in places]


class _Trapezoid:
    """The running sums of one path: nothing is kept but what the next level needs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values = [0.0, 0.0]
        self.sum = np.zeros(len(path.text))
        self.nodes = 0
        self.before: np.ndarray | None = None
        self.now: np.ndarray | None = None

    def add(self, share: float, value: float, part: np.ndarray) -> None:
        inside = 0 < share < 1
        self.sum += part if inside else part / 2
        self.nodes += 1
        if not inside:
            self.values[int(share)] = float(value)

    def close(self, intervals: int) -> None:
        self.before, self.now = self.now, self.sum / intervals

    @property
    def change(self) -> float:
        return self.values[1] - self.values[0]

    @property
    def largest(self) -> float:
        return 0.0 if self.now is None else float(np.abs(self.now).max())

    @property
    def gap(self) -> float:
        return math.inf if self.now is None else float(abs(self.now.sum() - self.change))

    @property
    def error(self) -> float:
        """The largest error of a score (Richardson): the rule's falls to a quarter with each doubling."""
        return math.inf if self.now is None or self.before is None else float(np.abs(self.now - self.before).max() / 3)


def _fixed(
    classifier: Classifier, paths: Sequence[Path], tolerance: float, steps: int, layer: int | None, progress: Progress | None
) -> list[Integral]:
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    shares = [0.0, 1.0, *((nodes + 1) / 2)]
    points = [(path, float(share)) for path in paths for share in shares]
    values, parts = slopes(classifier, points, layer=layer, progress=progress)
    found = []
    for place in range(0, len(points), len(shares)):
        start, end = values[place : place + 2].tolist()
        tokens = (weights / 2) @ np.array(parts[place + 2 : place + len(shares)])
        complete = abs(tokens.sum() - (end - start)) <= max(tolerance * abs(end - start), FLOOR)
        found.append(Integral(tokens, start, end, steps, bool(complete)))
    return found
