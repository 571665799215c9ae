"""Keys and values of what many rows begin with, computed once and shared by all of them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from explainers.generative.model import GenerativeModel

LEAST_SHARED = 8  # tokens: sharing fewer is not worth copying the keys and values
Kept = list[tuple[Tensor, Tensor]]  # (1, heads, tokens, width) keys and values of each layer


def new_cache(model: GenerativeModel) -> Any | None:
    """What a pass leaves its keys and values in; None for a model that keeps none."""
    from transformers import DynamicCache

    # without the configuration it keeps what sliding windows would drop
    return None if getattr(model.model, "_is_stateful", False) else DynamicCache()  # as transformers marks recurrent models


def kept_of(cache: Any | None, length: int) -> Kept:
    """The keys and values of a pass over one row of `length` tokens; none where they cannot be shared."""
    kept = [(layer.keys, layer.values) for layer in cache.layers if layer.keys is not None] if cache is not None else []
    return kept if kept and all(keys.shape[-2] == length for keys, _ in kept) else []


def shared_by(kept: Kept, rows: int, length: int) -> dict[str, Any]:
    """What a pass over `rows` rows is given, so that it goes on behind the first `length` of the tokens that are kept."""
    from transformers import DynamicCache

    parts = [tuple(part[:, :, :length].expand(rows, *part.shape[1:2], length, -1) for part in layer) for layer in kept]
    return {"past_key_values": DynamicCache(parts), "use_cache": True}
