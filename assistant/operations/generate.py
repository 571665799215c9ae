from __future__ import annotations

from assistant.later import Later


class Generate(Later):
    """Let a generative model answer a text."""

    name = "generate"
    family = "generate"
    scope = "nothing"
    examples = ()
