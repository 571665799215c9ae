"""The page: a conversation with the model, and beside it what is being talked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from assistant.access import Access
from assistant.api.endpoints import Endpoints
from assistant.api.register import add
from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.showing import drawing
from assistant.showing.drawing import escaped
from assistant.showing.texts import language
from assistant.web.answering import Answering
from assistant.web.beside import Beside
from assistant.web.heading import Heading
from assistant.web.judging import Judging, options
from assistant.web.labels import Labels, word
from assistant.web.marks import marks
from assistant.web.own import Own
from assistant.web.pane import asked, offered, picked
from assistant.web.past import Past
from assistant.web.seen import Seen
from assistant.web.shelf import Shelf
from assistant.web.tour import Tour
from assistant.web.visitors import Visitors

STYLES = [Path(__file__).parent / name for name in ("style.css", "panes.css")]
SCRIPTS = [Path(__file__).parent / name for name in ("chat.js", "follow.js", "cite.js")]  # a function each
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK KR", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
COLOURS = {  # of which text can be told from what is behind it: 4.5 to 1
    "button_primary_background_fill": "*primary_600",
    "button_primary_background_fill_dark": "*primary_600",
    "button_primary_background_fill_hover": "*primary_700",
    "button_primary_background_fill_hover_dark": "*primary_700",
    "button_cancel_background_fill": "#b91c1c",
    "button_cancel_background_fill_dark": "#b91c1c",
    "button_cancel_background_fill_hover": "#991b1b",
    "button_cancel_background_fill_hover_dark": "#991b1b",
    "button_cancel_text_color": "white",
    "button_cancel_text_color_dark": "white",
    "input_placeholder_color": "*neutral_500",
    "input_placeholder_color_dark": "*neutral_400",
    "color_accent": "*primary_600",
    "block_info_text_color": "*neutral_600",
    "block_info_text_color_dark": "*neutral_300",
}
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def launch_options() -> dict[str, Any]:
    """What Gradio's `launch` needs so that the page looks as meant: fonts of this machine, our style."""
    return {
        "theme": gr.themes.Default(primary_hue="blue", font=FONTS, font_mono=MONO).set(**COLOURS),
        "css_paths": [drawing.STYLE, *STYLES],
        "js": _scripts(),
        "footer_links": [],
        "ssr_mode": False,
        "show_error": False,
    }


def _scripts() -> str:
    """One function for all of them, since Gradio runs one."""
    calls = [f"({script.read_text('utf-8').rstrip()})();" for script in SCRIPTS]
    return "() => {\n" + "\n".join(calls) + "\n}"


