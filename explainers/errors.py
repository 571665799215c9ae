"""The one kind of error that is meant for a person."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AskWhyError(ValueError):
    """Something a person can mend: one sentence, on one line, that says what was wrong, where, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(str(sentence).splitlines()))


def reason(error: Exception) -> str:
    """What a library says of why it cannot read a model, as the end of a sentence: its first line, cut."""
    lines = str(error).strip().splitlines()
    if lines and lines[0].startswith("Can't load the model for"):  # of the hub; it goes on about folders of the same name
        return "it has no safetensors weights, and others are not read, since they may run code; ask its owner to save it so."
    return f"{lines[0] if lines else type(error).__name__}"[:200]


def closest(word: str, choices: Iterable[str], limit: int = 8) -> str:
    """The tail of an error sentence: the likeliest choice, or the first `limit` of them."""
    names = [str(choice) for choice in choices]
    lowered = {name.lower(): name for name in names}
    near = difflib.get_close_matches(str(word).lower(), list(lowered), n=1)
    if near:
        return f"did you mean '{lowered[near[0]]}'?"
    shown = ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
    return f"choose from {shown}." if shown else "there are none."
