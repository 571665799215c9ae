"""Drawing a turn as HTML inside a message of the chat."""

from __future__ import annotations

from assistant.dialogue import Turn
from assistant.showing.drawing import escaped, reply
from assistant.showing.texts import interface, speaking


def turn(item: Turn, stage: str = "", language: str = "en") -> str:
    """An answer: words, evidence, and what was understood; `stage` tells what is being done meanwhile."""
    with speaking(language):
        parts = [reply(item.reply)]
        if stage:
            parts.append(f'<p class="aw-stage">{escaped(stage)} …</p>')
        if item.understood:
            understood = interface()["understood"]
            parts.append(f'<p class="aw-understood">{understood}: <code>{escaped(item.understood)}</code></p>')
    return f'<div class="aw-answer">{"".join(parts)}</div>'
