"""Prompts as vectors in a generative model's own representation, for finding those that it sees alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from explainers.batching import Progress
from explainers.errors import AskWhyError
from explainers.generative.model import GenerativeModel
from explainers.generative.tokens import encode_prompt
from explainers.matrices import stored_rows

KIND = "prompts"  # how they are called on disk


def prompt_embeddings(model: GenerativeModel, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
    """(texts, width) float32 embeddings of `embed_prompts`, memory-mapped: kept on disk by the fingerprints of model and texts.

    Raises AskWhyError for no texts.
    """
    return stored_rows(KIND, model.fingerprint, texts, lambda some: embed_prompts(model, some), progress)


def embed_prompts(model: GenerativeModel, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
    """(texts, width) float32: the mean of the model's last hidden states over a prompt's tokens, read without a template.

    The first token is left out where there are others: the models attend to it whatever it is (Xiao et al. 2024, attention
    sinks), so its state says little of the prompt. What is longer than the model reads counts by its beginning.
    """
    rows = [_ids(model, text) for text in texts]

    def compute(chosen: list[int]) -> Tensor:
        ids = model.tensor([rows[place] for place in chosen])
        model.work.add(*ids.shape)
        with torch.inference_mode():
            states = model.model.base_model(input_ids=ids, use_cache=False).last_hidden_state.float()
        return states[:, min(1, ids.shape[1] - 1) :].mean(dim=1)

    return model.queue.run([len(row) for row in rows], compute, pad=False, progress=progress).numpy()


def _ids(model: GenerativeModel, text: str) -> tuple[int, ...]:
    try:
        return encode_prompt(model.tokenizer, text, False, model.name).ids[: model.max_tokens]
    except AskWhyError:  # a row of the data without a word is like no other
        return (model.blank,)
