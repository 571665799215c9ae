"""LoRA with merged weights gives what LoRA gives, and the same gradients."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen2Config, Qwen2ForCausalLM

from assistant.learning.merged import merge_as_trained, refresh

CONFIG = Qwen2Config(  # its projections have biases
    vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1
)
IDS = torch.tensor([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]])


def adapted():
    torch.manual_seed(5)
    model = get_peft_model(Qwen2ForCausalLM(CONFIG), LoraConfig(task_type="CAUSAL_LM", r=4, target_modules="all-linear"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name or name.endswith("bias"):
            torch.nn.init.normal_(parameter.data, std=0.3)
    return model


def learnt(model):
    loss = model(input_ids=IDS, labels=IDS).loss
    loss.backward()
    return loss.item(), {name: p.grad for name, p in model.named_parameters() if "lora_" in name}


def test_the_loss_and_the_gradients_are_those_of_lora():
    usual, merged = adapted(), adapted()
    layers = merge_as_trained(merged)
    assert len(layers) == 14  # seven linear layers in each of two
    (wanted, theirs), (found, ours) = learnt(usual), learnt(merged)
    assert found == pytest.approx(wanted, rel=1e-5)
    assert ours.keys() == theirs.keys()
    for name, grad in theirs.items():
        assert grad.abs().max() > 0, name
        assert torch.allclose(grad, ours[name], rtol=1e-3, atol=1e-6), name


def test_what_was_learnt_counts_from_the_next_refresh():
    usual, merged = adapted(), adapted()
    layers = merge_as_trained(merged)
    with torch.no_grad():
        for model in (usual, merged):
            for name, parameter in model.named_parameters():
                if "lora_A" in name:
                    parameter.mul_(2)
        before = merged(input_ids=IDS).logits
        refresh(layers)
        wanted, found = usual(input_ids=IDS).logits, merged(input_ids=IDS).logits
    assert not torch.allclose(before, wanted, atol=1e-3)
    assert torch.allclose(found, wanted, atol=1e-5)
