"""What the classifier computes inside: hidden states of its layers, and what its last linear layer is given.

Texts of equal length make a batch, so nothing is padded and no model has to be asked how it treats padding.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explainers.classifier import Classifier, Progress
from explainers.encoding import Encoding
from explainers.errors import AskWhyError

TOLERANCE = 1e-3  # between the logits and those that the last linear layer gives, relative to the largest


def model_inputs(classifier: Classifier, encodings: Sequence[Encoding]) -> dict[str, Tensor]:
    """What the model takes for texts of the same length in tokens."""
    ids = torch.tensor([encoding.ids for encoding in encodings], device=classifier.device)
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if encodings[0].types is not None and "token_type_ids" in inspect.signature(classifier.model.forward).parameters:
        inputs["token_type_ids"] = torch.tensor([encoding.types for encoding in encodings], device=classifier.device)
    classifier.work.add(*ids.shape)
    return inputs


def layer_states(
    classifier: Classifier, texts: Sequence[str], layers: Sequence[int] | None = None, progress: Progress | None = None
) -> np.ndarray:
    """(texts, layers, width) float32 hidden states, each the mean over all tokens of a text, special ones included.

    Layer 0 is the embeddings, layer i what the i-th block makes of them; negative numbers count from the end; None
    is all of them. Of an encoder-decoder model they are the encoder's. Raises AskWhyError for a layer that the model
    does not have.
    """
    if not texts:
        raise AskWhyError("There are no texts to look at; choose some rows.")
    encodings = [classifier.encode(text) for text in texts]
    body = classifier.model.base_model
    body = body.get_encoder() if classifier.model.config.is_encoder_decoder else body

    def compute(rows: list[int]) -> Tensor:
        with torch.inference_mode():
            found = body(**model_inputs(classifier, [encodings[row] for row in rows]), output_hidden_states=True)
            return torch.stack([states.float().mean(dim=1) for states in _chosen(classifier, found, layers)], dim=1)

    return classifier.queue.run(_lengths(encodings), compute, pad=False, progress=progress).numpy()


def _chosen(classifier: Classifier, found: Any, layers: Sequence[int] | None) -> list[Tensor]:
    states = getattr(found, "hidden_states", None)
    if not states:
        raise AskWhyError(f"{classifier.name} does not give the states of its layers; choose another model.")
    missing = next((layer for layer in layers or () if not -len(states) <= layer < len(states)), None)
    if missing is not None:
        raise AskWhyError(f"The model has no layer {missing}; its layers are 0 (the embeddings) to {len(states) - 1}.")
    return list(states) if layers is None else [states[layer] for layer in layers]


def _lengths(encodings: Sequence[Encoding]) -> list[int]:
    return [len(encoding.ids) for encoding in encodings]


def final_linear(classifier: Classifier) -> nn.Linear:
    """The linear layer that makes the logits. Raises AskWhyError for a model whose head ends otherwise."""
    inside = {id(module) for module in classifier.model.base_model.modules()}
    heads = [
        module
        for module in classifier.model.modules()
        if isinstance(module, nn.Linear) and module.out_features == len(classifier.labels) and id(module) not in inside
    ]
    if not heads:
        raise AskWhyError(f"{classifier.name} does not end in a linear layer, so influence cannot be traced through it.")
    return heads[-1]


def head_features(classifier: Classifier, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
    """(texts, width) float32 inputs of the last linear layer, at the token from which the logits are read.

    Raises AskWhyError when that layer does not make the logits by itself.
    """
    head = final_linear(classifier)
    encodings = [classifier.encode(text) for text in texts]
    mine, seen = threading.get_ident(), []

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if threading.get_ident() == mine:  # other visitors may be using the model
            seen.append((inputs[0], output))

    def compute(rows: list[int]) -> Tensor:
        seen.clear()
        with torch.inference_mode():
            logits = classifier.model(**model_inputs(classifier, [encodings[row] for row in rows])).logits
            return _at_the_logits(classifier, seen, logits)

    hook = head.register_forward_hook(note)
    try:
        return classifier.queue.run(_lengths(encodings), compute, pad=False, progress=progress).numpy()
    finally:
        hook.remove()


def _at_the_logits(classifier: Classifier, seen: list[tuple[Tensor, Tensor]], logits: Tensor) -> Tensor:
    """(rows, width) inputs whose output is the logits; of (rows, tokens, width), those of the last token that fits."""
    if len(seen) == 1:
        features, output = seen[0]
        if output.dim() == 2:
            features, output = features[:, None], output[:, None]
        fits = (output - logits[:, None]).abs().amax(dim=-1) <= TOLERANCE * (1 + logits.abs().amax(dim=-1, keepdim=True))
        if bool(fits.any(dim=1).all()):
            places = fits.shape[1] - 1 - fits.flip(1).int().argmax(dim=1)
            return features[torch.arange(len(features), device=features.device), places]
    raise AskWhyError(f"The last linear layer of {classifier.name} does not make its answer alone; influence cannot be traced.")
