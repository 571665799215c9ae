"""Linear layers laid out once as the CPU wants them, for models that are only read from.

PyTorch otherwise lays weights out anew in every call, which takes as long as the product itself or longer where a few tokens
are read at a time. The operators are those that torch.compile puts in place of linear layers on CPUs (oneDNN).
"""

from __future__ import annotations

from typing import Any

import torch


class PackedLinear(torch.nn.Module):
    """A linear layer whose weight is packed: it gives what the plain one gives, and no gradients."""

    def __init__(self, plain: torch.nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = plain.in_features, plain.out_features
        self._bias = None if plain.bias is None else plain.bias.detach()
        self._packed = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach())

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(..., in_features) to (..., out_features)."""
        return torch.ops.mkldnn._linear_pointwise(inputs, self._packed, self._bias, "none", [], "")


def prepack(model: Any) -> Any:
    """The model, its bfloat16 and float32 linear layers on the CPU packed in place, but for what makes logits, whose weights may
    be those of the words; unchanged on other devices, in other types and where torch lacks the operators."""
    operators = torch.ops.mkldnn
    if not (hasattr(operators, "_reorder_linear_weight") and hasattr(operators, "_linear_pointwise")):
        return model
    output = model.get_output_embeddings()
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is torch.nn.Linear and child is not output and _gains(child.weight):
                setattr(module, name, PackedLinear(child))
    return model


def _gains(weight: torch.Tensor) -> bool:
    return weight.device.type == "cpu" and weight.dtype in (torch.bfloat16, torch.float32)
