"""Drawing a turn as HTML inside a message of the chat."""

from __future__ import annotations

from assistant.dialogue import Turn
from assistant.showing.drawing import escaped, reply
from assistant.showing.texts import interface


def turn(item: Turn, stage: str = "") -> str:
    """An answer in its own language: words, evidence, and what was understood; `stage` tells what is being done meanwhile."""
    parts = [reply(item.reply)]
    if stage:
        parts.append(f'<p class="aw-stage">{escaped(stage)} …</p>')
    if item.understood:
        understood = interface(item.reply.language)["understood"]
        parts.append(f'<p class="aw-understood">{understood}: <code>{escaped(item.understood)}</code></p>')
    return f'<div class="aw-answer" lang="{item.reply.language}">{"".join(parts)}</div>'
