"""What is explained is what the model computes: every architecture, every method."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import factorial

import numpy as np
import pytest
import torch

from explainers import METHODS, AskWhyError, Classifier, attribute, attribute_many

from tests.explainers import architectures
from tests.explainers.architectures import CONFIGS, TEXTS

LONG = TEXTS[0]
SHORT = ("You won a free prize, love", "Ok.", "free here now")
FIXED = {  # the same work for each text, whatever the last bit of a number says
    "integrated_gradients": {"steps": 40},
    "layer_integrated_gradients": {"steps": 24, "layer": "all"},
    "gradient_shap": {"samples": 8},
    "lime": {"samples": 40},
    "kernel_shap": {"samples": 40},
    "partition_shap": {"samples": 64},
    "shapley_sampling": {"samples": 20},
}


@lru_cache(maxsize=16)
def model(architecture: str) -> Classifier:
    return architectures.build(architecture)


@pytest.mark.parametrize("architecture", CONFIGS)
def test_probabilities_are_the_models_own(architecture):
    classifier = model(architecture)
    found = classifier.probabilities(TEXTS)
    for text, row in zip(TEXTS, found, strict=True):
        with torch.no_grad():
            logits = classifier.model(**classifier.tokenizer(text, return_tensors="pt")).logits
        np.testing.assert_allclose(row, torch.softmax(logits, -1)[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities(TEXTS[::-1])[::-1], found, atol=1e-5)
    assert found[:, 0].std() > 0.01


@pytest.mark.parametrize("architecture", CONFIGS)
def test_embeddings_give_the_same_answer_as_token_ids(architecture):
    classifier = model(architecture)
    for text in TEXTS:
        encoding = classifier.encode(text)
        inputs, _ = classifier.embed(encoding)
        with torch.no_grad():
            logits = classifier.from_embeddings(inputs, encoding)
        np.testing.assert_allclose(logits.numpy(), classifier.forward([encoding]).numpy(), atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", CONFIGS)
def test_every_method_explains_every_architecture(architecture, method):
    classifier = model(architecture)
    options = FIXED.get(method, {})
    together = attribute_many(classifier, SHORT, method=method, **options)
    for text, explanation in zip(SHORT, together, strict=True):
        with torch.no_grad():
            logits = classifier.model(**classifier.tokenizer(text, return_tensors="pt")).logits
        own = torch.softmax(logits, -1)[0]
        assert explanation.target == classifier.labels[int(own.argmax())]
        assert explanation.probability == pytest.approx(float(own.max()), abs=1e-5)
        assert explanation.value == pytest.approx(float(torch.log(own.max() / own.min())), abs=1e-4)
        assert all(text[piece.start : piece.end] == piece.text for piece in explanation.pieces)
        assert np.isfinite(_scores(explanation)).all() and np.any(_scores(explanation))
        if METHODS[method].complete:
            change = explanation.value - explanation.baseline
            assert explanation.total == pytest.approx(change, abs=max(0.03 * abs(change), 0.03))
        alone = attribute(classifier, text, method=method, **options)
        np.testing.assert_allclose(_scores(alone), _scores(explanation), atol=1e-5)
        assert alone.special == pytest.approx(explanation.special, abs=1e-5, rel=1e-5)
    backwards = attribute_many(classifier, SHORT[::-1], method=method, **options)[::-1]
    for one, other in zip(together, backwards, strict=True):
        np.testing.assert_allclose(_scores(one), _scores(other), atol=1e-5)


@pytest.mark.parametrize("architecture", CONFIGS)
def test_integrated_gradients_settle_on_every_architecture(architecture):
    classifier = model(architecture)
    for text in SHORT:
        found, exact = attribute(classifier, text), attribute(classifier, text, steps=80)
        change = found.value - found.baseline
        assert found.converged
        assert abs(found.total - change) <= max(0.02 * abs(change), 0.02) + 1e-5
        error = np.abs(np.subtract(_scores(found), _scores(exact))).max()
        assert error <= max(0.06 * np.abs(_scores(exact)).max(), 0.02)


def _scores(explanation):
    return [piece.score for piece in explanation.pieces]


def _values(classifier: Classifier, text: str, words: int) -> dict[frozenset[int], float]:
    """Log-odds of class 0 for every set of words that is shown, one row at a time."""
    from explainers.units import assign, units

    encoding = classifier.encode(text)
    owners = np.array(assign(text, encoding.offsets, units(text, "word")))
    values = {}
    for size in range(words + 1):
        for shown in combinations(range(words), size):
            keep = np.array([owner < 0 or owner in shown for owner in owners])
            logits = classifier.forward([encoding], keep=[keep])
            values[frozenset(shown)] = float(classifier.as_log_odds(logits, 0)[0])
    return values


@pytest.mark.parametrize("architecture", ["bert", "roberta", "gpt2"])
def test_kernel_shap_and_occlusion_equal_brute_force(architecture):
    classifier, text, count = model(architecture), "you won a free prize now", 6
    values = _values(classifier, text, count)
    shapley = [
        sum(
            factorial(len(rest)) * factorial(count - len(rest) - 1) / factorial(count) * (values[rest | {word}] - values[rest])
            for rest in values
            if word not in rest
        )
        for word in range(count)
    ]
    target = classifier.labels[0]
    found = attribute(classifier, text, target, method="kernel_shap")
    np.testing.assert_allclose([piece.score for piece in found.pieces], shapley, atol=1e-3)
    everything = frozenset(range(count))
    left_out = [values[everything] - values[everything - {word}] for word in range(count)]
    found = attribute(classifier, text, target, method="occlusion")
    np.testing.assert_allclose([piece.score for piece in found.pieces], left_out, atol=1e-4)


@pytest.mark.parametrize("labels", [3, 7, 50])
def test_many_classes_and_log_odds(labels):
    classifier = architectures.build("bert", labels)
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    probabilities = classifier.as_probabilities(logits)
    for target in range(labels):
        p = probabilities[:, target]
        np.testing.assert_allclose(classifier.as_log_odds(logits, target), torch.log(p / (1 - p)), atol=1e-4)


def test_multi_label_models_get_a_sigmoid_for_each_class():
    classifier = architectures.build("bert", 4, problem_type="multi_label_classification")
    rows = classifier.probabilities(TEXTS)
    assert not np.allclose(rows.sum(axis=1), 1)
    explanation = attribute(classifier, LONG, classifier.labels[2])
    assert explanation.probability == pytest.approx(float(rows[0, 2]), abs=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_explain_is_an_error(text):
    with pytest.raises(AskWhyError, match="no words"):
        attribute(model("bert"), text)


def test_unknown_names_tell_what_there_is():
    with pytest.raises(AskWhyError, match="did you mean 'lime'"):
        attribute(model("bert"), LONG, method="limes")
    with pytest.raises(AskWhyError, match="did you mean 'word'"):
        attribute(model("bert"), LONG, unit="words")
    with pytest.raises(AskWhyError, match="no class 'spam'"):
        attribute(model("bert"), LONG, "spam")


def test_a_regression_head_is_refused():
    with pytest.raises(AskWhyError, match="regression"):
        architectures.build("bert", 1)


def test_the_fingerprint_tells_weights_apart():
    first, second = architectures.build("bert"), architectures.build("bert")
    assert first.fingerprint == second.fingerprint
    changed = architectures.build("bert")
    with torch.no_grad():
        changed.model.classifier.bias.add_(0.1)
    assert changed.fingerprint != first.fingerprint
