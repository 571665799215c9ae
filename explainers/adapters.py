"""Keeping what LoRA trained: small weights that say nothing of the machine they were made on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def save_adapter(model: Any, folder: Path) -> None:
    """Write a peft model's adapter as safetensors, without the path of its base and without a generated card."""
    for config in model.peft_config.values():
        config.base_model_name_or_path = None
    model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text("utf-8")) | {"base_model_name_or_path": None}  # peft fills it in again
    file.write_text(json.dumps(config, indent=2) + "\n", "utf-8")
