"""Hidden tokens that are not computed leave the answer as it is; where they would not, they are computed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch
import transformers

from explainers import AskWhyError, Classifier, attribute
from explainers.encoding import Encoding
from explainers.places import computed

from tests.explainers import architectures, test_forward_pass
from tests.explainers.architectures import SMALL, TEXTS
from tests.explainers.conftest import byte_tokenizer
from tests.explainers.test_forward_pass import CAUSAL_MODELS, ENCODERS, encoder

MORE = {
    "opt": transformers.OPTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, ffn_dim=24, max_position_embeddings=64, word_embed_proj_dim=16
    ),
    "falcon": transformers.FalconConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        alibi=True,
        new_decoder_architecture=False,
        parallel_attn=False,
    ),
    "biogpt": transformers.BioGptConfig(**SMALL, max_position_embeddings=64),
    "mpt": transformers.MptConfig(d_model=16, n_layers=2, n_heads=2, max_seq_len=64),
}
COMPUTED = {  # by models whose attention counts rows, or that cannot be told places
    "deberta-v2", "mpnet", "modernbert", "modernbert mean", "longformer", "fnet", "convbert", "xlnet",
    "bloom", "mpt",
}  # fmt: skip
NAMES = [*architectures.CONFIGS, *(name for name in ENCODERS if name not in architectures.CONFIGS)]
NAMES += [name for name in (*CAUSAL_MODELS, *MORE) if name not in NAMES and name != "falcon"]


@lru_cache(maxsize=8)
def made(name: str) -> Classifier:
    if name in architectures.CONFIGS or name in ENCODERS:
        return encoder(name)[0]
    tokenizer = byte_tokenizer(["<|end|>", "<pad>"], "", eos_token="<|end|>", pad_token="<pad>")
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    model = test_forward_pass._model((CAUSAL_MODELS | MORE)[name], tokenizer, pad_token_id=1)
    return Classifier(model, tokenizer, name=name)


def hidden(classifier: Classifier) -> tuple[list[Encoding], list[np.ndarray]]:
    """Texts of several lengths, of which anything is hidden: ends, all, runs of tokens, nothing."""
    generator = np.random.default_rng(1)
    encodings, masks = [], []
    for text in (*TEXTS, "free prize call " * 5):
        encoding = classifier.encode(text)
        size = len(encoding.ids)
        some = generator.random((5, size)) < generator.uniform(0.1, 0.9, (5, 1))
        for mask in (*some, np.arange(size) > size // 2, np.arange(size) < size // 2, np.ones(size, bool), np.zeros(size, bool)):
            encodings.append(encoding)
            masks.append(mask)
    return encodings, masks


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_computed_changes_nothing(name, monkeypatch):
    classifier = made(name)
    encodings, masks = hidden(classifier)
    classifier.work.reset()
    found = classifier.forward(encodings, keep=masks)
    tokens = classifier.work.tokens
    monkeypatch.setattr(classifier._places, "packs", lambda length, longest: False)
    classifier.work.reset()
    expected = classifier.forward(encodings, keep=masks)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert expected.std(0).max() > 0.01
    if name in COMPUTED:
        assert tokens == classifier.work.tokens
    else:
        assert tokens < 0.75 * classifier.work.tokens


@pytest.mark.parametrize("told", [True, False])
def test_attention_that_reaches_only_so_far_is_found_by_its_setting_and_without(told, monkeypatch):
    config = transformers.ModernBertDecoderConfig(**SMALL, max_position_embeddings=64, sliding_window=24)
    tokenizer = byte_tokenizer(["<|end|>", "<pad>"], "", eos_token="<|end|>", pad_token="<pad>")
    classifier = Classifier(test_forward_pass._model(config, tokenizer, pad_token_id=1), tokenizer, name="near")
    if not told:
        monkeypatch.setattr("explainers.places.REACHES", ())
    assert not classifier._places.packs(60, 60)
    assert not classifier._places.packs(40, 60)
    assert made("gpt2")._places.packs(60, 60)


def test_a_trial_is_as_long_as_what_it_is_for_and_made_once(monkeypatch):
    classifier, sizes = architectures.build("bert"), []
    monkeypatch.setattr(classifier._places, "_packs_alike", lambda size: sizes.append(size) or True)
    for length in (5, 30, 33, 60, 59, 12):
        assert classifier._places.packs(length, 60)
    assert sizes == [32, 60]
    classifier.forward([classifier.encode(text) for text in TEXTS])
    assert sizes == [32, 60]


def test_the_ends_are_computed_whatever_is_hidden():
    assert computed(np.array([False, True, False, True, False])).tolist() == [0, 1, 3, 4]
    assert computed(np.zeros(3, dtype=bool)).tolist() == [0, 2]
    assert computed(np.zeros(1, dtype=bool)).tolist() == [0]


def test_places_are_counted_as_the_model_counts_them():
    classifier = made("roberta")
    text = "you won<pad> a prize"
    encoding = classifier.encode(text)
    assert 1 in encoding.ids
    keep = np.array([place not in (2, len(encoding.ids) - 3) for place in range(len(encoding.ids))])
    found = classifier.forward([encoding], keep=[keep])
    with torch.no_grad():
        given = {"input_ids": torch.tensor([encoding.ids]), "attention_mask": torch.tensor(keep[None].astype(int))}
        expected = classifier.model(**given).logits
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_a_model_that_counts_what_it_is_shown_is_told_the_places():
    classifier = made("opt")
    assert classifier._places.told
    encoding = classifier.encode("you won free now, call home")
    size = len(encoding.ids)
    keep = np.array([place not in (1, 2, 5) for place in range(size)])
    ids, mask = torch.tensor([encoding.ids]), torch.tensor(keep[None].astype(int))
    with torch.no_grad():
        states = classifier.model.model(input_ids=ids, attention_mask=mask, position_ids=torch.arange(size)[None])
        expected = classifier.model.score(states.last_hidden_state[:, -1])
        moved = classifier.model(input_ids=ids, attention_mask=mask).logits
    torch.testing.assert_close(classifier.forward([encoding], keep=[keep]), expected, atol=1e-5, rtol=0)
    assert (moved - expected).abs().max() > 1e-3


def test_distances_of_linear_biases_stay_as_they_are():
    tokenizer = byte_tokenizer(["<|end|>"], "", eos_token="<|end|>")
    classifier = Classifier(
        test_forward_pass._model(CAUSAL_MODELS["bloom"], tokenizer, pad_token_id=None), tokenizer, name="bloom"
    )
    plain = test_forward_pass._model(CAUSAL_MODELS["bloom"], tokenizer, pad_token_id=0)
    encoding = classifier.encode("you won free now, call home")
    keep = np.array([place not in (1, 2, 5) for place in range(len(encoding.ids))])

    def hide(module, given, named):  # in each layer, so that nothing counts what is shown
        rows = named["attention_mask"].shape[-2] if named["attention_mask"] is not None else len(keep)
        shown = torch.tril(torch.ones(rows, rows, dtype=torch.bool)) & torch.from_numpy(keep)
        return given, named | {
            "attention_mask": torch.zeros(1, 1, rows, rows).masked_fill(~shown, torch.finfo(torch.float32).min)
        }

    for block in plain.transformer.h:
        block.register_forward_pre_hook(hide, with_kwargs=True)
    with torch.no_grad():
        expected = plain.score(plain.transformer(input_ids=torch.tensor([encoding.ids])).last_hidden_state[:, -1])
    torch.testing.assert_close(classifier.forward([encoding], keep=[keep]), expected, atol=1e-5, rtol=0)


def test_a_model_that_would_move_the_others_is_refused():
    classifier = made("falcon")
    text = "you won free now, call home"
    assert classifier._places.moves
    for method in ("occlusion", "lime", "kernel_shap", "partition_shap", "shapley_sampling"):
        with pytest.raises(AskWhyError, match="counts only the words it is shown.*gradients, as integrated_gradients"):
            attribute(classifier, text, method=method)
    assert attribute(classifier, text, method="input_x_gradient").pieces
    encoding = classifier.encode(text)
    assert classifier.forward([encoding], keep=[np.arange(len(encoding.ids)) < 4]).isfinite().all()  # nothing is behind it
