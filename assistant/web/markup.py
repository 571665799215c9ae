"""Pieces of HTML for the panes. Texts and attributes are escaped so far that no markup or template can begin in them."""

from __future__ import annotations

import json
from typing import Any

from assistant.saying.wording import wording
from assistant.showing.escaping import attribute, escaped
from assistant.showing.texts import language
from assistant.workspace import Workspace


def asks(command: str, said: str = "") -> str:
    """The attributes of something that asks the engine when it is clicked; `said` is the question in words."""
    return f'data-ask="{attribute(command)}" data-said="{attribute(said)}"'


def views(key: str, **change: Any) -> str:
    """The attributes of something that changes how a pane looks; `key` names it, so that it keeps the keyboard's focus."""
    return f'data-view="{attribute(json.dumps(change))}" data-key="{attribute(key)}"'


def ask_button(label: str, command: str, said: str = "", style: str = "") -> str:
    return f'<button type="button" class="aw-do {style}" {asks(command, said or label)}>{escaped(label)}</button>'


def part(title: str, body: str, level: int = 3) -> str:
    """A part of a pane under its heading, or nothing without a body. `level` is that below what stands above it."""
    return f'<section class="aw-part"><h{level}>{escaped(title)}</h{level}>{body}</section>' if body else ""


def filled(template: str, **values: object) -> str:
    """A text of the interface with its places filled, as plain text."""
    return template.format_map({name: str(value) for name, value in values.items()})


def noun(workspace: Workspace) -> tuple[str, str]:
    """What one row and several are called, in the language of what is drawn."""
    return wording(language()).noun(workspace.settings.data.noun)


def notice(text: str) -> str:
    return f'<p class="aw-notice">{escaped(text)}</p>'
