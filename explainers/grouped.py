"""Attention of several query heads to the keys that they share, on CPUs without a copy of these for each.

transformers copies them wherever there is a mask, as there is when tokens are read after others; PyTorch's own kernel for CPUs
need not.
"""

from __future__ import annotations

from typing import Any

import torch

NAME = "grouped"


def group_heads(model: Any) -> Any:
    """The model, which gives what it gave; unchanged where its heads share nothing, or it attends in another way than "sdpa"."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    sharing = any(getattr(module, "num_key_value_groups", 1) > 1 for module in model.modules())
    if sharing and model.config._attn_implementation == "sdpa":
        AttentionInterface.register(NAME, attend)
        AttentionMaskInterface.register(NAME, sdpa_mask)
        model.set_attn_implementation(NAME)
    return model


def attend(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **options: Any) -> tuple[Any, None]:
    """Attention of `query` (batch, heads, width, size) to `key` and `value` (batch, key heads, known, size), as transformers
    calls it; (batch, width, heads, size)."""
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    plain = options.get("position_bias") is None and options.get("cache") is None and options.get("softcap") is None
    if attention_mask is None or query.device.type != "cpu" or not plain:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **options)
    shares = {"dropout_p": options.get("dropout", 0.0), "scale": options.get("scaling"), "enable_gqa": True}
    found = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=attention_mask, **shares)
    return found.transpose(1, 2).contiguous(), None
