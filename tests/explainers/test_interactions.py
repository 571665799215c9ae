"""Pairs of units: right on models whose interactions are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explainers import AskWhyError, interactions
from explainers.interactions import STRONGEST
from explainers.masking import segment

TEXT = "you won a free prize now"


def test_a_sum_has_no_interactions(additive):
    additive.weights = {"free": 2.0, "prize": 1.0, "won": -1.0}
    found = interactions(additive, TEXT, "LABEL_1")
    assert len(found.pairs) == 10
    assert [pair.score for pair in found.pairs] == pytest.approx([0.0] * 10, abs=1e-6)
    effects = {piece.text: piece.score for pair in found.pairs for piece in (pair.first, pair.second)}
    assert (effects["free"], effects["prize"]) == (pytest.approx(2.0), pytest.approx(1.0))


def test_what_two_words_do_only_together_is_theirs(additive):
    additive.weights, additive.bonus = {"free": 1.0, "prize": 0.5}, 3.0
    first = interactions(additive, TEXT, "LABEL_1", top=1).pairs[0]
    assert (first.first.text, first.second.text) == ("free", "prize")
    assert first.score == pytest.approx(3.0)
    assert first.first.score == pytest.approx(1.0 + 3.0)
    assert first.joint == pytest.approx(1.0 + 0.5 + 3.0)
    assert interactions(additive, TEXT, "LABEL_0", top=1).pairs[0].score == pytest.approx(-3.0)


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
def test_scores_are_their_definition(name, request):
    classifier = request.getfixturevalue(name)
    found = interactions(classifier, TEXT, "LABEL_1", top=100)
    made = segment(classifier, TEXT)
    assert len(found.pairs) == found.units * (found.units - 1) / 2 == 15

    def value(*hidden):
        spans = [(piece.start, piece.end) for piece in hidden]
        gone = {place for place, span in enumerate(made.spans) if (span.start, span.end) in spans}
        kept = np.array([owner not in gone for owner in made.owners])
        return float(classifier.as_log_odds(classifier.forward([made.encoding], keep=[kept]), 1))

    for pair in found.pairs:
        both = value() - value(pair.first) - value(pair.second) + value(pair.first, pair.second)
        assert pair.score == pytest.approx(both, abs=1e-4)
        assert pair.first.start < pair.second.start
    assert [abs(pair.score) for pair in found.pairs] == sorted((abs(pair.score) for pair in found.pairs), reverse=True)
    assert found.passes == 1 + 6 + 15


def test_of_many_units_only_the_strongest_are_paired(additive):
    text = " ".join(["free"] * (STRONGEST + 5) + ["prize"])
    additive.weights = {"prize": 5.0}
    found = interactions(additive, text, "LABEL_1", top=1000)
    assert (found.units, found.considered, len(found.pairs)) == (STRONGEST + 6, STRONGEST, STRONGEST * (STRONGEST - 1) // 2)
    assert "prize" in {pair.second.text for pair in found.pairs}


def test_other_units_and_the_predicted_class(bert):
    found = interactions(bert, "Free prize. Call now. Love.", unit="sentence")
    assert [found.units, len(found.pairs)] == [3, 3]
    assert found.target == bert.labels[int(bert.probabilities([found.text])[0].argmax())]
    assert json.loads(json.dumps(found.to_dict()))["pairs"][0]["first"]["text"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": "free"}, "needs two words"),
        ({"text": ""}, "no words"),
        ({"unit": "verse"}, "no unit"),
        ({"target": "eggs"}, "no class"),
        ({"top": 0}, "At least one pair"),
    ],
)
def test_bad_input_is_refused(bert, options, said):
    with pytest.raises(AskWhyError, match=said):
        interactions(bert, **({"text": TEXT} | options))
