"""Learning and forgetting one text: the copy moves as told, the original not at all, the other rows as little as may be."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.errors import AskWhyError
from explainers.features import head_features
from explainers.learning import SURE, adapt, answers

from tests.assistant import tiny

TEXTS = [
    f"{first} {second} {third}" for first in ("win", "free", "home") for second in ("now", "dinner", "call") for third in "ab"
]


@pytest.fixture(scope="module")
def classifier():
    return tiny.classifier(TEXTS, labels=("ham", "spam", "news"))


@pytest.fixture(scope="module")
def features(classifier) -> np.ndarray:
    return head_features(classifier, TEXTS)


def test_answers_from_features_are_the_models_own(classifier, features):
    np.testing.assert_allclose(answers(classifier, features), classifier.probabilities(TEXTS), atol=1e-6)


@pytest.mark.parametrize("text", TEXTS[:4])
@pytest.mark.parametrize("label", ["ham", "spam", "news"])
def test_a_text_is_learned_and_the_original_stays(classifier, features, text, label):
    before = classifier.probabilities([text])
    adapted = adapt(classifier, text, label, features)
    np.testing.assert_allclose(adapted.before, before[0], atol=1e-5)
    np.testing.assert_allclose(adapted.classifier.probabilities([text])[0], adapted.after, atol=1e-5)
    assert adapted.after[classifier.index(label)] >= min(SURE, adapted.before[classifier.index(label)]) - 1e-6
    assert adapted.steps == 0 or adapted.after[classifier.index(label)] > adapted.before[classifier.index(label)]
    np.testing.assert_array_equal(classifier.probabilities([text]), before)
    assert adapted.classifier.fingerprint != classifier.fingerprint or not adapted.steps


def test_a_text_is_forgotten(classifier, features):
    text = TEXTS[0]
    best = int(classifier.probabilities([text])[0].argmax())
    adapted = adapt(classifier, text, classifier.labels[best], features, forget=True)
    assert adapted.after[best] < max(0.5, adapted.before[best] - 1e-6)


def test_other_rows_move_less_than_by_a_plain_step(classifier, features):
    """The plain step is the natural one when every direction of the features is alike."""
    text, place = TEXTS[0], 0
    label = classifier.labels[int(classifier.probabilities([text])[0].argmin())]
    others = np.delete(np.arange(len(TEXTS)), place)
    before = answers(classifier, features)

    def moved(known: np.ndarray) -> float:
        adapted = adapt(classifier, text, label, known)
        return float(np.abs(answers(adapted.classifier, features) - before)[others].mean())

    width = features.shape[1]
    assert moved(features[others]) < moved(np.sqrt(width) * np.eye(width))


def test_an_unknown_class_is_refused(classifier, features):
    with pytest.raises(AskWhyError, match="no class 'sport'"):
        adapt(classifier, TEXTS[0], "sport", features)
