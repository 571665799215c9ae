"""Attention within a pack: the schema looks at itself, each question at the schema and at itself.

A mask over the whole pack would say the same, but nearly all of what it makes be worked out is then thrown away: a pack
of twelve questions takes three times the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

NAME = "packed"


def attend_in_packs(model: Any) -> None:
    """Let a model attend within packs; its forward pass then wants a `layout` (see `attend`)."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)
    model.set_attn_implementation(NAME)


def attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    scaling: float,
    dropout: float = 0.0,
    *,
    layout: Sequence[tuple[int, ...]],
    softcap: float | None = None,
    **_: Any,
) -> tuple[Any, None]:
    """Attention of `query` (packs, heads, width, size) to `key` and `value` (packs, key heads, width, size), as transformers
    calls it; (packs, width, heads, size). The `layout` of a pack is the lengths of its schema and of its parts; what is beyond
    them is padding and gets zeros."""
    packs = zip(query, key, value, layout, strict=True)
    return torch.stack([_one(*tensors, lengths, scaling, softcap) for *tensors, lengths in packs]), None


def _one(query: Any, key: Any, value: Any, lengths: tuple[int, ...], scaling: float, softcap: float | None) -> Any:
    shared, *parts = lengths
    (heads, width, size), groups = query.shape, key.shape[0]
    longest, end = max(parts), shared + sum(parts)
    starts = torch.tensor([shared + sum(parts[:number]) for number in range(len(parts))], device=query.device)
    steps = torch.arange(longest, device=query.device)
    places = starts[:, None] + steps  # (parts, longest)
    real = steps < torch.tensor(parts, device=query.device)[:, None]
    query, key, value = (tensor.transpose(0, 1) for tensor in (query * scaling, key, value))  # rows of tokens are copied fast

    def apart(tensor: Any) -> Any:
        """(groups, heads of a group, parts, longest, size)"""
        rows = tensor.reshape(width, -1).index_select(0, torch.where(real, places, 0).flatten())
        return rows.view(len(parts), longest, groups, -1, size).permute(2, 3, 0, 1, 4)

    def grouped(tensor: Any) -> Any:
        """(groups, heads of a group, shared, size)"""
        return tensor[:shared].reshape(shared, groups, -1, size).permute(1, 2, 0, 3)

    def capped(scores: Any) -> Any:
        return scores if softcap is None else torch.tanh(scores / softcap) * softcap

    def earlier(count: int) -> Any:
        return torch.full((count, count), torch.finfo(query.dtype).min, dtype=query.dtype, device=query.device).triu(1)

    keys, values = grouped(key), grouped(value)
    of_schema = (capped(grouped(query) @ keys.mT) + earlier(shared)).softmax(-1) @ values
    asked, own, said = apart(query), apart(key), apart(value)
    flat = asked.reshape(groups, -1, size)
    to_schema = (flat @ keys[:, 0].mT).view(*asked.shape[:-1], shared)
    found = torch.cat([capped(to_schema), capped(asked @ own.mT) + earlier(longest)], -1).softmax(-1)
    of_parts = (found[..., :shared].reshape(groups, -1, shared) @ values[:, 0]).view_as(asked) + found[..., shared:] @ said
    rows = of_parts.permute(2, 3, 0, 1, 4).reshape(-1, heads * size)
    at = real.flatten().nonzero().flatten()
    out = torch.cat([of_schema.permute(2, 0, 1, 3).reshape(shared, -1), rows.index_select(0, at)])
    if end < width:
        out = torch.cat([out, out.new_zeros(width - end, heads * size)])
    return out.view(width, heads, size)
