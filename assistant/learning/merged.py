"""LoRA whose layers multiply once: the adapted weights are made before each step, and the small matrices only get their
gradients.

The usual way multiplies by the base, then by both small matrices, in turns of float32 and bfloat16, and adds; on a CPU most
of a step goes into copying between them. The weights are rounded as those of a merged adapter are (Hu et al. 2022, section
4.1), so what is trained is what will be used.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch


def merge_as_trained(model: Any) -> list[Any]:
    """Let the LoRA layers of a PEFT model work with merged weights, made anew by `refresh`; returns those layers."""
    from peft.tuners.lora import Linear

    layers = [module for module in model.modules() if isinstance(module, Linear)]
    for layer in layers:
        layer.forward = partial(_forward, layer)
    refresh(layers)
    return layers


@torch.no_grad()
def refresh(layers: list[Any]) -> None:
    """Make the merged weights of the layers from what was learned until now."""
    for layer in layers:
        small, large, scaling = _matrices(layer)
        base = layer.base_layer.weight
        layer.merged_weight = torch.addmm(base.to(large.dtype), large, small, alpha=scaling).to(base.dtype)


def _matrices(layer: Any) -> tuple[Any, Any, float]:
    (name,) = layer.active_adapters
    return layer.lora_A[name].weight, layer.lora_B[name].weight, layer.scaling[name]


def _forward(layer: Any, inputs: Any) -> Any:
    out = _Merged.apply(inputs, layer.merged_weight, *_matrices(layer))
    return out if layer.base_layer.bias is None else out + layer.base_layer.bias


class _Merged(torch.autograd.Function):
    """`inputs` (..., in) times a merged weight (out, in), with gradients for `small` (rank, in) and `large` (out, rank)."""

    @staticmethod
    def forward(ctx: Any, inputs: Any, weight: Any, small: Any, large: Any, scaling: float) -> Any:
        ctx.save_for_backward(inputs, weight, small, large)
        ctx.scaling = scaling
        return torch.nn.functional.linear(inputs, weight)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        inputs, weight, small, large = ctx.saved_tensors
        (grad,) = grads
        seen, wanted = inputs.reshape(-1, inputs.shape[-1]), grad.reshape(-1, grad.shape[-1])
        inner = wanted @ large.to(wanted.dtype)  # (tokens, rank)
        for_small = (inner.T @ seen).to(small.dtype) * ctx.scaling
        for_large = (wanted.T @ (seen @ small.to(seen.dtype).T)).to(large.dtype) * ctx.scaling
        for_inputs = (wanted @ weight).view_as(inputs) if ctx.needs_input_grad[0] else None
        return for_inputs, None, for_small, for_large, None
