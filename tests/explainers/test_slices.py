"""Rules for where a model errs: planted ones are found with the right counts, and chance brings hardly any."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from explainers.slices import CHECKED, error_rules

ROWS = 400
MANY = 60


def conditions(seed: int, names: int = MANY) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {f"c{name}": generator.random(ROWS) < generator.uniform(0.05, 0.5) for name in range(names)}


def test_a_planted_condition_comes_first():
    held = conditions(0)
    wrong = np.random.default_rng(1).random(ROWS) < np.where(held["c7"], 0.7, 0.1)
    found = error_rules(wrong, held, list(held))
    assert found.rules[0].conditions == ("c7",)
    assert (found.rows, found.errors) == (ROWS, wrong.sum())


def test_a_planted_pair_is_found_as_a_pair():
    generator = np.random.default_rng(2)
    held = {f"c{name}": generator.random(ROWS) < 0.4 for name in range(12)}
    both = held["c3"] & held["c5"]
    wrong = generator.random(ROWS) < np.where(both, 0.9, 0.05)
    found = error_rules(wrong, held, list(held))
    assert set(found.rules[0].conditions) == {"c3", "c5"}
    assert len(held) < found.tried <= len(held) + len(held) * (len(held) - 1) / 2


def test_what_a_rule_says_is_counted_on_the_half_kept_aside():
    held = {"here": np.arange(ROWS) < 100, "there": np.arange(ROWS) % 2 == 0}
    wrong = (np.arange(ROWS) < 80) | (np.arange(ROWS) >= 390)
    rule = error_rules(wrong, held, ["a", "b"]).rules[0]
    assert rule.conditions == ("here",)
    assert rule.everywhere == (80, 100)
    assert 0 < rule.rows < 100 and 0 < rule.errors < 80  # the other half has the remainder
    kept, errors = ROWS // 2, 45  # half of the rows, and of the 90 errors
    assert rule.rate == rule.errors / rule.rows
    assert rule.support == rule.errors / errors
    assert rule.lift == pytest.approx(rule.rate / (errors / kept))
    table = [[rule.errors, rule.rows - rule.errors], [errors - rule.errors, kept - rule.rows - (errors - rule.errors)]]
    assert rule.chance == pytest.approx(fisher_exact(table, alternative="greater").pvalue)


def test_random_errors_seldom_make_a_rule():
    found = [
        bool(error_rules(np.random.default_rng(100 + seed).random(ROWS) < 0.15, conditions(seed), list(range(MANY))).rules)
        for seed in range(30)
    ]
    assert sum(found) <= 5  # one in twenty is expected; seven in forty rules would pass if each were tested alone


def test_rules_of_random_errors_with_a_fixed_seed_are_none():
    wrong = np.random.default_rng(5).random(ROWS) < 0.15
    found = error_rules(wrong, conditions(6), list(range(MANY)))
    assert found.rules == ()
    assert found.tried >= MANY


def test_two_conditions_on_one_field_are_not_joined():
    generator = np.random.default_rng(3)
    first, second = generator.random(ROWS) < 0.5, generator.random(ROWS) < 0.5
    wrong = generator.random(ROWS) < np.where(first & second, 0.9, 0.05)
    pairs = {len(rule.conditions) for rule in error_rules(wrong, {"a": first, "b": second}, ["x", "y"]).rules}
    alone = {len(rule.conditions) for rule in error_rules(wrong, {"a": first, "b": second}, ["x", "x"]).rules}
    assert 2 in pairs
    assert alone == {1}


def test_rules_that_say_the_same_are_told_once():
    inside = np.arange(ROWS) < 60
    wrong = np.random.default_rng(4).random(ROWS) < np.where(inside, 0.8, 0.05)
    twin = inside.copy()
    twin[60] = True
    found = error_rules(wrong, {"one": inside, "two": twin}, ["a", "b"])
    assert len(found.rules) == 1


def test_at_most_so_many_rules_and_the_surest_first():
    generator = np.random.default_rng(8)
    held = {f"c{name}": np.arange(ROWS) // 50 == name for name in range(6)}
    wrong = generator.random(ROWS) < np.where(np.arange(ROWS) < 200, 0.6, 0.02)
    every = error_rules(wrong, held, ["place"] * 6, most=CHECKED).rules
    assert len(every) > 2
    assert [rule.chance for rule in every] == sorted(rule.chance for rule in every)
    assert error_rules(wrong, held, ["place"] * 6, most=2).rules == every[:2]


def test_the_same_rules_every_time():
    held = conditions(0)
    wrong = np.random.default_rng(1).random(ROWS) < np.where(held["c7"], 0.7, 0.1)
    assert error_rules(wrong, held, list(held)) == error_rules(wrong, held, list(held))


@pytest.mark.parametrize(
    ("wrong", "held"),
    [
        (np.zeros(50, dtype=bool), {"a": np.arange(50) < 10}),
        (np.arange(50) < 5, {"a": np.arange(50) < 10}),
        (np.ones(50, dtype=bool), {}),
        (np.zeros(0, dtype=bool), {"a": np.zeros(0, dtype=bool)}),
    ],
    ids=["no error", "five errors", "no condition", "no row"],
)
def test_too_little_to_tell(wrong, held):
    found = error_rules(wrong, held, list(held))
    assert (found.rules, found.tried) == ((), 0)
    assert (found.rows, found.errors) == (len(wrong), wrong.sum())


@pytest.mark.parametrize("inside", [np.ones(60, dtype=bool), np.zeros(60, dtype=bool)], ids=["every row", "no row"])
def test_a_condition_on_all_rows_or_none_is_no_rule(inside):
    assert error_rules(np.arange(60) < 20, {"a": inside}, ["a"]).rules == ()


def test_every_answer_wrong_has_no_place_where_it_errs_more():
    assert error_rules(np.ones(ROWS, dtype=bool), conditions(1, 8), list(range(8))).rules == ()
