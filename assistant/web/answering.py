"""Answering one question on the page: the history as the answer grows, and what is remembered when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant import answers
from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.drawing import escaped
from assistant.texts import interface
from assistant.web import draw
from assistant.web.pane import Asked
from assistant.web.seen import Seen
from assistant.web.shelf import Shelf
from assistant.web.stream import turns

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Answering:
    """Yields (history, conversation, seen, question box, Ask button, Stop button) as Gradio's outputs take them."""

    assistant: Assistant
    shelf: Shelf

    def typed(
        self, question: str, history: Messages, conversation: Conversation, seen: Seen, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """The answer to what stands in the box, which is emptied."""
        yield from self._answer(Asked(question or "", ""), history, conversation, seen, request, "")

    def clicked(
        self, asked: Asked | None, history: Messages, conversation: Conversation, seen: Seen, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """The answer to what was clicked; what stands in the box stays there."""
        yield from self._answer(asked or Asked("", ""), history, conversation, seen, request, gr.skip())

    def stopped(self, history: Messages) -> tuple[Messages, Any, Any]:
        text = f'<div class="aw-answer"><p>{escaped(interface()["stopped"])}</p></div>'
        kept = history[:-1] if history and history[-1]["role"] == "assistant" else history
        return [*kept, _message(text)], gr.update(visible=True), gr.update(visible=False)

    def fresh(self, request: gr.Request) -> tuple[Any, ...]:
        """A new conversation."""
        self.shelf.forget(str(request.session_hash))
        return [], Conversation(), Seen(), "", gr.update(visible=True), gr.update(visible=False)

    def left(self, request: gr.Request) -> None:
        """A visitor closed the page."""
        self.shelf.left(str(request.session_hash))

    def _answer(
        self, asked: Asked, history: Messages, conversation: Conversation, seen: Seen, request: gr.Request, box: Any
    ) -> Iterator[tuple[Any, ...]]:
        """Nothing is remembered before the turn is done."""
        idle, working = (gr.update(visible=True), gr.update(visible=False)), (gr.update(visible=False), gr.update(visible=True))
        if not asked.command.strip():
            yield history, conversation, seen, gr.skip(), *idle
            return
        words = interface()
        history = [*_without_options(history), {"role": "user", "content": _question(asked)}]
        turn: Turn | None = None
        stage = words["stages"]["parse"]
        yield [*history, _stage(stage)], conversation, seen, box, *working
        for item in turns(self.assistant, asked.command, conversation):
            if isinstance(item, Turn):
                turn = self._with_files(item, request) if item.done else item
            else:
                name, _, written = item[0].partition("\n")
                stage = f"{words['stages'][name]} ({item[1]:.0%})" if item[1] else words["stages"][name]
                stage = f"{stage}: {written}" if written else stage
            if turn is None:
                yield [*history, _stage(stage)], conversation, seen, gr.skip(), *working
            elif not turn.done:
                yield [*history, _message(draw.turn(turn, stage))], conversation, seen, gr.skip(), *working
            else:
                taken_back = (words["not_meant"],) if turn.conversation.understood is not None else ()
                shown = _message(draw.turn(turn), turn.reply.suggestions + taken_back)
                yield [*history, shown], turn.conversation, seen.after(turn), gr.skip(), *idle

    def _with_files(self, turn: Turn, request: gr.Request) -> Turn:
        """The finished turn with links to its files; where they cannot be written, the reply says so."""
        try:
            return replace(turn, reply=self.shelf.put(turn.reply, str(request.session_hash)))
        except AskWhyError as error:
            return replace(turn, reply=answers.message("error", text=str(error)), failed=True)


def _question(asked: Asked) -> str:
    """What was asked; of a command that was clicked, the question in words, and the command below."""
    if not asked.said or asked.said == asked.command:
        return escaped(asked.command)
    return f'<div class="aw-said">{escaped(asked.said)}<br><code>{escaped(asked.command)}</code></div>'


def _stage(stage: str) -> dict[str, Any]:
    return _message(f'<div class="aw-answer"><p class="aw-stage">{escaped(stage)} …</p></div>')


def _message(content: str, suggestions: tuple[str, ...] = ()) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if suggestions:
        message["options"] = [{"value": suggestion, "label": suggestion} for suggestion in suggestions]
    return message


def _without_options(history: Messages) -> Messages:
    """Only the newest answer offers next questions."""
    return [{key: value for key, value in message.items() if key != "options"} for message in history or []]
