"""What is hardly a text, and a model that is hardly a model: a sentence that says so, or a defined result."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainers import METHODS, AskWhyError, attribute, faithfulness

from tests.explainers import architectures

HIDING = [name for name, method in METHODS.items() if method.family in ("perturbation", "shapley")]


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("method", HIDING)
@pytest.mark.parametrize("kind", ["special tokens as words", "unknown to the model", "one token"])
def test_what_says_little_gets_scores_all_the_same(name, method, kind, request):
    classifier = request.getfixturevalue(name)
    special = classifier.tokenizer.all_special_tokens
    text = {"special tokens as words": " ".join(special * 2), "unknown to the model": "☃ ☃☃ ۞", "one token": "a"}[kind]
    if name == "bert" and kind == "unknown to the model":
        assert set(classifier.encode(text).ids[1:-1]) == {classifier.tokenizer.unk_token_id}
    found = attribute(classifier, text, method=method, **({"samples": 40} if "samples" in METHODS[method].options else {}))
    assert found.pieces and all(text[piece.start : piece.end] == piece.text for piece in found.pieces)
    assert np.isfinite([piece.score for piece in found.pieces]).all()
    if METHODS[method].complete:
        assert found.total == pytest.approx(found.value - found.baseline, abs=1e-4)
    assert np.isfinite(faithfulness(classifier, [found])[0].score)


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("method", HIDING)
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_but_the_models_own_tokens_is_refused(name, method, text, request):
    with pytest.raises(AskWhyError, match="There are no words in this text that the model can"):
        attribute(request.getfixturevalue(name), text, method=method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("part", ["embeddings", "head"])
def test_weights_that_are_no_numbers_are_told_before_any_score(method, part):
    classifier = architectures.build("bert")
    with torch.no_grad():
        weights = classifier.model.classifier.weight if part == "head" else classifier.model.get_input_embeddings().weight
        weights.fill_(float("nan"))
    with pytest.raises(AskWhyError, match="not a number; its weights are damaged"):
        attribute(classifier, "you won a free prize", method=method)


@pytest.mark.parametrize("method", HIDING)
def test_a_word_whose_weights_are_no_numbers_is_told_too(method):
    classifier = architectures.build("bert")
    word = classifier.encode("free").ids[1]
    with torch.no_grad():
        classifier.model.get_input_embeddings().weight[word] = float("inf")
    with pytest.raises(AskWhyError, match="not a number; its weights are damaged"):
        attribute(classifier, "you won a free prize", method=method)
    assert attribute(classifier, "you won a prize", method=method).pieces


def test_a_model_that_shows_nothing_to_hide_reads_one_blank(gpt2):
    encodings = [gpt2.encode(text) for text in ("free", "you won a prize", "love love love here")]
    nothing = gpt2.forward(encodings, keep=[np.zeros(len(encoding.ids), dtype=bool) for encoding in encodings])
    torch.testing.assert_close(nothing, nothing[:1].expand(3, -1), atol=1e-5, rtol=0)
    with torch.no_grad():
        blank = gpt2.model(input_ids=torch.tensor([[0]])).logits
    torch.testing.assert_close(nothing[:1], blank, atol=1e-5, rtol=0)


def test_a_padding_token_that_only_the_tokenizer_has_is_no_baseline():
    classifier = architectures.build("bert")
    usual = attribute(classifier, "free prize")
    classifier.tokenizer.add_special_tokens({"pad_token": "[NEW]"})
    assert classifier.tokenizer.pad_token_id >= classifier.model.get_input_embeddings().weight.shape[0]
    assert [piece.score for piece in attribute(classifier, "free prize").pieces] == [piece.score for piece in usual.pieces]


def test_half_a_layer_is_refused(bert):
    with pytest.raises(AskWhyError, match=r"There is no layer 1\.5"):
        attribute(bert, "free prize", method="layer_integrated_gradients", layer=1.5)
