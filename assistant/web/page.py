"""The page: a conversation with the model, and beside it what is being talked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from assistant import drawing
from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.drawing import escaped
from assistant.texts import interface
from assistant.web.answering import Answering
from assistant.web.beside import Beside
from assistant.web.pane import Asked, asked
from assistant.web.seen import Seen
from assistant.web.shelf import Shelf

STYLES = [Path(__file__).parent / name for name in ("style.css", "panes.css")]
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK KR", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def launch_options() -> dict[str, Any]:
    """What Gradio's `launch` needs so that the page looks as meant: fonts of this machine, our style."""
    return {
        "theme": gr.themes.Default(font=FONTS, font_mono=MONO),
        "css_paths": [drawing.STYLE, *STYLES],
        "footer_links": [],
        "ssr_mode": False,
        "show_error": False,
    }


def build(assistant: Assistant) -> gr.Blocks:
    """The page for one workspace; each visitor has a conversation of their own."""
    words, settings = interface(), assistant.workspace.settings
    answering = Answering(assistant, Shelf())
    with gr.Blocks(title=settings.title, analytics_enabled=False, fill_height=True) as page:
        conversation, seen, clicked = gr.State(Conversation()), gr.State(Seen()), gr.State(None)
        with gr.Row():
            gr.Markdown(f"# {escaped(settings.title)}")
            new = gr.Button(words["new"], size="sm", scale=0, min_width=160)
        with gr.Row(elem_classes=["aw-halves"]):
            with gr.Column(scale=5, min_width=300):
                chat = _chat(assistant)
                with gr.Row():
                    box, send, stop = _asking()
            with gr.Column(scale=4, min_width=300, elem_classes=["aw-beside"]):
                beside = Beside.build(assistant.workspace)
        inputs, outputs = [chat, conversation, seen], [chat, conversation, seen, box, send, stop]
        redraw = (beside.draw, [conversation, seen, beside.shown, beside.looks], [*beside.panes])
        running = [started(answering.typed, [box, *inputs], outputs, **QUIET) for started in (box.submit, send.click)]
        clicks = [(chat.option_select, _picked), (chat.example_select, _picked)]
        clicks += [(one.select, asked) for one in beside.panes]
        for event, read in clicks:
            running.append(event(read, None, clicked, **QUIET).then(answering.clicked, [clicked, *inputs], outputs, **QUIET))
        for turn in running:
            turn.then(*redraw, **QUIET)
        stop.click(answering.stopped, chat, [chat, send, stop], cancels=running, **QUIET)
        for started_over in (new.click, chat.clear):
            started_over(answering.fresh, None, outputs, cancels=running, **QUIET).then(*redraw, **QUIET)
        beside.wire(conversation, seen)
        page.load(*redraw, **QUIET)
        page.unload(answering.left)
    return page.queue(default_concurrency_limit=4)


def _chat(assistant: Assistant) -> gr.Chatbot:
    return gr.Chatbot(
        label=interface()["label"],
        show_label=False,
        scale=1,
        height="65vh",
        layout="panel",
        elem_classes=["aw-chat"],
        placeholder=f'<div class="aw-answer aw-welcome"><p>{escaped(assistant.welcome().text)}</p></div>',
        examples=[{"text": example} for example in assistant.workspace.settings.examples],
        feedback_options=None,
        buttons=[],
        latex_delimiters=[],
        group_consecutive_messages=False,
    )


def _asking() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    """The question box with its buttons, of which one is seen at a time."""
    words = interface()
    box = gr.Textbox(
        placeholder=words["ask"],
        label=words["question"],
        show_label=False,
        scale=8,
        lines=1,
        max_lines=6,
        autofocus=True,
        max_length=20_000,
    )
    send = gr.Button(words["send"], variant="primary", scale=0, min_width=100)
    stop = gr.Button(words["stop"], variant="stop", scale=0, min_width=100, visible=False, elem_classes=["aw-stop"])
    return box, send, stop


def _picked(event: gr.SelectData) -> Asked:
    text = str(event.value["text"] if isinstance(event.value, dict) else event.value)
    return Asked(text, text)
