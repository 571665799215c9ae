"""A turn as plain JSON for a program."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from explainers.errors import AskWhyError

from assistant.dialogue import Turn
from assistant.programs.schema import Schema
from assistant.reply import Files


def told(turn: Turn, schema: Schema) -> dict[str, Any]:
    """The answer's words, the facts behind it, and what could be asked next.

    `answer` text; `understood` the command, "" where a question comes back; `program` its JSON or None; `confidence` that this
    was meant; `results` a list of facts, one for each step; `chips` questions that could come next; `choices` commands, where
    the question can be read in several ways; `files` with `name` and `text`; `seconds` by stage. Raises AskWhyError with the
    reply's words for a turn that failed.
    """
    if turn.failed:
        raise AskWhyError(turn.reply.text)
    data = turn.to_json()
    choices = turn.conversation.choices
    files = [file for block in turn.reply.blocks if isinstance(block, Files) for file in block.files]
    return plain({
        "answer": turn.reply.text,
        "understood": turn.understood,
        "program": data["program"],
        "confidence": data["confidence"],
        "results": data["results"],
        "chips": list(turn.reply.suggestions),
        "choices": [f"/{program.to_text(schema)}" for program in choices.readings] if choices and turn.program is None else [],
        "files": [{"name": file.name, "text": file.text} for file in files],
        "seconds": data["seconds"],
    })  # fmt: skip


def plain(value: Any) -> Any:
    """The value with nothing in it that JSON lacks: no NaN, no tuples, no keys that are not text."""
    if isinstance(value, Mapping):
        return {_key(key, item): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _key(key: Any, item: Any) -> str:
    # Gradio and its client take any object with a text "path" for a file, and would copy or fetch it
    return "path_" if key == "path" and isinstance(item, str) else str(key)
