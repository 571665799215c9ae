"""Tiny models with random weights, made in a moment and without a download."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from explainers.classifier import Classifier
from explainers.generative import GenerativeModel

TOKENS = 48  # the longest input of the tiny classifier


def classifier(texts: Sequence[str], labels: Sequence[str] = ("ham", "spam"), seed: int = 1) -> Classifier:
    """A one-layer BERT whose weights are large enough that its answers vary, and are balanced over `texts`."""
    tokenizer = _wordpiece(texts)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=TOKENS, num_labels=len(labels),
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 1.5 / parameter.shape[1] ** 0.5)
        words = model.bert.embeddings.word_embeddings.weight
        words.copy_(torch.randn(words.shape, generator=generator))
        model.bert.embeddings.position_embeddings.weight.mul_(0.1)
        model.classifier.weight.mul_(2)
    made = Classifier(model, tokenizer, name="tiny filter", labels=labels)
    with torch.no_grad():
        model.classifier.bias.sub_(made.forward([made.encode(text) for text in texts]).mean(dim=0))
    return made


def _wordpiece(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    made.train_from_iterator(texts, trainer)
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", model_max_length=TOKENS
    )


def byte_tokenizer(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """Byte-level BPE: every text can be spelled, with or without the few merges learned from `texts`."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>", pad_token="<|end|>")


def causal_lm(vocabulary: int, seed: int = 0) -> LlamaForCausalLM:
    """A two-layer Llama with random weights."""
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=1024, tie_word_embeddings=False,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) / parameter.shape[1] ** 0.5)
    return model.eval()


CHAT = "{% for turn in messages %}<|{{ turn['role'] }}|>{{ turn['content'] }}<|end|>{% endfor %}<|assistant|>"


def generator(texts: Sequence[str], *, chat: bool = False, seed: int = 0) -> GenerativeModel:
    """A causal language model that says pieces of the words of `texts`, and never a single letter, nor an end."""
    tokenizer = byte_tokenizer(texts)
    if chat:
        tokenizer.chat_template = CHAT
    model = causal_lm(len(tokenizer), seed)
    single = [place for piece, place in tokenizer.get_vocab().items() if len(piece) == 1 or piece == "<|end|>"]
    with torch.no_grad():
        model.lm_head.weight[single] = 0
    model.config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    return GenerativeModel(model, tokenizer, name="tiny writer")
