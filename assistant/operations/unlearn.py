from __future__ import annotations

from assistant.later import Later


class Unlearn(Later):
    """Let a copy of the model forget a text, and see what changes."""

    name = "unlearn"
    family = "change"
    scope = "nothing"
    examples = ("Forget this one",)
