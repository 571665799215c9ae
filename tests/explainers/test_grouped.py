"""Heads that share their keys attend as transformers has them attend."""

from __future__ import annotations

import pytest
import torch
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from explainers.grouped import NAME, group_heads


def llama(key_heads: int, attention: str = "sdpa") -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=60,
        hidden_size=48,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=6,
        num_key_value_heads=key_heads,
    )
    config._attn_implementation = attention
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize("key_heads", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 2, 9])
def test_tokens_read_after_others_are_read_as_before(key_heads, width):
    ids = torch.arange(20 + width)[None]
    read = []
    for model in (llama(key_heads), group_heads(llama(key_heads))):
        cache = DynamicCache()
        with torch.inference_mode():
            model(input_ids=ids[:, :20], past_key_values=cache, use_cache=True)
            read.append(model(input_ids=ids[:, 20:], past_key_values=cache, use_cache=True).logits)
    torch.testing.assert_close(*read)


def test_texts_of_different_lengths_are_read_as_before():
    ids, mask = torch.arange(24).view(2, 12), torch.ones(2, 12, dtype=torch.long)
    mask[1, 7:] = 0
    with torch.inference_mode():
        plain, grouped = (model(input_ids=ids, attention_mask=mask).logits for model in (llama(2), group_heads(llama(2))))
    torch.testing.assert_close(grouped[mask.bool()], plain[mask.bool()])


def test_what_shares_no_keys_or_attends_otherwise_is_left():
    assert group_heads(llama(2)).config._attn_implementation == NAME
    assert group_heads(llama(6)).config._attn_implementation == "sdpa"
    assert group_heads(llama(2, "eager")).config._attn_implementation == "eager"
