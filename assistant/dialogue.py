"""One turn of a conversation: a question in, progress and a reply out. The page, the terminal and the API call this."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from explainers.errors import AskWhyError

from assistant import answers
from assistant.conditions import mended
from assistant.conversation import Conversation
from assistant.corrections import Corrections
from assistant.hearing import Heard, Hearing
from assistant.manner import language_of, manner
from assistant.parser import Parser
from assistant.program import Program
from assistant.reply import Reply
from assistant.results import Result
from assistant.runner import run
from assistant.transcript import record
from assistant.workspace import Report, Workspace

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The visitor stopped the turn."""


@dataclass(frozen=True)
class Turn:
    """What was said and what came of it. `program` is None when the question could not be read, or is answered by a question
    back: `conversation.choices` then holds what can be chosen.

    `conversation` is what holds after this turn; on an error it is what held before. `seconds` are those of
    "parse" and "run".
    """

    utterance: str
    program: Program | None
    understood: str
    confidence: float
    results: tuple[Result, ...]
    reply: Reply
    conversation: Conversation
    seconds: dict[str, float]
    done: bool = True
    failed: bool = False

    def to_json(self) -> dict[str, Any]:
        told = {
            "utterance": self.utterance,
            "program": None if self.program is None else self.program.to_json(),
            "understood": self.understood,
            "confidence": round(self.confidence, 4),
            "results": [result.to_json() for result in self.results],
            "reply": self.reply.to_json(),
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }
        if self.program is None and self.conversation.choices is not None and not self.failed:
            told["choices"] = [program.to_json() for program in self.conversation.choices.readings]
        return told


class Assistant:
    """Answers questions about one workspace; keeps nothing of any visitor but `corrections`, where these are kept."""

    def __init__(self, workspace: Workspace, parser: Parser, corrections: Corrections | None = None) -> None:
        self.workspace = workspace
        self.parser = parser
        ids = workspace.dataset.table["id"]
        examples = (ids[0].as_py(), ids[len(ids) - 1].as_py())
        self._hearing = Hearing(parser, workspace.schema, self._noun, examples, corrections)

    def welcome(self) -> Reply:
        dataset, classifier = self.workspace.dataset, self.workspace.classifier
        language = manner(Conversation(), self.workspace.settings).language
        return answers.message(
            "welcome", language, model=classifier.name, labels=classifier.labels, rows=len(dataset), noun=self._noun
        )

    def ask(self, utterance: str, conversation: Conversation, report: Report = lambda stage, share: None) -> Turn:
        """The finished turn."""
        *_, last = self.stream(utterance, conversation, report)
        return last

    def stream(self, utterance: str, conversation: Conversation, report: Report = lambda stage, share: None) -> Iterator[Turn]:
        """The turn as it grows: first with what was understood, then after each step; the last one is `done`.

        Nothing is raised for what the visitor said or asked for: the reply says what is wrong.
        """
        started = time.perf_counter()
        utterance = mended(utterance)
        conversation = replace(conversation, language=language_of(utterance) or conversation.language)
        language = manner(conversation, self.workspace.settings).language
        turn = Turn(utterance, None, "", 0.0, (), Reply(""), conversation, {"parse": 0.0, "run": 0.0}, done=False)
        heard: Heard | None = None
        try:
            report("parse", 0.0)
            heard = self._hearing.hear(utterance, conversation, language)
            turn = replace(turn, seconds={"parse": heard.seconds, "run": 0.0})
            if heard.program is None:
                yield replace(turn, reply=heard.reply, conversation=heard.conversation, done=True)
                return
            turn = replace(
                turn,
                program=heard.program,
                understood=heard.program.to_text(self.workspace.schema),
                confidence=heard.confidence,
            )
            yield turn
            ran_from = time.perf_counter()
            for ran in run(heard.program, heard.conversation, self.workspace, report):
                level = manner(ran.conversation, self.workspace.settings).level
                answer = answers.answer(ran.result, self._noun, language, labelled=self._labelled, level=level)
                turn = replace(
                    turn,
                    results=(*turn.results, ran.result),
                    reply=_joined(turn.reply, answer),
                    conversation=ran.conversation,
                    seconds={"parse": heard.seconds, "run": time.perf_counter() - ran_from},
                )
                yield turn
            turn = replace(turn, reply=_joined(_joined(heard.before, turn.reply), heard.after))
            yield replace(turn, done=True, conversation=_recorded(turn, heard, conversation))
        except AskWhyError as error:
            reply = _joined(turn.reply, answers.message("error", language, text=str(error)))
            seconds = turn.seconds | {"parse": turn.seconds["parse"] or time.perf_counter() - started}
            kept = replace(conversation, choices=None, understood=heard.understood if heard else None)
            yield replace(turn, reply=reply, conversation=kept, seconds=seconds, done=True, failed=True)
        except Cancelled:
            raise
        except Exception:  # a visitor is never shown a traceback, and the conversation goes on
            log.exception("A turn failed: %r", utterance[:200])
            yield replace(turn, reply=answers.message("failure", language), conversation=conversation, done=True, failed=True)

    @property
    def _noun(self) -> tuple[str, str]:
        return self.workspace.settings.data.noun

    @property
    def _labelled(self) -> bool:
        return "label" in self.workspace.dataset.table.column_names


def _recorded(turn: Turn, heard: Heard, before: Conversation) -> Conversation:
    """The conversation after a turn, which its transcript now tells of; asking for the report itself is no part of it."""
    after = replace(turn.conversation, understood=heard.understood)
    if any(step.says_anew for step in turn.program.steps):
        after = replace(after, answered=turn.results)
    if not any(step.recorded for step in turn.program.steps):
        return after
    now, seconds = datetime.now(UTC).isoformat(timespec="seconds"), sum(turn.seconds.values())
    kept = record(heard.question, turn.understood, now, seconds, turn.reply, turn.results)
    return replace(after, transcript=before.transcript.after(kept))


def _joined(first: Reply, second: Reply) -> Reply:
    """Two replies as one; the questions to come next are the later one's."""
    text = "\n\n".join(part for part in (first.text, second.text) if part)
    return Reply(text, first.blocks + second.blocks, second.suggestions or first.suggestions)
