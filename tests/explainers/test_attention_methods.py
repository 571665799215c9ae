"""Rollout and attention times gradient, by hand from the weights that transformers itself puts out."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from explainers import AskWhyError, attribute
from explainers.attribution.attention import showing_attention

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

TEXT = TEXTS[0]
CLS_FIRST = ("bert", "roberta", "distilbert", "electra", "deberta-v2", "mpnet")
LAST = ("gpt2", "llama", "qwen3", "gemma2")


def passed(name):
    """A classifier, its attention weights of one text in a graph, and the log-odds of class 1."""
    classifier = architectures.build(name)
    classifier.model.set_attn_implementation("eager")
    encoding = classifier.encode(TEXT)
    table = classifier.model.get_input_embeddings()
    handle = table.register_forward_hook(lambda module, given, output: output.detach().requires_grad_())
    ids = torch.tensor([encoding.ids])
    out = classifier.model(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    handle.remove()
    return classifier, encoding, out.attentions, out.logits[0, 1] - out.logits[0, 0]


def tokens(classifier, method, **options):
    found = attribute(classifier, TEXT, classifier.labels[1], method=method, unit="token", **options)
    return np.array([piece.score for piece in found.pieces]), found


@pytest.mark.parametrize("name", CLS_FIRST + LAST)
def test_rollout(name):
    classifier, encoding, attentions, _ = passed(name)
    words, answers_at = ~np.array(encoding.special), 0 if name in CLS_FIRST else -1
    product = torch.eye(len(encoding.ids))
    for layer, weights in enumerate(attentions):
        product = (weights[0].mean(dim=0) + torch.eye(len(product))) / 2 @ product
        scores, found = tokens(classifier, "attention_rollout", layer=layer)
        np.testing.assert_allclose(scores, product[answers_at].detach().numpy()[words], atol=1e-6)
        assert found.total == pytest.approx(1.0, abs=1e-5)
        assert not found.signed and found.parameters == {"layer": layer}
    last, _ = tokens(classifier, "attention_rollout")
    np.testing.assert_allclose(last, scores, atol=1e-9)


@pytest.mark.parametrize("name", CLS_FIRST + LAST)
def test_attention_times_gradient(name):
    classifier, encoding, attentions, value = passed(name)
    words, answers_at = ~np.array(encoding.special), 0 if name in CLS_FIRST else -1
    gradients = torch.autograd.grad(value, attentions)
    relevance = torch.eye(len(encoding.ids))
    for weights, gradient in zip(attentions, gradients, strict=True):
        relevance = relevance + (weights * gradient).clamp_min(0)[0].mean(dim=0) @ relevance
    relevance = (relevance - torch.eye(len(relevance)))[answers_at].detach().numpy()[words]
    scores, _ = tokens(classifier, "attention_x_gradient")
    np.testing.assert_allclose(scores, relevance, atol=1e-5)
    assert relevance.max() > 1e-3
    other = attribute(classifier, TEXT, classifier.labels[0], method="attention_x_gradient", unit="token")
    assert not np.allclose([piece.score for piece in other.pieces], scores)


def test_a_model_that_takes_the_mean_is_read_at_every_token():
    classifier, encoding, attentions, _ = passed("modernbert")
    product = torch.eye(len(encoding.ids))
    for weights in attentions:
        product = (weights[0].mean(dim=0) + torch.eye(len(product))) / 2 @ product
    scores, found = tokens(classifier, "attention_rollout")
    assert found.total == pytest.approx(1.0, abs=1e-5)
    low, high = (product.detach().numpy()[:, ~np.array(encoding.special)] for _ in range(2))
    assert (low.min(axis=0) <= scores + 1e-6).all() and (scores <= high.max(axis=0) + 1e-6).all()
    assert np.abs(scores - low[0]).max() > 1e-3


def test_the_model_is_as_before(bert):
    before = bert.probabilities(TEXTS)
    assert bert.model.config._attn_implementation == "sdpa"
    with showing_attention(bert):
        assert bert.model.config._attn_implementation == "eager"
        np.testing.assert_allclose(bert.probabilities(TEXTS), before, atol=1e-6)
    with pytest.raises(ZeroDivisionError), showing_attention(bert):
        raise ZeroDivisionError
    assert bert.model.config._attn_implementation == "sdpa" and not bert.model.config.output_attentions


def test_a_model_without_attention_is_refused(monkeypatch):
    classifier = architectures.build("bert")
    kept = classifier.model.base_model.forward

    def silent(*given, **named):
        output = kept(*given, **named)
        output.attentions = None
        return output

    monkeypatch.setattr(classifier.model.base_model, "forward", silent)
    for method in ("attention_rollout", "attention_x_gradient"):
        with pytest.raises(AskWhyError, match="no attention weights to show; choose another method"):
            attribute(classifier, TEXT, method=method)


@pytest.mark.parametrize("method", ["attention_x_gradient", "layer_integrated_gradients", "grad_cam", "integrated_gradients"])
def test_threads_do_not_disturb_each_other(method):
    classifier = architectures.build("bert")
    expected = {text: attribute(classifier, text, method=method).pieces for text in TEXTS[:3]}
    wrong: list[str] = []

    def explain(text):
        for _ in range(4):
            found = [piece.score for piece in attribute(classifier, text, method=method).pieces]
            if not np.allclose(found, [piece.score for piece in expected[text]], atol=1e-5):
                wrong.append(text)

    threads = [threading.Thread(target=explain, args=(text,)) for text in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
