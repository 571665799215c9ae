"""Each text gets the answer that the model gives to it alone, whatever is in the batch, is hidden, or pads it."""

from __future__ import annotations

import threading
from functools import lru_cache

import numpy as np
import pytest
import torch
import transformers

from explainers import AskWhyError, Classifier

from tests.explainers import architectures
from tests.explainers.architectures import SMALL, TEXTS
from tests.explainers.conftest import byte_tokenizer

CAUSAL = SMALL | {"num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 64}
SHIFTED = SMALL | {"max_position_embeddings": 66, "pad_token_id": 1}
END = "<|end|>"
CAUSAL_MODELS = {
    "gpt2": transformers.GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=64),
    "llama": transformers.LlamaConfig(**CAUSAL),
    "qwen2": transformers.Qwen2Config(**CAUSAL),
    "qwen3": transformers.Qwen3Config(**CAUSAL),
    "gemma2": transformers.Gemma2Config(**CAUSAL),
    "gemma3": transformers.Gemma3TextConfig(**CAUSAL),
    "modernbert-decoder": transformers.ModernBertDecoderConfig(**SMALL, max_position_embeddings=64),
    "bloom": transformers.BloomConfig(hidden_size=16, n_layer=2, n_head=2),
    "gpt-neox": transformers.GPTNeoXConfig(**SMALL, max_position_embeddings=64),
}
# what the tokenizer appends, its padding token, and the padding id in the model's settings
PADDINGS = {
    "nothing": ("", None, None),
    "an end": (f"$A {END}", None, None),
    "an end that pads": (f"$A {END}", END, 0),
    "an end, padding apart": (f"$A {END}", "<pad>", 1),
    "padding only the tokenizer knows": (f"$A {END}", END, None),
}
ENCODERS = {
    "roberta": transformers.RobertaConfig(**SHIFTED),
    "xlm-roberta": transformers.XLMRobertaConfig(**SHIFTED),
    "camembert": transformers.CamembertConfig(**SHIFTED),
    "roberta-prelayernorm": transformers.RobertaPreLayerNormConfig(**SHIFTED),
    "data2vec-text": transformers.Data2VecTextConfig(**SHIFTED),
    "xlm-roberta-xl": transformers.XLMRobertaXLConfig(**SHIFTED),
    "ibert": transformers.IBertConfig(**SHIFTED),
    "mpnet": transformers.MPNetConfig(**SHIFTED),
    "longformer": transformers.LongformerConfig(**SHIFTED, attention_window=[8, 8]),
    "deberta-v2": transformers.DebertaV2Config(
        **SMALL, max_position_embeddings=64, relative_attention=True, pos_att_type=["p2c", "c2p"], pooler_hidden_size=16
    ),
    "modernbert": transformers.ModernBertConfig(**SMALL, max_position_embeddings=64, local_attention=8),
    "modernbert mean": transformers.ModernBertConfig(
        **SMALL, max_position_embeddings=64, local_attention=8, classifier_pooling="mean"
    ),
    "fnet": transformers.FNetConfig(hidden_size=16, num_hidden_layers=2, intermediate_size=24, max_position_embeddings=64),
    "convbert": transformers.ConvBertConfig(
        **SMALL, embedding_size=16, max_position_embeddings=64, conv_kernel_size=3, head_ratio=1
    ),
    "xlnet": transformers.XLNetConfig(d_model=16, n_layer=2, n_head=2, d_inner=24),
}
UNPADDED = {"fnet", "convbert", "xlnet"}  # these mix padding into their answers


def _tokenizer(template: str, padding: str | None) -> transformers.PreTrainedTokenizerFast:
    made = byte_tokenizer([END, "<pad>", "<s>"], template, eos_token=END, **({"pad_token": padding} if padding else {}))
    made.model_input_names = ["input_ids", "attention_mask"]
    return made


def _model(config: transformers.PretrainedConfig, tokenizer: transformers.PreTrainedTokenizerFast, **options: object):
    config = type(config).from_dict(config.to_dict())
    for name, value in {"vocab_size": len(tokenizer), "num_labels": 3, **options}.items():
        setattr(config, name, value)
    torch.manual_seed(3)
    model = transformers.AutoModelForSequenceClassification.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1.2 / parameter.shape[-1] ** 0.5)
    return model


