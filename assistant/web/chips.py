"""The selection as chips, each of which the engine is asked to drop."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.programs.conditions import And, Condition, to_text
from assistant.programs.schema import Schema
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface
from assistant.web.markup import asks, attribute, filled

SHOWN = 60  # characters of a condition on its chip


@dataclass(frozen=True)
class Chip:
    """One part of the selection: its text, and the `/` command that leaves the others."""

    text: str
    command: str


def chips(selection: Condition | None, schema: Schema) -> list[Chip]:
    """A chip for each condition that is joined by `and`; a single one covers the whole selection."""
    if selection is None:
        return []
    parts = selection.parts if isinstance(selection, And) else (selection,)
    found = []
    for place, part in enumerate(parts):
        rest = parts[:place] + parts[place + 1 :]
        left = And(rest) if len(rest) > 1 else rest[0] if rest else None
        command = "/clear" if left is None else f"/where {to_text(left, schema)} | count"
        found.append(Chip(to_text(part, schema), command))
    return found


def drawn(selection: Condition | None, schema: Schema) -> str:
    words = interface()["focus"]
    held = []
    for chip in chips(selection, schema):
        short = chip.text if len(chip.text) <= SHOWN else chip.text[: SHOWN - 1] + "…"
        said = filled(words["drop"], condition=short)
        held.append(
            f'<li class="aw-chip" title="{attribute(chip.text)}"><code>{escaped(short)}</code>'
            f'<button type="button" {asks(chip.command, said)} aria-label="{attribute(said)}">×</button></li>'
        )
    if not held:
        return f'<p class="aw-quiet">{escaped(words["all_rows"])}</p>'
    return f'<ul class="aw-chips">{"".join(held)}</ul>'
