"""A pane beside the conversation: HTML from the server, whose clicks are questions, or changes of how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

SCRIPT = (Path(__file__).parent / "pane.js").read_text("utf-8")
LONGEST = 20_000  # characters of a question, as for one that is typed


@dataclass(frozen=True)
class Asked:
    """A question that was clicked: what the engine reads, and how it is said in the conversation."""

    command: str
    said: str


def pane(name: str, label: str) -> gr.HTML:
    """An empty pane. `label` is what a screen reader calls it."""
    return gr.HTML("", elem_id=f"aw-{name}", elem_classes=["aw-pane"], js_on_load=SCRIPT, label=label, padding=False)


def asked(event: gr.EventData) -> Asked:
    """What was clicked, from whatever a browser sent: an empty question where it makes no sense."""
    command, said = _text(event, "ask"), _text(event, "said")
    return Asked(command, said or command)


def changed(event: gr.EventData) -> dict[str, Any]:
    """The change of looks that was clicked; what it may hold is for the pane to check."""
    told = event._data.get("view") if isinstance(event._data, dict) else None
    return told if isinstance(told, dict) else {}


def _text(event: gr.EventData, name: str) -> str:
    told = event._data.get(name) if isinstance(event._data, dict) else None
    return told[:LONGEST] if isinstance(told, str) else ""
