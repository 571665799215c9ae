"""Faithfulness on a model whose right ranking is known, and by definition on one with random weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explainers import AskWhyError, attribute
from explainers.masking import segment
from explainers.trust import comprehensiveness, faithfulness, ranking, sufficiency
from explainers.trust.faithfulness import sizes

TEXT = "you won a free prize call now love ok"
WEIGHTS = {"free": 4.0, "prize": 2.0, "won": 1.0, "love": -3.0}


def scored(explanation, scores):
    pieces = tuple(replace(piece, score=float(score)) for piece, score in zip(explanation.pieces, scores, strict=True))
    return replace(explanation, pieces=pieces)


@pytest.fixture
def right(additive):
    additive.weights = WEIGHTS
    return attribute(additive, TEXT, "LABEL_1", method="occlusion")


def test_measures_are_what_their_definitions_say(bert):
    explanation = attribute(bert, TEXT, method="occlusion")
    found = faithfulness(bert, [explanation], fractions=(0.2, 0.5), rankings=3)[0]
    made, target = segment(bert, TEXT), bert.index(explanation.target)
    order = sorted(range(9), key=lambda place: -explanation.pieces[place].score)

    def probability(shown):
        kept = np.array([owner < 0 or owner in shown for owner in made.owners])
        return float(bert.as_probabilities(bert.forward([made.encoding], keep=[kept]))[0, target])

    whole = probability(set(range(9)))
    assert found.sizes == (2, 5)
    assert found.probability == pytest.approx(whole, abs=1e-6)
    hidden = [whole - probability(set(order[size:])) for size in (2, 5)]
    alone = [whole - probability(set(order[:size])) for size in (2, 5)]
    assert found.comprehensiveness_curve == pytest.approx(hidden, abs=1e-6)
    assert found.sufficiency_curve == pytest.approx(alone, abs=1e-6)
    assert (found.comprehensiveness, found.sufficiency) == pytest.approx((np.mean(hidden), np.mean(alone)), abs=1e-6)
    assert comprehensiveness(bert, explanation, (0.2, 0.5)) == pytest.approx(found.comprehensiveness, abs=1e-6)
    assert sufficiency(bert, explanation, (0.2, 0.5)) == pytest.approx(found.sufficiency, abs=1e-6)


def test_the_right_ranking_beats_random_ones_and_the_reverse_loses_to_them(additive, right):
    wrong = scored(right, [-piece.score for piece in right.pieces])
    good, bad = faithfulness(additive, [right, wrong])
    assert good.score > good.chance.high
    assert good.beaten == 1.0
    assert bad.score < bad.chance.low
    assert bad.gap < 0 < good.gap
    assert good.chance == bad.chance  # the random rankings are the text's


def test_random_scores_are_no_better_than_random_on_average(additive, right):
    generator = np.random.default_rng(0)
    drawn = [scored(right, generator.normal(size=9)) for _ in range(100)]
    gaps = [found.gap for found in faithfulness(additive, drawn, rankings=100)]
    assert abs(np.mean(gaps)) < 0.15  # its standard error is 0.06
    assert faithfulness(additive, [right], rankings=100)[0].gap > 0.3


def test_methods_share_their_rows(bert):
    texts = [TEXT, "see you at home tonight, love"]
    explanations = [attribute(bert, text, method=method) for text in texts for method in ("occlusion", "kernel_shap", "saliency")]
    bert.work.reset()
    together = faithfulness(bert, explanations)
    rows = bert.work.rows
    bert.work.reset()
    apart = [faithfulness(bert, [explanation])[0] for explanation in explanations]
    assert rows < bert.work.rows / 2
    assert [found.score for found in together] == pytest.approx([found.score for found in apart], abs=1e-5)


def test_one_unit_is_all_units(additive):
    additive.weights = {"free": 4.0}
    found = faithfulness(additive, [attribute(additive, "free", "LABEL_1", method="occlusion")])[0]
    assert (found.units, found.sizes) == (1, (1, 1, 1, 1))
    assert found.sufficiency == 0.0
    assert found.comprehensiveness > 0.4
    assert found.gap == pytest.approx(0.0)
    assert found.beaten == 0.0


def test_constant_scores_are_told(additive, right):
    assert faithfulness(additive, [scored(right, [0.5] * 9)])[0].constant
    assert not faithfulness(additive, [right])[0].constant


def test_the_seed_settles_the_random_rankings(bert):
    explanation = attribute(bert, TEXT, method="occlusion")
    first, again = (faithfulness(bert, [explanation], seed=5)[0] for _ in range(2))
    assert first == again
    assert faithfulness(bert, [explanation], seed=6)[0].chance != first.chance


def test_units_by_token_of_a_byte_level_model(gpt2):
    explanation = attribute(gpt2, "안녕 👍 free", method="occlusion", unit="token")
    assert faithfulness(gpt2, [explanation])[0].units == len(explanation.pieces)


def test_ranking_puts_what_speaks_against_the_target_last():
    assert ranking([0.1, -5.0, 2.0, 0.1]).tolist() == [2, 0, 3, 1]


@pytest.mark.parametrize(("count", "expected"), [(1, (1, 1, 1, 1)), (10, (1, 2, 3, 5)), (13, (2, 3, 4, 7))])
def test_sizes_are_rounded_up(count, expected):
    assert sizes(count, (0.1, 0.2, 0.3, 0.5)) == expected


@pytest.mark.parametrize("fractions", [(), (0.0,), (0.5, 1.5), (-0.1,)])
def test_shares_outside_the_text_are_refused(bert, fractions):
    with pytest.raises(AskWhyError, match="between 0 and 1"):
        faithfulness(bert, [attribute(bert, TEXT, method="occlusion")], fractions=fractions)


def test_no_random_ranking_is_refused(bert):
    with pytest.raises(AskWhyError, match="at least one random ranking"):
        faithfulness(bert, [attribute(bert, TEXT, method="occlusion")], rankings=0)
