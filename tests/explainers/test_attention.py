"""Attention, from tokens to words."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from explainers import AskWhyError, attention
from explainers.attention import attention_weights
from explainers.masking import segment

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

TEXT = TEXTS[0]


@pytest.mark.parametrize("name", architectures.CONFIGS)
def test_every_row_is_shared_out_and_the_model_stays_as_it_was(name):
    classifier = architectures.build(name)
    before = classifier.model.config._attn_implementation
    weights = attention_weights(classifier, classifier.encode(TEXT))
    size = len(classifier.encode(TEXT).ids)
    assert weights.shape == (2, 2, size, size)
    np.testing.assert_allclose(weights.sum(-1), 1.0, atol=1e-5)
    assert classifier.model.config._attn_implementation == before
    found = attention(classifier, TEXT)
    np.testing.assert_allclose(np.sum(found.weights, axis=1).mean() + found.to_special, 1.0, atol=1e-5)


def test_words_are_gathered_from_tokens(bert):
    found = attention(bert, TEXT, layer=1, head=0, top=100)
    made = segment(bert, TEXT)
    weights = attention_weights(bert, made.encoding)[1, 0]
    for i in range(len(made)):
        for j in range(len(made)):
            by_hand = weights[np.ix_(made.owners == i, made.owners == j)].sum(axis=1).mean()
            assert found.weights[i][j] == pytest.approx(by_hand, abs=1e-6)
    assert [piece.text for piece in found.pieces] == [span.of(TEXT) for span in made.spans]
    assert len(found.pairs) == len(made) * (len(made) - 1)
    assert all(pair.source != pair.target for pair in found.pairs)
    assert [pair.weight for pair in found.pairs] == sorted((pair.weight for pair in found.pairs), reverse=True)
    assert found.to_special == pytest.approx(found.special_by_head[1][0])
    assert json.loads(json.dumps(found.to_dict()))["pairs"][0]["weight"] == found.pairs[0].weight


def test_without_layer_and_head_it_is_the_mean(bert):
    parts = [[attention(bert, TEXT, layer=layer, head=head).weights for head in range(2)] for layer in range(2)]
    np.testing.assert_allclose(attention(bert, TEXT).weights, np.mean(parts, axis=(0, 1)), atol=1e-6)
    np.testing.assert_allclose(attention(bert, TEXT, layer=1).weights, np.mean(parts[1], axis=0), atol=1e-6)
    np.testing.assert_allclose(attention(bert, TEXT, head=0).weights, np.mean([row[0] for row in parts], axis=0), atol=1e-6)


def test_a_causal_model_looks_back_only(gpt2):
    weights = np.array(attention(gpt2, "free prize now").weights)
    assert np.triu(weights, 1).max() == 0.0


def test_showing_attention_changes_no_answer(bert):
    encoding = bert.encode(TEXT)
    own = bert.model(input_ids=torch.tensor([encoding.ids])).logits
    attention(bert, TEXT)
    torch.testing.assert_close(bert.model(input_ids=torch.tensor([encoding.ids])).logits, own, rtol=0, atol=0)


def test_one_word(bert):
    found = attention(bert, "free")
    assert (found.pairs, len(found.pieces)) == ((), 1)
    assert 0 < found.to_special < 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layer": 2}, "no layer 2; its layers are 0 to 1"),
        ({"layer": -1}, "no layer -1"),
        ({"head": 7}, "no head 7; its heads are 0 to 1"),
        ({"unit": "verse"}, "no unit"),
        ({"top": 0}, "At least one pair"),
        ({"text": ""}, "no words"),
    ],
)
def test_bad_input_is_refused(bert, options, said):
    with pytest.raises(AskWhyError, match=said):
        attention(bert, **({"text": TEXT} | options))


def test_a_model_without_attention_is_refused(bert, monkeypatch):
    monkeypatch.setattr(type(bert.model), "set_attn_implementation", lambda self, name: None)
    forward = type(bert.model).forward

    def silent(self, *args, output_attentions=None, **options):
        return forward(self, *args, **options)

    monkeypatch.setattr(type(bert.model), "forward", silent)
    with pytest.raises(AskWhyError, match="no attention"):
        attention(bert, TEXT)
