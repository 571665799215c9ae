"""The page: a conversation with the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant import answers, drawing
from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.drawing import escaped
from assistant.texts import interface
from assistant.web import draw
from assistant.web.shelf import Shelf
from assistant.web.stream import turns

STYLE = Path(__file__).parent / "style.css"
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK KR", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
Messages = list[dict[str, Any]]


def launch_options() -> dict[str, Any]:
    """What Gradio's `launch` needs so that the page looks as meant: fonts of this machine, our style."""
    return {
        "theme": gr.themes.Default(font=FONTS, font_mono=MONO),
        "css_paths": [drawing.STYLE, STYLE],
        "footer_links": [],
        "ssr_mode": False,
        "show_error": False,
    }


def build(assistant: Assistant) -> gr.Blocks:
    """The page for one workspace; each visitor has a conversation of their own."""
    words = interface()
    settings = assistant.workspace.settings
    shelf = Shelf()

    def answer(question: str, history: Messages, conversation: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The history as the answer grows. Nothing is remembered before the turn is done."""
        if not (question or "").strip():
            yield history, conversation, gr.update(), gr.update(visible=True), gr.update(visible=False)
            return
        history = [*_without_options(history), {"role": "user", "content": escaped(question)}]
        turn: Turn | None = None
        stage = words["stages"]["parse"]
        working = gr.update(visible=False), gr.update(visible=True)
        yield [*history, _message(f'<div class="aw-answer"><p class="aw-stage">{stage} …</p></div>')], conversation, "", *working
        for item in turns(assistant, question, conversation):
            if isinstance(item, Turn):
                turn = _with_files(item, shelf, request) if item.done else item
            else:
                stage = f"{words['stages'][item[0]]} ({item[1]:.0%})" if item[1] else words["stages"][item[0]]
            if turn is None:
                shown = _message(f'<div class="aw-answer"><p class="aw-stage">{escaped(stage)} …</p></div>')
            elif not turn.done:
                shown = _message(draw.turn(turn, stage))
            else:
                taken_back = (words["not_meant"],) if turn.conversation.understood is not None else ()
                shown = _message(draw.turn(turn), turn.reply.suggestions + taken_back)
            done = turn is not None and turn.done
            buttons = (gr.update(visible=True), gr.update(visible=False)) if done else working
            yield [*history, shown], turn.conversation if done else conversation, gr.skip(), *buttons

    def picked(event: gr.SelectData) -> str:
        return str(event.value["text"] if isinstance(event.value, dict) else event.value)

    def stopped(history: Messages) -> tuple[Messages, Any, Any]:
        text = f'<div class="aw-answer"><p>{escaped(words["stopped"])}</p></div>'
        kept = history[:-1] if history and history[-1]["role"] == "assistant" else history
        return [*kept, _message(text)], gr.update(visible=True), gr.update(visible=False)

    def left(request: gr.Request) -> None:
        shelf.left(str(request.session_hash))

    def fresh(request: gr.Request) -> tuple[Any, ...]:
        shelf.forget(str(request.session_hash))
        return [], Conversation(), "", gr.update(visible=True), gr.update(visible=False)

    with gr.Blocks(title=settings.title, analytics_enabled=False, fill_height=True) as page:
        conversation = gr.State(Conversation())
        with gr.Row():
            gr.Markdown(f"# {escaped(settings.title)}")
            new = gr.Button(words["new"], size="sm", scale=0, min_width=160)
        chat = gr.Chatbot(
            label=words["label"],
            show_label=False,
            scale=1,
            height="65vh",
            layout="panel",
            elem_classes=["aw-chat"],
            placeholder=f'<div class="aw-answer aw-welcome"><p>{escaped(assistant.welcome().text)}</p></div>',
            examples=[{"text": example} for example in settings.examples],
            feedback_options=None,
            buttons=[],
            latex_delimiters=[],
            group_consecutive_messages=False,
        )
        with gr.Row():
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
            stop = gr.Button(words["stop"], variant="stop", scale=0, min_width=100, visible=False)
        picked_question = gr.State("")
        inputs, outputs = [chat, conversation], [chat, conversation, box, send, stop]
        running = [
            box.submit(answer, [box, *inputs], outputs, show_progress="hidden", api_visibility="private"),
            send.click(answer, [box, *inputs], outputs, show_progress="hidden", api_visibility="private"),
        ]
        for chosen in (chat.option_select, chat.example_select):
            running.append(
                chosen(picked, None, picked_question, show_progress="hidden", api_visibility="private").then(
                    answer, [picked_question, *inputs], outputs, show_progress="hidden", api_visibility="private"
                )
            )
        stop.click(stopped, chat, [chat, send, stop], cancels=running, show_progress="hidden", api_visibility="private")
        for started_over in (new.click, chat.clear):
            started_over(fresh, None, outputs, cancels=running, show_progress="hidden", api_visibility="private")
        page.unload(left)
    return page.queue(default_concurrency_limit=4)


def _with_files(turn: Turn, shelf: Shelf, request: gr.Request) -> Turn:
    """The finished turn with links to its files; where they cannot be written, the reply says so."""
    try:
        return replace(turn, reply=shelf.put(turn.reply, str(request.session_hash)))
    except AskWhyError as error:
        return replace(turn, reply=answers.message("error", text=str(error)), failed=True)


def _message(content: str, suggestions: tuple[str, ...] = ()) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if suggestions:
        message["options"] = [{"value": suggestion, "label": suggestion} for suggestion in suggestions]
    return message


def _without_options(history: Messages) -> Messages:
    """Only the newest answer offers next questions."""
    return [{key: value for key, value in message.items() if key != "options"} for message in history or []]
