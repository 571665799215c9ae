"""Keeping what LoRA trained: small weights that say nothing of the machine they were made on."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save_adapter(model: Any, folder: Path) -> None:
    """Write a peft model's adapter as safetensors, without the path of its base and without a generated card."""
    for config in model.peft_config.values():
        config.base_model_name_or_path = None
    model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
