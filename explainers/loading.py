"""Reading a classifier from a folder or the hub: safetensors only, no code of the model's, no head left to chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explainers.errors import AskWhyError, reason

VOCABULARIES = ("tokenizer.json", "vocab*", "*.model", "*.tiktoken", "tekken.json", "merges.txt")


def load_model(source: str | Path, adapter: Path | None, labels: Sequence[str]) -> tuple[Any, Any, tuple[str, ...]]:
    """The model in float32, its tokenizer, and the label names of the adapter if none are given.

    Raises AskWhyError when there is no such model or it is not a classifier, whole and readable.
    """
    if isinstance(source, Path) or Path(source).is_dir():
        _check_folder(Path(source))
    supplied: set[str] = set()
    if adapter is not None:
        supplied = _adapter_weights(adapter)
        labels = tuple(labels) or _adapter_labels(adapter)
    tokenizer, model, absent = _read(source, len(labels) if adapter is not None else None)
    left = sorted(absent - supplied)
    if left:
        raise AskWhyError(
            f"The model '{source}' is no trained classifier: it has no weights for {_shown(left)}; name one that was "
            "trained to classify, or the adapter that belongs to it."
        )
    if adapter is not None:
        model = _merged(model, adapter)
    return model, tokenizer, tuple(labels)


def _read(source: str | Path, classes: int | None) -> tuple[Any, Any, set[str]]:
    """Tokenizer, model, and the names of weights that the files do not have in the size that is needed."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    options: dict[str, Any] = {} if classes is None else {"num_labels": classes, "ignore_mismatched_sizes": True}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model, report = AutoModelForSequenceClassification.from_pretrained(
            source, use_safetensors=True, trust_remote_code=False, dtype="float32", output_loading_info=True, **options
        )
    except Exception as error:  # a damaged file can make any part of the library fail, each in its own way
        raise AskWhyError(f"The model '{source}' could not be loaded: {reason(error)}") from error
    return tokenizer, model, {*report["missing_keys"], *(name for name, *_ in report["mismatched_keys"])}


def _merged(model: Any, adapter: Path) -> Any:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    except Exception as error:  # as above
        raise AskWhyError(f"The adapter {adapter} does not fit the model: {reason(error)}") from error


def _check_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise AskWhyError(f"There is no model folder {folder}; give a folder with config.json and safetensors weights.")
    if not any(path for pattern in VOCABULARIES for path in folder.glob(pattern)):
        raise AskWhyError(f"The model folder {folder} has no tokenizer; save the tokenizer into it too (tokenizer.json).")


def _adapter_weights(folder: Path) -> set[str]:
    """The names of the base model's weights that an adapter replaces as a whole, as it does the head."""
    from safetensors import SafetensorError, safe_open

    file = folder / "adapter_model.safetensors"
    if not file.is_file() or not (folder / "adapter_config.json").is_file():
        raise AskWhyError(f"There is no adapter in {folder}; it needs adapter_config.json and adapter_model.safetensors.")
    try:
        with safe_open(file, "pt") as weights:
            return {name.removeprefix("base_model.model.") for name in weights.keys()}  # noqa: SIM118 - it is no mapping
    except (SafetensorError, OSError) as error:
        raise AskWhyError(f"The adapter's weights {file} could not be read: {reason(error)}") from error


def _adapter_labels(folder: Path) -> tuple[str, ...]:
    """The class names beside an adapter's weights. Raises AskWhyError when there are none."""
    file = folder / "labels.json"
    try:
        names = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise AskWhyError(f"The adapter {folder} has no labels.json; name its classes in the setting `labels`.") from error
    except ValueError as error:
        raise AskWhyError(f'{file} is not JSON; write the class names as a list, as ["no", "yes"].') from error
    if not isinstance(names, list) or len(names) < 2 or not all(isinstance(name, str) for name in names):
        raise AskWhyError(f'{file} is not a list of two class names or more; write it as ["no", "yes"].')
    return tuple(names)


def _shown(names: Sequence[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