def _alone(model, tokenizer) -> torch.Tensor:
    """What the model says to each text alone, before anything else has touched it."""
    with torch.no_grad():
        return torch.cat([model(**tokenizer(text, return_tensors="pt")).logits for text in TEXTS])


def _answers(classifier: Classifier) -> dict[str, torch.Tensor]:
    encodings = [classifier.encode(text) for text in TEXTS]
    with torch.no_grad():
        embedded = [classifier.from_embeddings(classifier.embed(encoding)[0].repeat(2, 1, 1), encoding) for encoding in encodings]
    return {
        "together": classifier.forward(encodings),
        "one by one": torch.cat([classifier.forward([encoding]) for encoding in encodings]),
        "in a batch of its own": torch.cat(
            [classifier.forward([encoding] * 2, keep=[_all(encoding), _without(encoding, 1)])[:1] for encoding in encodings]
        ),
        "from embeddings": torch.cat([rows[1:] for rows in embedded]),
    }


def _all(encoding) -> np.ndarray:
    return np.ones(len(encoding.ids), dtype=bool)


def _without(encoding, *places: int) -> np.ndarray:
    return np.array([place not in places for place in range(len(encoding.ids))])


@pytest.mark.parametrize(
    ("name", "padding"),
    [
        (name, padding)
        for name in CAUSAL_MODELS
        for padding, (_, _, setting) in PADDINGS.items()
        if not (name == "modernbert-decoder" and setting is None)  # its settings cannot be without a padding id
    ],
)
def test_a_causal_model_gives_its_own_answer(name, padding):
    template, token, setting = PADDINGS[padding]
    tokenizer = _tokenizer(template, token)
    model = _model(CAUSAL_MODELS[name], tokenizer, pad_token_id=setting, eos_token_id=0, bos_token_id=0)
    own = _alone(model, tokenizer)
    assert own.std(0).max() > 0.01
    for how, found in _answers(Classifier(model, tokenizer, name=name)).items():
        torch.testing.assert_close(found, own, atol=1e-5, rtol=1e-5, msg=lambda text, how=how: f"{how}: {text}")


@pytest.mark.parametrize("name", ["gpt2", "llama", "gemma3"])
def test_a_causal_model_answers_at_the_last_token_it_is_shown(name):
    tokenizer = _tokenizer("", None)
    classifier = Classifier(_model(CAUSAL_MODELS[name], tokenizer, pad_token_id=None), tokenizer, name=name)
    encoding, start = classifier.encode("you won free now"), classifier.encode("you won free")
    assert encoding.ids[: len(start.ids)] == start.ids
    keep = np.arange(len(encoding.ids)) < len(start.ids)
    torch.testing.assert_close(classifier.forward([encoding], keep=[keep]), classifier.forward([start]), atol=1e-5, rtol=0)
    assert torch.isfinite(classifier.forward([encoding], keep=[np.zeros(len(encoding.ids), dtype=bool)])).all()


@lru_cache(maxsize=32)
def encoder(name: str) -> tuple[Classifier, torch.Tensor]:
    if name in architectures.CONFIGS and name not in ENCODERS:
        classifier = architectures.build(name)
        return classifier, _alone(classifier.model, classifier.tokenizer)
    tokenizer = byte_tokenizer(["<s>", "<pad>", "</s>"], "<s> $A </s>", bos_token="<s>", pad_token="<pad>", eos_token="</s>")
    model = _model(ENCODERS[name], tokenizer, pad_token_id=1)
    own = _alone(model, tokenizer)
    return Classifier(model, tokenizer, name=name), own


@pytest.mark.parametrize("name", [*ENCODERS, "bert", "distilbert", "electra", "albert"])
def test_an_encoder_gives_its_own_answer(name):
    classifier, own = encoder(name)
    assert own.std(0).max() > 0.01
    assert classifier.pads == (name not in UNPADDED)
    for how, found in _answers(classifier).items():
        torch.testing.assert_close(found, own, atol=2e-5, rtol=1e-5, msg=lambda text, how=how: f"{how}: {text}")


