"""Where a model errs: slices of rows, named by one or two readable conditions, whose error rate stands out.

Rules are found on one half of the rows and judged on the other, so that a rule which fits by chance falls away. The
idea of searching conjunctions of simple conditions is that of SliceFinder (Chung et al. 2019).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

SEED = 13
FEWEST_ERRORS = 3  # of a rule, in the half where it is found
FEWEST_ROWS = 5
PAIRED = 30  # the strongest single conditions are joined in pairs
CHECKED = 40  # rules taken to the other half
SURE = 0.05  # share of false rules among those that are told, on the half kept aside


@dataclass(frozen=True)
class Rule:
    """Rows that meet every one of `conditions`. `rows`, `errors` and `rate` are counted on the half kept aside, as is
    `lift`, the rate over that of all rows there; `support` is the share of that half's errors which the rule covers.
    `chance` is the one-sided p-value of Fisher's exact test there. `everywhere` is (errors, rows) on both halves.
    """

    conditions: tuple[str, ...]
    rows: int
    errors: int
    rate: float
    lift: float
    support: float
    chance: float
    everywhere: tuple[int, int]


@dataclass(frozen=True)
class Rules:
    """The rules that held up, the strongest first, of `tried` conditions and pairs; `errors` of `rows` in all."""

    rules: tuple[Rule, ...]
    tried: int
    rows: int
    errors: int


def error_rules(wrong: np.ndarray, conditions: Mapping[str, np.ndarray], groups: Sequence[str], *, most: int = 5) -> Rules:
    """Rules for where `wrong`, a (rows,) boolean array, is true more often than elsewhere.

    `conditions` maps a readable name to a (rows,) boolean array; `groups` gives for each the field that it is about,
    since two conditions on one field are not joined. Deterministic: the halves are drawn with a fixed seed.
    """
    names = list(conditions)
    rows, errors = len(wrong), int(wrong.sum())
    if not names or errors < 2 * FEWEST_ERRORS:
        return Rules((), 0, rows, errors)
    held = np.stack([conditions[name] for name in names])
    first = _half(wrong)
    single = _strength(held[:, first], wrong[first])
    order = [index for index in np.argsort(-single, kind="stable") if single[index] > 0]
    found = [((index,), single[index]) for index in order]
    pairs = [pair for pair in combinations(order[:PAIRED], 2) if groups[pair[0]] != groups[pair[1]]]
    if pairs:
        joined = np.stack([held[a] & held[b] for a, b in pairs])
        strengths = _strength(joined[:, first], wrong[first])
        better = [max(single[a], single[b]) for a, b in pairs]
        found += [(pair, value) for pair, value, alone in zip(pairs, strengths, better, strict=True) if value > 1.1 * alone]
    found.sort(key=lambda item: -item[1])
    kept: list[tuple[Rule, np.ndarray]] = []
    for which, _ in found[:CHECKED]:
        inside = np.logical_and.reduce([held[index] for index in which])
        if not any(_same_rows(inside, other) for _, other in kept):
            kept.append((_judged(tuple(names[index] for index in which), inside, wrong, ~first), inside))
    strongest = sorted((rule for rule, _ in kept), key=lambda rule: rule.chance)
    return Rules(tuple(_sure(strongest)[:most]), len(names) + len(pairs), rows, errors)


def _sure(rules: Sequence[Rule]) -> Sequence[Rule]:
    """Of rules in the order of their p-values, those that hold up when so many are tested (Benjamini and Hochberg 1995)."""
    passed = [place for place, rule in enumerate(rules, 1) if rule.chance <= SURE * place / len(rules)]
    return rules[: max(passed, default=0)]


def _half(wrong: np.ndarray) -> np.ndarray:
    """A (rows,) mask of one half, with half of the errors in it."""
    generator, first = np.random.default_rng(SEED), np.zeros(len(wrong), dtype=bool)
    for value in (True, False):
        places = generator.permutation(np.flatnonzero(wrong == value))
        first[places[: len(places) // 2]] = True
    return first


def _strength(held: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """(conditions,) how far each slice's errors exceed what its size would bring, in standard deviations; 0 if too few."""
    rows, errors = held.sum(axis=1), (held & wrong).sum(axis=1)
    base = wrong.mean()
    spread = np.sqrt(np.maximum(rows * base * (1 - base), 1e-9))
    value = (errors - rows * base) / spread
    return np.where((errors >= FEWEST_ERRORS) & (rows >= FEWEST_ROWS) & (rows < held.shape[1]), value, 0.0)


def _judged(names: tuple[str, ...], inside: np.ndarray, wrong: np.ndarray, half: np.ndarray) -> Rule:
    """The rule as the half kept aside sees it."""
    from scipy.stats import fisher_exact

    here, rest = inside & half, ~inside & half
    errors, rows, others = int((here & wrong).sum()), int(here.sum()), int((rest & wrong).sum())
    table = [[errors, rows - errors], [others, int(rest.sum()) - others]]
    chance = float(fisher_exact(table, alternative="greater").pvalue)
    rate, base = errors / max(rows, 1), wrong[half].mean()
    return Rule(
        names, rows, errors, rate, float(rate / base), errors / (errors + others), chance,
        (int((inside & wrong).sum()), int(inside.sum())),
    )  # fmt: skip


def _same_rows(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two slices are mostly the same rows, so that naming both would say one thing twice."""
    return (one & other).sum() > 0.8 * (one | other).sum()
