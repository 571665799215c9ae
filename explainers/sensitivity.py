"""Whether the answer hangs on names, numbers, places or gender: a fairness probe by swapping them.

After the counterfactual tests of Garg et al. (2019) and Prabhakaran et al. (2019): each text is run again with words of
every group in the place of its own, and what changes is told by group.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError, closest
from explainers.swaps import KINDS, Swap, holds, swaps

TRIES = 900  # swapped texts run through the model, over all kinds
SCANNED = 4000  # texts in which words to swap are looked for, drawn at random of more
PEERS = ("names", "places")  # kinds whose groups are like each other
SURE = 1.96  # standard errors on either side that hold the mean 95 times in 100


@dataclass(frozen=True)
class Group:
    """What the words of a group do in `rows` texts: `flips` get another answer; `change` is the mean change of the
    probability of the class looked at, give or take `error` (95%; None for a single text)."""

    name: str
    rows: int
    flips: int
    change: float
    error: float | None


@dataclass(frozen=True)
class Gap:
    """The largest difference between two groups, `high` above `low`, in the same `rows` texts; `error` as for a group."""

    high: str
    low: str
    rows: int
    value: float
    error: float | None


@dataclass(frozen=True)
class Swapped:
    """What swapping a kind of word does. `holding` of the texts looked at have such words; `rows` of them were run, and
    `flipped` of those get another answer by at least one group. `label` is the class whose probability moves most;
    `gap` is told of groups that are like each other (PEERS)."""

    kind: str
    holding: int
    rows: int
    tried: int
    flipped: int
    label: str
    groups: tuple[Group, ...]
    gap: Gap | None


@dataclass(frozen=True)
class Flip:
    """A swap that flips a text: which one, (words before, after), and the (class, probability) for both texts."""

    row: int
    kind: str
    group: str
    pairs: tuple[tuple[str, str], ...]
    text: str
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True)
class Sensitivity:
    """Swaps in `rows` texts, drawn at random of `chosen` ones; kinds that no text has words of hold none. `examples` are
    flips, the surest new answers first."""

    chosen: int
    rows: int
    kinds: tuple[Swapped, ...]
    examples: tuple[Flip, ...]
    seed: int


@dataclass(frozen=True)
class _Run:
    """A swap with what the model answers before and after."""

    row: int
    kind: str
    swap: Swap
    before: np.ndarray
    after: np.ndarray

    @property
    def flips(self) -> bool:
        return int(self.before.argmax()) != int(self.after.argmax())


def sensitivity(
    classifier: Classifier,
    texts: Sequence[str],
    *,
    kinds: Sequence[str] = KINDS,
    tries: int = TRIES,
    examples: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Sensitivity:
    """Swap words of each kind in the texts that have them, and run what comes out; the same swaps for a seed.

    At most about `tries` texts are run, drawn at random of those with such words. Raises AskWhyError for no texts, a
    `tries` below one for each kind, and an unknown kind.
    """
    if not texts:
        raise AskWhyError("There are no texts to look at; choose some rows.")
    if tries < len(kinds):
        raise AskWhyError(f"A budget of {tries} tries is too small; set `tries` to {len(kinds)} or more.")
    unknown = next((kind for kind in kinds if kind not in KINDS), None)
    if unknown is not None:
        raise AskWhyError(f"There is no '{unknown}' to swap; {closest(unknown, KINDS)}")
    generator = random.Random(seed)
    places = range(len(texts)) if len(texts) <= SCANNED else sorted(generator.sample(range(len(texts)), SCANNED))
    said = {place: texts[place] for place in places}
    made: list[tuple[int, str, Swap]] = []
    holding = {}
    for done, kind in enumerate(kinds):
        if progress:
            progress(0.2 * done / len(kinds))
        found = [place for place in places if holds(said[place], kind)]
        holding[kind], left = len(found), tries // len(kinds)
        for place in generator.sample(found, len(found)):
            if left <= 0:
                break
            some = swaps(said[place], kind, generator)
            made += [(place, kind, swap) for swap in some]
            left -= len(some)
    runs = _run(classifier, said, made, progress)
    return Sensitivity(
        chosen=len(texts),
        rows=len(places),
        kinds=tuple(
            _swapped(classifier.labels, kind, holding[kind], [run for run in runs if run.kind == kind]) for kind in kinds
        ),
        examples=tuple(_flip(classifier.labels, run) for run in _telling(runs)[:examples]),
        seed=seed,
    )


def _run(
    classifier: Classifier, texts: Mapping[int, str], made: Sequence[tuple[int, str, Swap]], progress: Progress | None
) -> list[_Run]:
    if not made:
        return []
    rows = sorted({row for row, _, _ in made})
    asked = [*(texts[row] for row in rows), *(swap.text for _, _, swap in made)]

    def tell(share: float) -> None:
        if progress:
            progress(0.2 + 0.8 * share)

    answers = classifier.probabilities(asked, progress=tell)
    before = dict(zip(rows, answers, strict=False))
    return [
        _Run(row, kind, swap, before[row], after) for (row, kind, swap), after in zip(made, answers[len(rows) :], strict=True)
    ]


def _telling(runs: Sequence[_Run]) -> list[_Run]:
    """Flips, the surest new answers first, one of each row before a second one."""
    order = sorted((run for run in runs if run.flips), key=lambda run: -run.after.max())
    rows = [run.row for run in order]
    turns = [rows[:place].count(row) for place, row in enumerate(rows)]
    return [run for _, run in sorted(zip(turns, order, strict=True), key=lambda pair: pair[0])]


def _flip(labels: Sequence[str], run: _Run) -> Flip:
    was, now = int(run.before.argmax()), int(run.after.argmax())
    return Flip(
        run.row, run.kind, run.swap.group, tuple(dict.fromkeys(run.swap.pairs)), run.swap.text,
        (labels[was], float(run.before[was])), (labels[now], float(run.after[now])),
    )  # fmt: skip


def _swapped(labels: Sequence[str], kind: str, holding: int, runs: Sequence[_Run]) -> Swapped:
    names = list(dict.fromkeys(run.swap.group for run in runs))
    moves = {name: {run.row: run.after - run.before for run in runs if run.swap.group == name} for name in names}
    means = np.array([np.mean(list(moves[name].values()), axis=0) for name in names]) if names else np.zeros((1, len(labels)))
    reach = np.maximum(np.ptp(means, axis=0), np.abs(means).max(axis=0))
    label = max(range(len(labels)), key=lambda place: (round(float(reach[place]), 6), place))  # of two classes, the second
    groups = []
    for name in names:
        values = [float(move[label]) for move in moves[name].values()]
        flips = sum(run.flips for run in runs if run.swap.group == name)
        groups.append(Group(name, len(values), flips, float(np.mean(values)), _error(values)))
    return Swapped(
        kind=kind,
        holding=holding,
        rows=len({run.row for run in runs}),
        tried=len(runs),
        flipped=len({run.row for run in runs if run.flips}),
        label=labels[label],
        groups=tuple(sorted(groups, key=lambda group: -group.change)),
        gap=_gap({name: {row: float(move[label]) for row, move in moves[name].items()} for name in names if kind in PEERS}),
    )


def _gap(moves: dict[str, dict[int, float]]) -> Gap | None:
    """Between the two groups that lie furthest apart in the texts that both were tried in."""
    best = None
    for high, tops in moves.items():
        for low, bottoms in moves.items():
            rows = tops.keys() & bottoms.keys()
            if high == low or not rows:
                continue
            values = [tops[row] - bottoms[row] for row in sorted(rows)]
            if best is None or np.mean(values) > best.value:
                best = Gap(high, low, len(rows), float(np.mean(values)), _error(values))
    return best


def _error(values: Sequence[float]) -> float | None:
    return None if len(values) < 2 else float(SURE * np.std(values, ddof=1) / np.sqrt(len(values)))
