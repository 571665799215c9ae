"""Owen values, sampled Shapley values and LIME's kernel, against their definitions."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances

from explainers import attribute
from explainers.attribution.lime import kernel
from explainers.attribution.partition_shap import cut_of
from explainers.masking import segment

from tests.explainers import architectures

SEVEN = "you won free love here now home"


def odds(classifier, text):
    """The log-odds of class 1 for a set of words that are shown."""
    segments = segment(classifier, text)

    @cache
    def value(shown: frozenset[int]) -> float:
        keep = np.array([owner < 0 or owner in shown for owner in segments.owners])
        return float(classifier.as_log_odds(classifier.forward([segments.encoding], keep=[keep]), 1)[0])

    return segments, value


def orders(segments, first, last):
    """The orders of words in which each part of the hierarchy stays together."""
    if last - first == 1:
        yield (first,)
        return
    cut = cut_of(segments, first, last)
    for left in orders(segments, first, cut):
        for right in orders(segments, cut, last):
            yield left + right
            yield right + left


def mean_gain(value, all_orders, count):
    gains = []
    for order in all_orders:
        gain = np.zeros(count)
        for place, word in enumerate(order):
            gain[word] = value(frozenset(order[: place + 1])) - value(frozenset(order[:place]))
        gains.append(gain)
    return np.mean(gains, axis=0)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_partition_shap_is_the_mean_over_all_orders_that_keep_parts_together(name):
    classifier = architectures.build(name)
    segments, value = odds(classifier, SEVEN)
    expected = mean_gain(value, orders(segments, 0, 7), 7)
    found = attribute(classifier, SEVEN, "LABEL_1", method="partition_shap")
    assert found.parameters["exact"]
    np.testing.assert_allclose([piece.score for piece in found.pieces], expected, atol=1e-5)
    assert found.total == pytest.approx(found.value - found.baseline, abs=1e-5)
    assert found.passes <= 44


def test_partition_shap_with_few_samples_shares_what_it_does_not_take_apart(bert):
    scores = [attribute(bert, SEVEN, "LABEL_1", method="partition_shap", samples=samples) for samples in (2, 4, 12, 1000)]
    assert [found.parameters["largest_part"] for found in scores] == [7, 4, 2, 1]
    assert [found.parameters["exact"] for found in scores] == [False, False, False, True]
    _, value = odds(bert, SEVEN)
    change = value(frozenset(range(7))) - value(frozenset())
    np.testing.assert_allclose([piece.score for piece in scores[0].pieces], change / 7, atol=1e-5)
    halves = mean_gain(value, [(*range(3), *range(3, 7)), (*range(3, 7), *range(3))], 7)
    one = np.array([piece.score for piece in scores[1].pieces])
    assert one[:3].sum() == pytest.approx(halves[:3].sum(), abs=1e-5)
    assert np.ptp(one[:3]) < 1e-9
    assert all(
        found.total == pytest.approx(change, abs=1e-5) and found.passes <= samples
        for found, samples in zip(scores, (3, 5, 13, 1001), strict=True)
    )


def test_a_text_is_cut_at_its_strongest_end_near_the_middle(bert):
    def cut(text):
        segments = segment(bert, text)
        place = cut_of(segments, 0, len(segments))
        return text[: segments.spans[place].start]

    assert cut("free free home. love now call now free") == "free free home. "
    assert cut("free, free home. love now call now free") == "free, free home. "
    assert cut("free home\nlove. now call free") == "free home\n"
    assert cut("one. love home here now free call won prize you won") == "one. love home here now "
    assert cut("free love") == "free "


@pytest.mark.parametrize("name", ["bert", "gpt2"])
def test_sampled_shapley_values_are_as_close_as_their_errors_say(name):
    classifier, text = architectures.build(name), "you won free love here"
    _, value = odds(classifier, text)
    exact = mean_gain(value, permutations(range(5)), 5)
    found = attribute(classifier, text, "LABEL_1", method="shapley_sampling", samples=400)
    assert found.parameters["orders"] == 100
    off = np.abs([piece.score for piece in found.pieces] - exact)
    errors = np.array([piece.error for piece in found.pieces])
    assert (off < 4 * errors).all()
    assert (errors < 0.2 * np.abs(exact).max()).all()
    assert found.passes <= 2**5 + 1
    assert found.total == pytest.approx(found.value - found.baseline, abs=1e-5)
    few = attribute(classifier, text, "LABEL_1", method="shapley_sampling", samples=40)
    assert np.mean([piece.error for piece in few.pieces]) > 2 * errors.mean()


def test_limes_kernel_is_that_of_the_lime_package():
    masks = np.random.default_rng(0).random((30, 12)) < 0.6
    masks[0], masks[1] = True, False
    distance = 100 * pairwise_distances(masks.astype(float), np.ones((1, 12)), metric="cosine").ravel()
    np.testing.assert_allclose(kernel(masks, 25.0), np.sqrt(np.exp(-(distance**2) / 25.0**2)), atol=1e-12)


def test_few_words_get_the_scores_that_many_samples_tend_to(bert):
    counted = attribute(bert, SEVEN, "LABEL_1", method="lime", samples=128)
    drawn = attribute(bert, SEVEN + " ok ok ok", "LABEL_1", method="lime", samples=6000)
    more = attribute(bert, SEVEN + " ok ok ok", "LABEL_1", method="lime", samples=6000, seed=5)
    assert counted.parameters["masks"] == 128
    assert counted.passes == 128
    assert drawn.passes <= 2**10 + 1
    np.testing.assert_allclose(
        [piece.score for piece in drawn.pieces],
        [piece.score for piece in more.pieces],
        atol=0.05 * max(abs(p.score) for p in more.pieces),
    )
