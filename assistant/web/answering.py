"""Answering one question on the page: the history as the answer grows, and what is remembered when it is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.manner import after_hearing, manner
from assistant.reply import Question
from assistant.saying import answers
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface
from assistant.web import draw
from assistant.web.pane import LONGEST, Asked, option
from assistant.web.past import Past, Step
from assistant.web.seen import Seen
from assistant.web.shelf import Shelf
from assistant.web.stream import turns
from assistant.web.visitors import Visitor, Visitors

Messages = list[dict[str, Any]]
Answer = Iterator[tuple[Any, ...]]
SETTLING = 0.7  # seconds after Stop in which the page may still be told what was done before


@dataclass(frozen=True)
class Answering:
    """Yields (history, conversation, seen, past, question box, Ask button, Stop button) as Gradio's outputs take them."""

    assistant: Assistant
    shelf: Shelf
    visitors: Visitors

    def typed(
        self, question: str, history: Messages, conversation: Conversation, seen: Seen, past: Past, request: gr.Request
    ) -> Answer:
        """The answer to what stands in the box, which is emptied."""
        yield from self._answer(Asked(question or "", ""), history, conversation, seen, past, request, "")

    def clicked(
        self, asked: Asked | None, history: Messages, conversation: Conversation, seen: Seen, past: Past, request: gr.Request
    ) -> Answer:
        """The answer to what was clicked; what stands in the box stays there."""
        yield from self._answer(asked or Asked("", ""), history, conversation, seen, past, request, gr.skip())

    def retried(
        self, history: Messages, conversation: Conversation, seen: Seen, past: Past, request: gr.Request, data: gr.RetryData
    ) -> Answer:
        """The last question once more, from where it was asked."""
        yield from self._again(data.index, None, history, conversation, seen, past, request)

    def edited(
        self, history: Messages, conversation: Conversation, seen: Seen, past: Past, request: gr.Request, data: gr.EditData
    ) -> Answer:
        """A question in other words, from where it was asked; what was said after it is taken back."""
        text = data.value if isinstance(data.value, str) else ""
        yield from self._again(data.index, Asked(text[:LONGEST], ""), history, conversation, seen, past, request)

    def stopped(self, history: Messages, request: gr.Request) -> tuple[Messages, Any, Any]:
        """The work ends, not only its showing."""
        visitor = self.visitors.of(request.session_hash)
        visitor.stop.set()
        kept = history[:-1] if history and history[-1]["role"] == "assistant" else history
        return [*kept, _stopped(visitor)], gr.update(visible=True), gr.update(visible=False)

    def settled(self, history: Messages, request: gr.Request) -> tuple[Any, Any, Any]:
        """The same once more, when what was on its way to the page has arrived; not where something else is asked by then."""
        visitor = self.visitors.of(request.session_hash)
        halted = visitor.stop
        time.sleep(SETTLING)
        return self.stopped(history, request) if visitor.stop is halted else (gr.skip(), gr.skip(), gr.skip())

    def fresh(self, request: gr.Request) -> tuple[Any, ...]:
        """A new conversation."""
        visitor = self.visitors.of(request.session_hash)
        visitor.stop.set()
        self.shelf.forget(visitor.name)
        return [], Conversation(level=visitor.level), Seen(), Past(), "", gr.update(visible=True), gr.update(visible=False)

    def left(self, request: gr.Request) -> None:
        """A visitor closed the page."""
        self.visitors.leaves(request.session_hash)
        self.shelf.left(str(request.session_hash))

    def _again(
        self, place: Any, asked: Asked | None, history: Messages, conversation: Conversation, seen: Seen, past: Past,
        request: gr.Request,
    ) -> Answer:  # fmt: skip
        """A question asked again in its own place; nothing where the page no longer knows it."""
        found = past.at(place) if isinstance(place, int) else None
        if found is None:
            yield from self._answer(asked or Asked("", ""), history, conversation, seen, past, request, gr.skip())
            return
        step, before = found
        asked = asked if asked is not None and asked.command.strip() else step.asked
        earlier = replace(step.conversation, level=conversation.level)
        yield from self._answer(asked, history[: step.place], earlier, step.seen, before, request, gr.skip())

    def _answer(
        self, asked: Asked, history: Messages, conversation: Conversation, seen: Seen, past: Past, request: gr.Request, box: Any
    ) -> Answer:
        """Nothing but the question itself is remembered before the turn is done."""
        idle, working = (gr.update(visible=True), gr.update(visible=False)), (gr.update(visible=False), gr.update(visible=True))
        if not asked.command.strip():
            yield history, conversation, seen, past, gr.skip(), *idle
            return
        visitor = self.visitors.of(request.session_hash)
        assistant, conversation = visitor.own or self.assistant, visitor.ready(conversation)
        spoken = manner(after_hearing(asked.command, conversation), assistant.workspace.settings)
        language = visitor.answering = spoken.language
        words = interface(language)
        past = past.after(Step(len(history or []), asked, conversation, seen))
        history = [*_without_options(history), {"role": "user", "content": _question(asked, spoken.level)}]
        turn: Turn | None = None
        stage = words["stages"]["parse"]
        yield [*history, _stage(stage)], conversation, seen, past, box, *working
        same = gr.skip(), gr.skip()  # the buttons are told once: what arrives after Stop must not bring them back
        with visitor.working() as cancelled:
            for item in turns(assistant, asked.command, conversation, cancelled):
                if isinstance(item, Turn):
                    turn = self._with_files(item, request, language) if item.done else item
                else:
                    name, _, written = item[0].partition("\n")
                    stage = f"{words['stages'][name]} ({item[1]:.0%})" if item[1] else words["stages"][name]
                    stage = f"{stage}: {written}" if written else stage
                if turn is None:
                    yield [*history, _stage(stage)], conversation, seen, past, gr.skip(), *same
                elif not turn.done:
                    shown = _message(draw.turn(turn, stage))
                    yield [*history, shown], conversation, seen, past, gr.skip(), *same
                else:
                    taken_back = (Question(words["not_meant"]),) if turn.conversation.understood is not None else ()
                    shown = _message(draw.turn(turn), turn.reply.suggestions + taken_back)
                    done = past.understood(turn.understood)
                    yield [*history, shown], visitor.ready(turn.conversation), seen.after(turn), done, gr.skip(), *idle

    def _with_files(self, turn: Turn, request: gr.Request, language: str) -> Turn:
        """The finished turn with links to its files; where they cannot be written, the reply says so."""
        try:
            return replace(turn, reply=self.shelf.put(turn.reply, str(request.session_hash)))
        except AskWhyError as error:
            return replace(turn, reply=answers.error(str(error), language), failed=True)


def _stopped(visitor: Visitor) -> dict[str, Any]:
    spoken = visitor.answering or visitor.language
    return _message(f'<div class="aw-answer" lang="{spoken}"><p>{escaped(interface(spoken)["stopped"])}</p></div>')


def _question(asked: Asked, level: str) -> str:
    """What was asked; of a command that was clicked, the question in words, and for experts the command below. Who edits the
    question edits the command."""
    if not asked.said or asked.said == asked.command:
        return escaped(asked.command)
    hidden = "" if level == "expert" else " hidden"
    return f'<div class="aw-said">{escaped(asked.said)}<code{hidden}>{escaped(asked.command)}</code></div>'


def _stage(stage: str) -> dict[str, Any]:
    return _message(f'<div class="aw-answer"><p class="aw-stage">{escaped(stage)} …</p></div>')


def _message(content: str, suggestions: tuple[Question, ...] = ()) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if suggestions:
        message["options"] = [{"value": option(suggestion), "label": suggestion.offered} for suggestion in suggestions]
    return message


def _without_options(history: Messages) -> Messages:
    """Only the newest answer offers next questions."""
    return [{key: value for key, value in message.items() if key != "options"} for message in history or []]
