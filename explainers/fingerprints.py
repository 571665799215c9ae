"""What a model is known by: the same facts and weights give the same short hash, wherever they came from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import torch


def fingerprint(facts: list[Any], model: torch.nn.Module) -> str:
    """16 hexadecimal digits (SHA-256) of JSON-able `facts` and of every weight's name, type, shape and bytes."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
    for name, weight in sorted(model.state_dict().items()):
        digest.update(f"{name} {weight.dtype} {tuple(weight.shape)}".encode())
        digest.update(weight.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()[:16]
