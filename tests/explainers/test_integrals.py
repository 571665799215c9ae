"""Nodes are put where a path turns, none is asked for twice, and what is not exact enough says so."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explainers.attribution import integrals
from explainers.attribution.integrals import MOST, START, integrate
from explainers.attribution.objective import Objective

GENERATOR = np.random.default_rng(5)


class Turning:
    """A path on which token i adds `heights[i]` on a sigmoid way around `centres[i]`, of the given width."""

    def __init__(self, heights, centres, width, output="log_odds"):
        self.task = SimpleNamespace(objective=Objective(0, output=output))
        self.heights, self.centres, self.width = np.array(heights, dtype=float), np.array(centres, dtype=float), width
        self.asked: list[float] = []

    def along(self, share: float) -> np.ndarray:
        return self.heights / (1 + np.exp(-np.clip((share - self.centres) / self.width, -60, 60)))

    def at(self, share: float) -> tuple[float, np.ndarray]:
        self.asked.append(share)
        way = self.along(share) / self.heights
        return float(self.along(share).sum()), self.heights * way * (1 - way) / self.width

    @property
    def exact(self) -> np.ndarray:
        return self.along(1.0) - self.along(0.0)


class Jumping(Turning):
    """The objective jumps, and no gradient tells of it."""

    def at(self, share):
        self.asked.append(share)
        return float(self.heights.sum() * (share > 0.3)), np.zeros(len(self.heights))


@pytest.fixture(autouse=True)
def analytic(monkeypatch):
    def slopes(classifier, points, *, layer=None, progress=None):
        found = [path.at(share) for path, share in points]
        if progress:
            progress(1.0)
        return (
            np.array([value for value, _ in found]),
            [part for _, part in found],
            torch.tensor([[share] for _, share in points]),
        )

    monkeypatch.setattr(integrals, "slopes", slopes)


def drawn(width: float) -> Turning:
    centre = GENERATOR.uniform(0.1, 0.9)
    return Turning(GENERATOR.normal(0, 1.5, 12), centre + GENERATOR.normal(0, width, 12), width)


@pytest.mark.parametrize("width", [0.5, 0.1, 0.03, 0.01])
def test_scores_are_within_the_tolerance_at_every_width(width):
    paths = [drawn(width) for _ in range(25)]
    for path, found in zip(paths, integrate(None, paths, tolerance=0.01), strict=True):
        change = path.exact.sum()
        assert found.settled
        assert abs(found.tokens.sum() - change) <= max(0.01 * abs(change), 0.02) + 1e-9
        assert found.gap == pytest.approx(abs(found.tokens.sum() - change) / max(abs(change), 0.02))
        assert np.abs(found.tokens - path.exact).max() <= max(0.02 * np.abs(path.exact).max(), 0.01)


def test_every_node_counts_once_and_more_are_put_where_the_path_turns():
    path = Turning([2.0, -0.5], [0.3, 0.32], 0.02)
    (found,) = integrate(None, [path], tolerance=0.01)
    assert len(path.asked) == len(set(path.asked)) == found.nodes < 40
    assert set(START) <= set(path.asked)
    more = sorted(set(path.asked) - set(START))
    assert np.mean([0.15 < share < 0.5 for share in more]) > 0.7
    assert found.logits.tolist() == [1.0]
    assert (found.start, found.end) == (pytest.approx(path.along(0.0).sum()), pytest.approx(path.along(1.0).sum()))


def test_what_is_flat_or_straight_takes_one_round():
    told: list[float] = []
    paths = [Turning([1.0, -2.0], [0.5, 0.5], 50.0), Turning([1e-9], [0.5], 0.2)]
    found = integrate(None, paths, progress=told.append)
    assert [one.nodes for one in found] == [len(START)] * 2
    assert all(one.settled for one in found)
    assert told == [0.5, 1.0]


def test_a_tighter_tolerance_takes_more_nodes_and_is_more_exact():
    nodes, errors = [], []
    for tolerance in (0.05, 0.01, 0.001):
        path = Turning([3.0, 2.0, -4.0], [0.4, 0.5, 0.6], 0.06)
        (found,) = integrate(None, [path], tolerance=tolerance)
        nodes.append(found.nodes)
        errors.append(np.abs(found.tokens - path.exact).max())
    assert nodes == sorted(nodes) and nodes[0] < nodes[-1]
    assert errors[-1] <= errors[0] and errors[-1] < 0.005


def test_probabilities_are_held_to_a_smaller_gap():
    odds, chance = (Turning([0.3, 0.2], [0.5, 0.55], 0.03, output) for output in ("log_odds", "probability"))
    for path, floor in ((odds, 0.02), (chance, 0.005)):
        (found,) = integrate(None, [path], tolerance=0.001)
        assert found.settled
        assert abs(found.tokens.sum() - path.exact.sum()) <= floor


@pytest.mark.parametrize("steps", [0, 6])
def test_what_does_not_settle_says_so(steps):
    path = Jumping([2.0, 1.0], [0.5, 0.5], 1.0)
    (found,) = integrate(None, [path], steps=steps)
    assert not found.settled
    assert found.gap == pytest.approx(1.0)
    assert len(set(path.asked)) == len(path.asked) < MOST


def test_the_sum_of_errors_that_cancel_is_not_taken_for_none():
    path = Turning([4.0, -4.0], [0.49, 0.51], 0.004)
    (found,) = integrate(None, [path], tolerance=0.01)
    assert np.abs(found.tokens - path.exact).max() <= 0.08
    assert found.nodes > len(START)
