"""Reading a causal language model from a folder or the hub: safetensors only, and no code of the model's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explainers.errors import AskWhyError, closest, reason

DTYPES = ("float32", "bfloat16", "float16")


def load_causal_lm(source: str | Path, device: str, dtype: str) -> tuple[Any, Any]:
    """A causal language model on a device, and its tokenizer.

    Raises AskWhyError when there is none, it is of another kind, or weights are missing.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    if dtype not in DTYPES:
        raise AskWhyError(f"There is no number type '{dtype}'; {closest(dtype, DTYPES)}")
    if isinstance(source, Path) and not (source / "config.json").is_file():
        raise AskWhyError(f"There is no model folder {source}; give a folder with config.json and safetensors weights.")
    try:
        config = AutoConfig.from_pretrained(source, trust_remote_code=False)
    except Exception as error:  # a damaged file can make any part of the library fail, each in its own way
        raise AskWhyError(f"The language model '{source}' could not be loaded: {reason(error)}") from error
    check_kind(config, str(source))
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model, report = AutoModelForCausalLM.from_pretrained(
            source, dtype=dtype, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
    except Exception as error:  # as above
        raise AskWhyError(f"The language model '{source}' could not be loaded: {reason(error)}") from error
    missing = sorted({*report["missing_keys"], *(name for name, *_ in report["mismatched_keys"])})
    if missing:
        raise AskWhyError(
            f"The model '{source}' is no trained causal language model: it has no weights for {missing[0]}; name one that "
            "was trained to write."
        )
    return model.to(device), tokenizer


def check_kind(config: Any, name: str) -> None:
    """Raises AskWhyError for a model that reads in an encoder and writes in a decoder."""
    if getattr(config, "is_encoder_decoder", False):
        raise AskWhyError(
            f"{name} is an encoder-decoder model ({config.model_type}); causal language models are supported, as GPT-2, Llama, "
            "Qwen or Gemma."
        )
