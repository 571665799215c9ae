"""Classifiers that several modules are tested on; all are tiny and made here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
import transformers
from hypothesis import HealthCheck, settings
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from explainers import Classifier
from explainers.assets import CACHE_VARIABLE
from explainers.units import assign, units

from tests.explainers import architectures
from tests.explainers.architectures import SMALL, TEXTS

# as in tests/assistant: the last profile that is loaded holds for the whole run, so they are alike
settings.register_profile(
    "explainers", max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("explainers")


@pytest.fixture(autouse=True)
def _own_cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test but the real ones touches the person's own cache."""
    if not request.node.get_closest_marker("real"):
        monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path_factory.getbasetemp() / "cache"))


def byte_tokenizer(order: Sequence[str], template: str = "", **special: str) -> transformers.PreTrainedTokenizerFast:
    """A byte-level tokenizer, as GPT-2 and RoBERTa have; `order` are its special tokens from id 0 on."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        TEXTS, trainers.BpeTrainer(vocab_size=330, special_tokens=list(order), initial_alphabet=alphabet, show_progress=False)
    )
    if template:
        ids = [(token, made.token_to_id(token)) for token in order]
        made.post_processor = processors.TemplateProcessing(single=template, special_tokens=ids)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=60, **special)


@pytest.fixture(params=["bart", "t5"])
def encoder_decoder(request: pytest.FixtureRequest) -> Classifier:
    """A model that reads a text twice: in its encoder, and moved by one place in its decoder."""
    tokenizer = byte_tokenizer(["<s>", "<pad>", "</s>"], "<s> $A </s>", pad_token="<pad>", eos_token="</s>")
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    known = {"vocab_size": len(tokenizer), "num_labels": 2, "pad_token_id": 1, "eos_token_id": 2}
    bart = {"encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    configs = {
        "t5": transformers.T5Config(d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2, decoder_start_token_id=1, **known),
        "bart": transformers.BartConfig(d_model=16, encoder_ffn_dim=24, max_position_embeddings=64, **bart, **known),
    }
    torch.manual_seed(3)
    model = transformers.AutoModelForSequenceClassification.from_config(configs[request.param])
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1.2 / parameter.shape[-1] ** 0.5)
    return Classifier(model, tokenizer, name=request.param)


def bare_gpt2(labels: int = 2) -> tuple[transformers.PreTrainedModel, transformers.PreTrainedTokenizerFast]:
    """GPT-2 as it is published: no padding token, and no special token around the text."""
    tokenizer = byte_tokenizer(["<|endoftext|>"], eos_token="<|endoftext|>")
    torch.manual_seed(5)
    config = transformers.GPT2Config(
        n_embd=16, n_layer=2, n_head=2, n_positions=64, vocab_size=len(tokenizer), num_labels=labels, initializer_range=0.4,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return transformers.GPT2ForSequenceClassification(config).eval(), tokenizer


def byte_roberta(labels: int = 3) -> tuple[transformers.PreTrainedModel, transformers.PreTrainedTokenizerFast]:
    """RoBERTa as it is published: <s> text </s>, and 1 for the padding, from which its positions are counted."""
    tokenizer = byte_tokenizer(
        ["<s>", "<pad>", "</s>"],
        "<s> $A </s>",
        bos_token="<s>",
        cls_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
    )
    torch.manual_seed(6)
    config = transformers.RobertaConfig(
        **SMALL, max_position_embeddings=66, pad_token_id=1, vocab_size=len(tokenizer), num_labels=labels, initializer_range=0.4
    )
    return transformers.RobertaForSequenceClassification(config).eval(), tokenizer


@pytest.fixture(scope="session")
def bert() -> Classifier:
    return architectures.build("bert")


@pytest.fixture(scope="session")
def gpt2() -> Classifier:
    return Classifier(*bare_gpt2(), name="gpt2")


@pytest.fixture(scope="session")
def roberta() -> Classifier:
    return Classifier(*byte_roberta(), name="roberta")


class Additive(Classifier):
    """The log-odds of class 1 are the sum of the weights of the words it sees; `bonus` comes with all of them together."""

    weights: dict[str, float] = {}
    bonus = 0.0

    def forward(self, encodings, keep=None, progress=None):
        logits = torch.zeros((len(encodings), 2))
        for row, encoding in enumerate(encodings):
            kept = np.ones(len(encoding.ids), dtype=bool) if keep is None else keep[row]
            words = units(encoding.text, "word")
            hidden = {
                owner for owner, shown in zip(assign(encoding.text, encoding.offsets, words), kept, strict=True) if not shown
            }
            seen = {word.of(encoding.text) for place, word in enumerate(words) if place not in hidden}
            logits[row, 1] = sum(self.weights.get(word, 0.0) for word in seen) + self.bonus * (set(self.weights) <= seen)
        return logits


@pytest.fixture
def additive() -> Additive:
    made = architectures.build("bert")
    made.__class__ = Additive
    return made
