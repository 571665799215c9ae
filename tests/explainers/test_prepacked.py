"""Packed linear layers give what plain ones give."""

from __future__ import annotations

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from explainers.device import has_fast_bf16
from explainers.prepacked import PackedLinear, prepack

CONFIG = LlamaConfig(
    vocab_size=60, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1
)
needs_bf16 = pytest.mark.skipif(not has_fast_bf16("cpu"), reason="this CPU has no bfloat16")
TYPES = [torch.float32, pytest.param(torch.bfloat16, marks=needs_bf16)]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (40,)])
def test_a_packed_layer_gives_what_the_plain_one_gives(bias, shape, dtype):
    plain = torch.nn.Linear(32, 48, bias=bias, dtype=dtype)
    inputs = torch.randn(*shape, 32, dtype=dtype)
    with torch.inference_mode():
        torch.testing.assert_close(PackedLinear(plain)(inputs), plain(inputs))


@pytest.mark.parametrize("dtype", TYPES)
def test_a_packed_model_says_the_same_and_keeps_what_makes_logits(dtype):
    torch.manual_seed(0)
    model = LlamaForCausalLM(CONFIG).to(dtype).eval()
    ids = torch.arange(12)[None]
    with torch.inference_mode():
        before = model(input_ids=ids).logits
        prepack(model)
        torch.testing.assert_close(model(input_ids=ids).logits, before)
        assert model.generate(ids, max_new_tokens=4, do_sample=False, pad_token_id=0).shape[1] > 12
    kinds = {name: type(module) for name, module in model.named_modules()}
    assert kinds["lm_head"] is torch.nn.Linear and kinds["model.layers.1.mlp.up_proj"] is PackedLinear


def test_what_would_not_gain_stays_as_it_is():
    model = prepack(LlamaForCausalLM(CONFIG).to(torch.float16))
    assert not any(isinstance(module, PackedLinear) for module in model.modules())
