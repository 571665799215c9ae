"""What is explained: log-odds, probability, logit, or one class rather than another."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainers import METHODS, attribute, attribute_many

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

TEXT = TEXTS[0]


@pytest.fixture(scope="module", params=[2, 5, 50])
def many(request):
    return architectures.build("distilbert", request.param)


@pytest.fixture(scope="module")
def multi():
    return architectures.build("bert", 4, problem_type="multi_label_classification")


def logits(classifier):
    with torch.no_grad():
        return classifier.model(**classifier.tokenizer(TEXT, return_tensors="pt")).logits[0].double()


def test_every_output_of_many_classes(many):
    own = logits(many)
    chances = torch.softmax(own, -1)
    for index in (0, len(own) - 1):
        odds = torch.log(chances[index] / (1 - chances[index]))
        for output, value in (("log_odds", odds), ("probability", chances[index]), ("logit", own[index])):
            found = attribute(many, TEXT, many.labels[index], output=output)
            assert (found.output, found.against, found.target) == (output, None, many.labels[index])
            assert found.value == pytest.approx(float(value), abs=1e-4)
            assert found.probability == pytest.approx(float(chances[index]), abs=1e-5)
            assert found.total == pytest.approx(
                found.value - found.baseline, abs=max(0.02 * abs(found.value - found.baseline), 0.02)
            )


def test_one_class_rather_than_another(many):
    own, first, last = logits(many), many.labels[0], many.labels[-1]
    found = attribute(many, TEXT, first, against=last, steps=30)
    assert (found.output, found.target, found.against) == ("logit_difference", first, last)
    assert found.value == pytest.approx(float(own[0] - own[-1]), abs=1e-4)
    turned = attribute(many, TEXT, last, against=first, steps=30)
    np.testing.assert_allclose([piece.score for piece in turned.pieces], [-piece.score for piece in found.pieces], atol=1e-5)
    parts = [attribute(many, TEXT, label, output="logit", steps=30).pieces for label in (first, last)]
    expected = [one.score - other.score for one, other in zip(*parts, strict=True)]
    np.testing.assert_allclose([piece.score for piece in found.pieces], expected, atol=1e-5)
    if len(own) == 2:
        plain = attribute(many, TEXT, first, steps=30)
        np.testing.assert_allclose([piece.score for piece in plain.pieces], expected, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_a_contrast(many, method):
    found = attribute(many, TEXT, many.labels[0], against=many.labels[-1], method=method)
    assert np.isfinite([piece.score for piece in found.pieces]).all()
    if METHODS[method].complete:
        assert found.total == pytest.approx(found.value - found.baseline, abs=0.05)


def test_multi_label(multi):
    own = logits(multi)
    chances = torch.sigmoid(own)
    for index, label in enumerate(multi.labels):
        found = attribute(multi, TEXT, label)
        assert found.value == pytest.approx(float(own[index]), abs=1e-4)
        assert found.probability == pytest.approx(float(chances[index]), abs=1e-5)
        assert attribute(multi, TEXT, label, output="probability").value == pytest.approx(float(chances[index]), abs=1e-5)
    contrast = attribute(multi, TEXT, multi.labels[0], against=multi.labels[3])
    assert contrast.value == pytest.approx(float(own[0] - own[3]), abs=1e-4)


def test_many_texts_with_a_target_each(multi):
    texts = list(TEXTS[:4])
    found = attribute_many(multi, texts, multi.labels)
    assert [one.target for one in found] == list(multi.labels)
    one = attribute_many(multi, texts, multi.labels[1])
    assert [each.target for each in one] == [multi.labels[1]] * 4
    assert one[1].pieces[0].score == pytest.approx(found[1].pieces[0].score, abs=1e-5)
    chosen = attribute_many(multi, texts)
    assert [each.target for each in chosen] == [multi.labels[row.argmax()] for row in multi.probabilities(texts)]
    assert attribute_many(multi, []) == []
