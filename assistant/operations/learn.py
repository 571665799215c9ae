from __future__ import annotations

from assistant.later import Later


class Learn(Later):
    """Let a copy of the model take a few steps on a text, and see what changes."""

    name = "learn"
    family = "change"
    scope = "nothing"
    examples = ("Learn this one",)
