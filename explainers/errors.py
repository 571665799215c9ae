"""The one kind of error that is meant for a person."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AskWhyError(ValueError):
    """Something a person can mend: one sentence, on one line, that says what was wrong, where, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(str(sentence).splitlines()))


def closest(word: str, choices: Iterable[str], limit: int = 8) -> str:
    """The tail of an error sentence: the likeliest choice, or the first `limit` of them."""
    names = [str(choice) for choice in choices]
    lowered = {name.lower(): name for name in names}
    near = difflib.get_close_matches(str(word).lower(), list(lowered), n=1)
    if near:
        return f"did you mean '{lowered[near[0]]}'?"
    shown = ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
    return f"choose from {shown}." if shown else "there are none."
