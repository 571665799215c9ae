"""Tiny models with random weights of several architectures, made in a moment and without a download."""

from __future__ import annotations

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from explainers.classifier import Classifier
from explainers.generative import GenerativeModel

TEXTS = (
    "You have won a free prize, call now!",
    "See you at home tonight, love",
    "free free free",
    "Ok.",
    "I don't think he goes to school; he lives around here though",
    "안녕하세요 무료 상품 👍 당첨",
)
PIECES = ("free", "you", "won", "call", "now", "home", "love", "here", "pr", "##ize", "##ool", "##ight")  # as if trained
SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
ROBERTA = SMALL | {"max_position_embeddings": 66, "pad_token_id": 0}
CAUSAL = SMALL | {"num_key_value_heads": 1, "max_position_embeddings": 64}
CONFIGS = {
    "bert": transformers.BertConfig(**SMALL, max_position_embeddings=64),
    "roberta": transformers.RobertaConfig(**ROBERTA),
    "xlm-roberta": transformers.XLMRobertaConfig(**ROBERTA),
    "camembert": transformers.CamembertConfig(**ROBERTA),
    "distilbert": transformers.DistilBertConfig(dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=64),
    "electra": transformers.ElectraConfig(**SMALL, embedding_size=16, max_position_embeddings=64),
    "albert": transformers.AlbertConfig(**SMALL, embedding_size=16, max_position_embeddings=64),
    "deberta-v2": transformers.DebertaV2Config(
        **SMALL, max_position_embeddings=64, relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8
    ),
    "mpnet": transformers.MPNetConfig(**ROBERTA),
    "modernbert": transformers.ModernBertConfig(**SMALL, max_position_embeddings=64, classifier_pooling="mean"),
    "gpt2": transformers.GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=64),
    "llama": transformers.LlamaConfig(**CAUSAL),
    "qwen2": transformers.Qwen2Config(**CAUSAL),
    "qwen3": transformers.Qwen3Config(**CAUSAL, head_dim=8),
    "gemma2": transformers.Gemma2Config(**CAUSAL, head_dim=8, query_pre_attn_scalar=8),
    "gemma3": transformers.Gemma3TextConfig(**CAUSAL, head_dim=8, query_pre_attn_scalar=8),
}


CHAT = (
    "{% for turn in messages %}[CLS] {{ turn['role'] }} {{ turn['content'] | trim }} [SEP] {% endfor %}"
    "{% if add_generation_prompt %}[CLS] you {% endif %}"
)
GENERATIVE = ("gpt2", "llama", "qwen2", "qwen3", "gemma2", "gemma3")


def build(architecture: str, labels: int = 2, **options: object) -> Classifier:
    """A classifier whose weights are large enough that its answers vary from text to text."""
    tokenizer = _tokenizer()
    config = type(CONFIGS[architecture]).from_dict(CONFIGS[architecture].to_dict())
    config.vocab_size, config.num_labels, config.pad_token_id = len(tokenizer), labels, tokenizer.pad_token_id
    for name, value in options.items():
        setattr(config, name, value)
    torch.manual_seed(3)
    model = transformers.AutoModelForSequenceClassification.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1.2 / parameter.shape[-1] ** 0.5)
        model.get_input_embeddings().weight.normal_(0, 1)
    return Classifier(model, tokenizer, name=architecture)


def _tokenizer() -> PreTrainedTokenizerFast:
    normalizer = normalizers.BertNormalizer(lowercase=True)
    letters = sorted({letter for text in TEXTS for letter in normalizer.normalize_str(text) if not letter.isspace()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters), *PIECES]
    made = Tokenizer(models.WordPiece({piece: place for place, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = normalizer
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", model_max_length=60
    )


def build_generative(architecture: str, chat: bool = False, **options: object) -> GenerativeModel:
    """A causal language model with the same tokenizer, which here sets nothing around a text."""
    tokenizer = _tokenizer()
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(single="$A", special_tokens=[])
    if chat:
        tokenizer.chat_template = CHAT
    config = type(CONFIGS[architecture]).from_dict(CONFIGS[architecture].to_dict())
    config.vocab_size, config.pad_token_id, config.eos_token_id = len(tokenizer), tokenizer.pad_token_id, 3
    config.bos_token_id = 2
    for name, value in options.items():
        setattr(config, name, value)
    torch.manual_seed(3)
    model = transformers.AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 1.2 / parameter.shape[-1] ** 0.5)
        model.get_input_embeddings().weight.normal_(0, 1)
    return GenerativeModel(model, tokenizer, name=architecture)