@pytest.mark.parametrize("name", [*ENCODERS, "bert", "distilbert", "electra", "albert"])
def test_what_is_hidden_says_nothing_and_moves_nothing(name):
    classifier, _ = encoder(name)
    encoding = classifier.encode("you won free now, call home")
    for place in range(1, len(encoding.ids) - 1):
        other = list(encoding.ids)
        other[place] = next(token for token in range(5, 20) if token != encoding.ids[place])
        changed = type(encoding)(**{**vars(encoding), "ids": tuple(other)})
        keep = _without(encoding, place)
        hidden = classifier.forward([encoding, changed], keep=[keep, keep])
        torch.testing.assert_close(hidden[0], hidden[1], atol=1e-6, rtol=0)
    if classifier.pads:  # the attention mask alone, over the model's own ids and so over its own positions
        keep = _without(encoding, 2, 3)
        with torch.no_grad():
            mask = torch.tensor(keep[None].astype(int))
            plain = classifier.model(input_ids=torch.tensor([encoding.ids]), attention_mask=mask).logits
        torch.testing.assert_close(classifier.forward([encoding], keep=[keep]), plain, atol=2e-5, rtol=0)


def test_a_text_that_spells_the_padding_token_is_read_as_the_model_reads_it():
    classifier, _ = encoder("roberta")
    text = "you won<pad> a prize"
    assert 1 in classifier.encode(text).ids
    with torch.no_grad():
        own = classifier.model(**classifier.tokenizer(text, return_tensors="pt")).logits
        embedded = classifier.from_embeddings(classifier.embed(classifier.encode(text))[0], classifier.encode(text))
    for found in (embedded, classifier.forward([classifier.encode(one) for one in (text, *TEXTS)])[:1]):
        torch.testing.assert_close(found, own, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "name", [name for name, config in ENCODERS.items() if getattr(config, "max_position_embeddings", 0) == 66]
)
def test_the_longest_text_ends_where_the_positions_end(name):
    classifier, _ = encoder(name)
    classifier = Classifier(
        classifier.model, byte_tokenizer(["<s>", "<pad>", "</s>"], "<s> $A </s>", pad_token="<pad>"), name=name
    )
    classifier.tokenizer.model_max_length = 10**30
    assert classifier.max_tokens == 64
    encoding = classifier.encode("free " * 200)
    assert (len(encoding.ids), encoding.truncated) == (64, True)
    assert np.isfinite(classifier.probabilities(["free " * 200])).all()


@pytest.mark.parametrize("kind", ["t5", "bart"])
def test_encoder_decoders_answer_but_have_no_gradients(kind):
    tokenizer = byte_tokenizer(["<s>", "<pad>", "</s>"], "<s> $A </s>", pad_token="<pad>", eos_token="</s>")
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    configs = {
        "t5": transformers.T5Config(d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2, decoder_start_token_id=1),
        "bart": transformers.BartConfig(
            d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=64, bos_token_id=0, decoder_start_token_id=2,
        ),
    }  # fmt: skip
    model = _model(configs[kind], tokenizer, pad_token_id=1, eos_token_id=2)
    own = _alone(model, tokenizer)
    classifier = Classifier(model, tokenizer, name=kind)
    encodings = [classifier.encode(text) for text in TEXTS]
    torch.testing.assert_close(classifier.forward(encodings), own, atol=1e-5, rtol=1e-5)
    with pytest.raises(AskWhyError, match="all that an encoder-decoder model reads; choose a method that hides words"):
        classifier.from_embeddings(classifier.embed(encodings[0])[0], encodings[0])


def test_rows_of_several_texts_share_a_batch_of_embeddings(bert):
    encodings = [bert.encode(text) for text in TEXTS]
    tables = [bert.embed(encoding)[0][0] for encoding in encodings]
    padded = torch.nn.utils.rnn.pad_sequence(tables, batch_first=True)
    found = bert.from_embeddings(padded, encodings)
    torch.testing.assert_close(found, bert.forward(encodings), atol=1e-5, rtol=0)


def test_gradients_of_one_visitor_do_not_meet_the_answers_of_another(bert):
    encoding = bert.encode(TEXTS[0])
    expected = bert.forward([encoding])
    blank = bert.embed(encoding)[1]
    wrong: list[float] = []

    def answer() -> None:
        for _ in range(40):
            wrong.append(float((bert.forward([encoding]) - expected).abs().max()))

    thread = threading.Thread(target=answer)
    thread.start()
    while thread.is_alive():
        bert.from_embeddings(blank, encoding)
    assert len(wrong) == 40
    assert max(wrong) < 1e-5