def build(assistant: Assistant, endpoints: Endpoints | None = None) -> gr.Blocks:
    """The page for one workspace; each visitor has a conversation of their own. Programs reach the `endpoints`.

    Raises AskWhyError when only one of name and password is set in the environment.
    """
    settings = assistant.workspace.settings
    access = Access.of(settings.server)
    spoken = "en" if settings.language == "auto" else settings.language
    visitors, labels = Visitors(spoken), Labels(assistant, spoken)
    answering, judging = Answering(assistant, Shelf(), visitors), Judging.of(assistant, visitors)
    with gr.Blocks(title=settings.titled(spoken), analytics_enabled=False, fill_height=True) as page:
        conversation, seen, past = gr.State(Conversation()), gr.State(Seen()), gr.State(Past())
        clicked = gr.State(None)
        heading = Heading.build(assistant, visitors, labels, access.open_to_all)
        tour = Tour.build(visitors, assistant)
        with gr.Row(elem_classes=["aw-halves"]):
            with gr.Column(scale=5, min_width=300):
                chat = _chat(labels, judging)
                with gr.Row():
                    box, send, stop = _asking(labels)
            with gr.Column(scale=4, min_width=300, elem_classes=["aw-beside"]):
                beside = Beside.build(assistant, visitors, labels)
                with beside.tabs, labels.made(gr.Tab, {"label": word("tabs", "own")}, id="own"):
                    own = Own.build(assistant, visitors, labels, access)
        marked = marks()
        at = [beside.shown, beside.led]
        held = [chat, conversation, seen, past]
        outputs = [*held, box, send, stop]
        redraw = (beside.draw, [conversation, seen, beside.shown, beside.looks], [*beside.panes])
        running = [started(answering.typed, [box, *held], outputs, **QUIET) for started in (box.submit, send.click)]
        running += [chat.retry(answering.retried, held, outputs, **QUIET), chat.edit(answering.edited, held, outputs, **QUIET)]
        clicks = [(chat.option_select, picked, None, clicked), (chat.example_select, picked, None, clicked)]
        clicks += [(one.select, asked, None, clicked) for one in (tour.pane, marked)]
        clicks += [(one.select, beside.asked, conversation, [clicked, conversation]) for one in beside.panes]
        clicks += [(heading.level.input, heading.levelled, [heading.level, conversation], clicked)]
        for event, read, given, made in clicks:
            running.append(event(read, given, made, **QUIET).then(answering.clicked, [clicked, *held], outputs, **QUIET))
        for turn in running:
            turn.then(beside.follow, [seen, *at], [beside.tabs, *at], **QUIET).then(*redraw, **QUIET)
        halted = stop.click(answering.stopped, chat, [chat, send, stop], cancels=running, **QUIET)
        halted.then(answering.settled, chat, [chat, send, stop], **QUIET)
        for started_over in (heading.new.click, chat.clear):
            started_over(answering.fresh, None, outputs, cancels=running, **QUIET).then(*redraw, **QUIET)
        if judging.feedback is not None:
            chat.like(judging.judged, past, None, **QUIET)
        beside.wire(conversation, seen)
        tour.wire()
        own.wire()
        words = labels.components
        heading.language.click(heading.switched, conversation, [conversation, *words], **QUIET).then(*redraw, **QUIET).then(
            *tour.redraw, **QUIET
        )
        afresh = own.talking.change(answering.fresh, None, outputs, cancels=running, **QUIET)
        afresh.then(heading.about, None, words, **QUIET).then(*tour.redraw, **QUIET).then(*redraw, **QUIET)
        page.load(heading.arrives, None, words, **QUIET).then(*redraw, **QUIET).then(*tour.redraw, **QUIET)
        page.unload(answering.left)
        if endpoints is not None:
            add(page, endpoints)
    return page.queue(default_concurrency_limit=4)


def _chat(labels: Labels, judging: Judging) -> gr.Chatbot:
    said = {
        "label": word("label"),
        "placeholder": _welcome,
        "examples": lambda words, about: [offered(one.said(language())) for one in about.workspace.settings.examples],
    }
    if judging.feedback is not None:
        said["feedback_options"] = lambda words, about: options(words["feedback"])
    else:
        said["feedback_options"] = lambda words, about: None
    return labels.made(
        gr.Chatbot,
        said,
        show_label=False,
        scale=1,
        height="65vh",
        autoscroll=False,
        layout="panel",
        elem_classes=["aw-chat"],
        editable="user",
        buttons=["copy"],
        latex_delimiters=[],
        group_consecutive_messages=False,
    )


def _welcome(words: dict[str, Any], about: Assistant) -> str:
    return f'<div class="aw-answer aw-welcome"><p>{escaped(about.welcome(language()).text)}</p></div>'


def _asking(labels: Labels) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    """The question box with its buttons, of which one is seen at a time."""
    box = labels.made(
        gr.Textbox,
        {"placeholder": word("ask"), "label": word("question")},
        show_label=False,
        scale=8,
        lines=1,
        max_lines=6,
        autofocus=True,
        max_length=20_000,
        elem_classes=["aw-question", "aw-box"],
    )
    send = labels.made(gr.Button, {"value": word("send")}, variant="primary", scale=0, min_width=100)
    stop = labels.made(
        gr.Button, {"value": word("stop")}, variant="stop", scale=0, min_width=100, visible=False, elem_classes=["aw-stop"]
    )
    return box, send, stop
