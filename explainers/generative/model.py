"""A causal language model of transformers, as the explainers need it: prompts in, log-probabilities out, gradients on request."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explainers.attribution.paths import GRADIENT_BUDGETS
from explainers.batching import Queue, Work
from explainers.device import choose_device
from explainers.errors import AskWhyError
from explainers.generative.loading import check_kind, load_causal_lm
from explainers.generative.tokens import Prompt, encode_prompt

UNLIMITED = 10**6  # tokens, of a model whose positions have no end


class GenerativeModel:
    """A causal language model with its tokenizer. Weights are frozen; gradients are taken of the input embeddings only."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str, device: str = "cpu") -> None:
        check_kind(model.config, name)
        self.model = model.to(device).eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.name = name
        self.device = device
        self.work = Work()
        self.queue = Queue(device)
        self.gradient_queue = Queue(device)
        self.gradient_queue.budget = GRADIENT_BUDGETS.get(device.partition(":")[0], GRADIENT_BUDGETS["cpu"])

    @classmethod
    def load(
        cls, source: str | Path, *, device: str = "auto", dtype: str = "float32", name: str | None = None
    ) -> GenerativeModel:
        """A model from a folder or a hub name; `dtype` is the type of its numbers, float32, bfloat16 or float16.

        Only safetensors weights are read, and no code that comes with a model runs.
        Raises AskWhyError when there is no such model or device, or it is no causal language model.
        """
        device = choose_device(device)
        model, tokenizer = load_causal_lm(source, device, dtype)
        return cls(model, tokenizer, name=name or str(source), device=device)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that an answer follows from: weights, vocabulary, template, configuration."""
        config = {key: value for key, value in self.model.config.to_dict().items() if not key.startswith("_")}
        vocabulary = sorted(self.tokenizer.get_vocab().items())
        facts = [self.model.config.model_type, config, str(self.tokenizer.chat_template), vocabulary]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
        for key, weight in sorted(self.model.state_dict().items()):
            digest.update(f"{key} {weight.dtype} {tuple(weight.shape)}".encode())
            digest.update(weight.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
        return digest.hexdigest()[:16]

    @cached_property
    def max_tokens(self) -> int:
        """The longest text in tokens, prompt and answer together."""
        config = self.model.config.get_text_config()
        named = [getattr(config, name, None) for name in ("max_position_embeddings", "n_positions", "max_seq_len")]
        return int(min(limit for limit in (*named, UNLIMITED) if isinstance(limit, int) and limit > 0))

    @property
    def has_chat(self) -> bool:
        return bool(self.tokenizer.chat_template)

    @cached_property
    def ends(self) -> frozenset[int]:
        """The tokens at which an answer is over."""
        found: set[int] = set()
        for config in (self.model.generation_config, self.model.config, self.tokenizer):
            named = getattr(config, "eos_token_id", None)
            found |= set(named) if isinstance(named, list | tuple) else {named} if named is not None else set()
        return frozenset(found)

    @cached_property
    def blank(self) -> int:
        """The token that stands where a prompt has none: a beginning, an end or a padding."""
        known = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id, self.tokenizer.pad_token_id)
        return next((token for token in known if token is not None), 0)

    def prompt(self, text: str, chat: bool | None = None) -> Prompt:
        """A prompt as the model reads it; within its chat template, by default where it has one.

        Raises AskWhyError for a prompt that is empty or longer than the model reads, or a template it does not have.
        """
        made = encode_prompt(self.tokenizer, text, self.has_chat if chat is None else chat, self.name)
        if len(made.ids) >= self.max_tokens:
            raise AskWhyError(
                f"The prompt has {len(made.ids)} tokens, but {self.name} reads {self.max_tokens}, answer included; shorten it."
            )
        if max(made.ids) >= self.model.get_input_embeddings().weight.shape[0]:
            raise AskWhyError(
                f"The tokenizer of {self.name} knows tokens that the model does not; name the tokenizer it had in training."
            )
        return made

    def check_room(self, prompt: Prompt, tokens: int) -> None:
        """Raises AskWhyError when an answer of so many tokens does not fit behind the prompt."""
        whole = len(prompt.ids) + tokens
        if whole > self.max_tokens:
            raise AskWhyError(
                f"Prompt and answer have {whole} tokens together, but {self.name} reads {self.max_tokens}; shorten one of them."
            )

    def embed(self, ids: Tensor) -> Tensor:
        """(rows, tokens, width) input embeddings of (rows, tokens) ids, as the model itself looks them up."""
        with torch.no_grad():
            return self.model.get_input_embeddings()(ids)

    def run(self, *, keep: Tensor | int = 0, **inputs: Any) -> Any:
        """One pass: what the model puts out for `input_ids` or `inputs_embeds`, with logits at the places `keep` only.

        `keep` are positions, or a number of last ones, 0 for all. Keeps gradients where they are enabled.
        """
        given = inputs["input_ids"] if inputs.get("input_ids") is not None else inputs["inputs_embeds"]
        self.work.add(given.shape[0], given.shape[1])
        inputs.setdefault("use_cache", False)
        return self.model(**inputs, logits_to_keep=keep)

    def tensor(self, ids: Any) -> Tensor:
        return torch.tensor(ids, device=self.device)
