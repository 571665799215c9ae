from __future__ import annotations

from assistant.operations.undo import Undo


class Reset(Undo):
    """Take all edits back: the text is as it was."""

    name = "reset"
    examples = ("Reset", "Back to the original message")
    kept = 0
