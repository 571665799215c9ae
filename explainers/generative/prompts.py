"""A small library of prompts: a JSONL file with a prompt in each line, and with it what the answer should be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from explainers.errors import AskWhyError

MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class PromptRow:
    """A prompt, the answer it should get where one is given, and what it is called."""

    prompt: str
    target: str | None = None
    name: str | None = None


def read_prompts(path: str | Path) -> tuple[PromptRow, ...]:
    """The prompts of a JSONL file; each line is an object with `prompt`, and maybe `target` and `name`.

    Raises AskWhyError when the file cannot be read, and for a line that is not such an object.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AskWhyError(f"{path.name} has more than {MOST_BYTES // 1_000_000} MB; give fewer prompts.")
        lines = path.read_text("utf-8-sig").split("\n")  # a text may hold the other signs that end a line
    except OSError as error:
        raise AskWhyError(f"The prompts {path} could not be read; name a JSONL file that is there.") from error
    except UnicodeDecodeError as error:
        raise AskWhyError(f"{path.name} is not UTF-8; save it in that encoding.") from error
    rows = tuple(_row(line, f"{path.name}, line {number}") for number, line in enumerate(lines, 1) if line.strip())
    if not rows:
        raise AskWhyError(f"{path.name} has no prompts; write one object with a `prompt` in each line.")
    return rows


def _row(line: str, place: str) -> PromptRow:
    try:
        made = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AskWhyError(f'{place} is not JSON; write it as {{"prompt": "..."}}.') from error
    texts = made if isinstance(made, dict) else {}
    if not isinstance(texts.get("prompt"), str) or not texts["prompt"].strip():
        raise AskWhyError(f'{place} has no `prompt`; write it as {{"prompt": "..."}}.')
    for name in ("target", "name"):
        if not isinstance(texts.get(name), str | None):
            raise AskWhyError(f"{place}: `{name}` is no text; put it in quotation marks.")
    return PromptRow(texts["prompt"], texts.get("target"), texts.get("name"))
