from __future__ import annotations

from assistant.operations.learn import Learn


class Unlearn(Learn):
    """Let a copy of the model forget a text, and see what changes."""

    name = "unlearn"
    examples = ("Forget this one",)
    forget = True
