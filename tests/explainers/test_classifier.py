"""A classifier answers what its model answers, however it is asked, and says clearly what it cannot take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explainers import Classifier

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS
from tests.explainers.conftest import bare_gpt2, byte_roberta

MIXED = (*TEXTS, "free prize " * 12, "call", "you won")


@pytest.mark.parametrize("made", [bare_gpt2, byte_roberta])
def test_published_shapes_of_models_keep_their_answers(made):
    model, tokenizer = made()
    with torch.no_grad():  # before AskWhy has touched the model
        plain = [torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits, -1)[0].numpy() for text in MIXED]
    np.testing.assert_allclose(Classifier(model, tokenizer, name="x").probabilities(MIXED), plain, atol=1e-5)
    assert np.std(plain, axis=0).max() > 0.01


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_batches_order_and_padding_change_nothing(name, request, monkeypatch):
    classifier = request.getfixturevalue(name)
    alone = np.vstack([classifier.probabilities([text]) for text in MIXED])
    np.testing.assert_allclose(classifier.probabilities(MIXED), alone, atol=1e-5)
    order = np.random.default_rng(0).permutation(len(MIXED))
    np.testing.assert_allclose(classifier.probabilities([MIXED[row] for row in order]), alone[order], atol=1e-5)
    monkeypatch.setattr(classifier.queue, "budget", 30)
    np.testing.assert_allclose(classifier.probabilities(MIXED), alone, atol=1e-5)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_what_is_hidden_can_be_anything(name, request):
    classifier = request.getfixturevalue(name)
    encoding = classifier.encode("you won free now")
    other = replace(encoding, ids=(encoding.ids[0], 5 if encoding.ids[1] != 5 else 6, *encoding.ids[2:]))
    keep = np.ones(len(encoding.ids), dtype=bool)
    keep[1] = False
    hidden = classifier.forward([encoding, other], keep=[keep, keep])
    torch.testing.assert_close(hidden[0], hidden[1], atol=1e-5, rtol=0)
    shown = classifier.forward([encoding, other])
    assert (shown[0] - shown[1]).abs().max() > 1e-3
    assert (shown[0] - hidden[0]).abs().max() > 1e-3


def test_a_hidden_token_keeps_its_place(bert):
    encoding = bert.encode("you won free now")
    keep = np.array([place != 2 for place in range(len(encoding.ids))])
    with torch.no_grad():
        mask = torch.tensor(keep[None].astype(int))
        plain = bert.model(input_ids=torch.tensor([encoding.ids]), attention_mask=mask).logits
    torch.testing.assert_close(bert.forward([encoding], keep=[keep]), plain, atol=1e-5, rtol=0)


def test_a_causal_model_answers_at_the_last_token_that_is_shown(gpt2):
    encoding, start = gpt2.encode("you won free now"), gpt2.encode("you won free")
    keep = np.arange(len(encoding.ids)) < len(start.ids)
    assert encoding.ids[: len(start.ids)] == start.ids
    torch.testing.assert_close(gpt2.forward([encoding], keep=[keep]), gpt2.forward([start]), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_only_a_text_that_is_cut_says_so(name, request):
    classifier = request.getfixturevalue(name)
    assert classifier.max_tokens == 60
    lengths = {}
    for count in range(1, 70):
        encoding = classifier.encode(" ".join(["a"] * count))
        whole = len(classifier.tokenizer(encoding.text)["input_ids"])
        lengths[encoding.truncated] = len(encoding.ids)
        assert encoding.truncated == (whole > 60)
        assert len(encoding.ids) == min(whole, 60)
    assert set(lengths) == {True, False}
    assert np.isfinite(classifier.probabilities(["free prize " * 500])).all()


@pytest.mark.parametrize(("made", "expected"), [(bare_gpt2, 64), (byte_roberta, 64)])
def test_a_tokenizer_without_a_limit_is_held_to_the_positions_of_the_model(made, expected):
    classifier = Classifier(*made(), name="x")
    classifier.tokenizer.model_max_length = 10**30
    assert classifier.max_tokens == expected
    assert np.isfinite(classifier.probabilities(["free " * 100])).all()


def test_progress_ends_at_everything(bert, monkeypatch):
    monkeypatch.setattr(bert.queue, "budget", 40)
    told: list[float] = []
    bert.probabilities(MIXED, told.append)
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 1.0
    assert bert.probabilities([]).shape == (0, 2)


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_log_odds_are_the_logit_of_the_probability_and_do_not_saturate(labels):
    classifier = architectures.build("bert", labels)
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    for target in range(labels):
        p = torch.softmax(logits.double(), -1)[:, target]
        torch.testing.assert_close(classifier.as_log_odds(logits, target).double(), torch.logit(p), atol=1e-4, rtol=1e-4)
    sure = torch.zeros((1, labels))
    sure[0, 0] = 80.0
    assert float(classifier.as_log_odds(sure, 0)) == pytest.approx(80 - np.log(labels - 1), abs=1e-4)


def test_log_odds_of_a_multi_label_model():
    classifier = architectures.build("bert", 3, problem_type="multi_label_classification")
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    for target in range(3):
        p = torch.sigmoid(logits.double())[:, target]
        torch.testing.assert_close(classifier.as_log_odds(logits, target).double(), torch.logit(p), atol=1e-4, rtol=1e-4)
