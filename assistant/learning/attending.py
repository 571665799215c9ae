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
    each, longest, end = heads // groups, max(parts), shared + sum(parts)
    starts = torch.tensor([shared + sum(parts[:number]) for number in range(len(parts))], device=query.device)
    steps = torch.arange(longest, device=query.device)
    real = steps < torch.tensor(parts, device=query.device)[:, None]
    places = torch.where(real, starts[:, None] + steps, 0).flatten()  # (parts * longest)
    query, key, value = (tensor.transpose(0, 1) for tensor in (query * scaling, key, value))  # rows of tokens are copied fast

    def apart(tensor: Any) -> Any:
        """(parts, longest, its heads, size)"""
        return tensor.reshape(width, -1).index_select(0, places).view(len(parts), longest, -1, size)

    def known(tensor: Any) -> Any:
        """What a part may look at, the schema and itself: (parts * groups, shared + longest, size)"""
        both = torch.cat([tensor[:shared].expand(len(parts), -1, -1, -1), apart(tensor)], 1)
        return both.transpose(1, 2).reshape(len(parts) * groups, -1, size)

    def looked(asked: Any, keys: Any, values: Any) -> Any:
        """What `asked` (parts, tokens, heads, size) finds in keys and values (parts * groups, known, size), of which the last
        are its own tokens: (parts * tokens, heads * size)"""
        count, tokens = asked.shape[:2]
        rows = asked.reshape(count, tokens, groups, each, size).permute(0, 2, 3, 1, 4)
        scores = torch.bmm(rows.reshape(count * groups, each * tokens, size), keys.mT)
        if softcap is not None:
            scores = torch.tanh(scores / softcap) * softcap
        later = torch.full((tokens, tokens), torch.finfo(scores.dtype).min, dtype=scores.dtype, device=scores.device).triu(1)
        hidden = torch.cat([later.new_zeros(tokens, keys.shape[1] - tokens), later], 1)
        scores = (scores.view(count * groups, each, tokens, -1) + hidden).view_as(scores)
        found = torch.bmm(scores.softmax(-1), values).view(count, groups, each, tokens, size)
        return found.permute(0, 3, 1, 2, 4).reshape(count * tokens, heads * size)

    of_schema = looked(query[None, :shared], key[:shared].transpose(0, 1), value[:shared].transpose(0, 1))
    of_parts = looked(apart(query), known(key), known(value)).index_select(0, real.flatten().nonzero().flatten())
    out = torch.cat([of_schema, of_parts, of_parts.new_zeros(width - end, heads * size)])
    return out.view(width, heads, size)
