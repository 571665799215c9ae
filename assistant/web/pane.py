"""A pane beside the conversation: HTML from the server, whose clicks are questions, or changes of how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.reply import Question
from assistant.touring import TourWords

SCRIPT = (Path(__file__).parent / "pane.js").read_text("utf-8")
LONGEST = 20_000  # characters of a question, as for one that is typed


@dataclass(frozen=True)
class Asked:
    """A question that was clicked: what the engine reads, and how it is said in the conversation."""

    command: str
    said: str


def pane(name: str, label: str, script: str = "") -> gr.HTML:
    """An empty pane. `label` is what a screen reader calls it; `script` runs after that of every pane."""
    return gr.HTML("", elem_id=f"aw-{name}", elem_classes=["aw-pane"], js_on_load=SCRIPT + script, label=label, padding=False)


def asked(event: gr.EventData) -> Asked:
    """What was clicked, from whatever a browser sent: an empty question where it makes no sense."""
    command, said = _text(event, "ask"), _text(event, "said")
    return Asked(command, said or command)


def option(question: Question) -> str:
    """What the browser gives back when a next question is clicked: its words, and its command in a line below."""
    return f"{question}\n/{question.command}" if question.command else str(question)


def offered(example: TourWords) -> dict[str, str]:
    """An example as Gradio shows it, and as the browser gives it back when it is clicked."""
    return {"text": option(Question(example.ask, (example.command or "").removeprefix("/"))), "display_text": example.ask}


def picked(event: gr.SelectData) -> Asked:
    """The next question, or the example, that was clicked."""
    text = str(event.value["text"] if isinstance(event.value, dict) else event.value)[:LONGEST]
    said, _, command = text.partition("\n")
    return Asked(command or said, said)


def changed(event: gr.EventData) -> dict[str, Any]:
    """The change of looks that was clicked; what it may hold is for the pane to check."""
    told = event._data.get("view") if isinstance(event._data, dict) else None
    return told if isinstance(told, dict) else {}


def _text(event: gr.EventData, name: str) -> str:
    told = event._data.get(name) if isinstance(event._data, dict) else None
    return told[:LONGEST] if isinstance(told, str) else ""
