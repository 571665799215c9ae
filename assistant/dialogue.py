"""One turn of a conversation: a question in, progress and a reply out. The page, the terminal and the API call this."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from explainers.errors import AskWhyError

from assistant.conversation import Conversation, Subject
from assistant.hearing import Heard, Hearing
from assistant.learning.corrections import Corrections
from assistant.manner import after_hearing, manner
from assistant.parsing.parser import Parser
from assistant.pointing import still_among
from assistant.programs.conditions import Condition, Typed, mended
from assistant.programs.program import Program
from assistant.reply import Reply, joined
from assistant.results import Result
from assistant.runner import feasible, run
from assistant.saying import answers
from assistant.saying.next_questions import chosen
from assistant.saying.phrasing import Phrasing
from assistant.showing.plots import Clicks
from assistant.straying import DRAWN, in_korean
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
    """Answers questions about one workspace; keeps nothing of any visitor but `corrections`, where these are kept. With
    `phrasing`, a language model puts the answers in its own words."""

    def __init__(
        self, workspace: Workspace, parser: Parser, corrections: Corrections | None = None, phrasing: Phrasing | None = None
    ) -> None:
        self.workspace = workspace
        self.parser = parser
        self._phrasing = phrasing
        ids = workspace.dataset.table["id"]
        examples = (ids[0].as_py(), ids[len(ids) - 1].as_py())
        self._clicks = Clicks(workspace.schema, workspace.dataset.split)
        korean = in_korean(workspace.dataset.texts[:DRAWN])
        self._hearing = Hearing(parser, workspace.schema, self._noun, examples, corrections, self._finds, self._feasible, korean)

    def welcome(self, language: str = "en") -> Reply:
        """What there is to ask about, in a language of the page's; the settings may fix another."""
        workspace = self.workspace
        language = manner(Conversation(language=language), workspace.settings).language
        return answers.message(
            "welcome",
            language,
            model=workspace.model.name,
            labels=workspace.schema.labels,
            rows=len(workspace.dataset),
            noun=self._noun,
        )

    def _finds(self, where: Condition) -> bool:
        """Whether there are rows of the data that meet a condition."""
        return len(self.workspace.rows.select(where)) > 0

    def _feasible(self, program: Program, conversation: Conversation) -> Program | None:
        return feasible(program, conversation, self.workspace)

    def ask(self, utterance: str, conversation: Conversation, report: Report = lambda stage, share: None) -> Turn:
        """The finished turn."""
        *_, last = self.stream(utterance, conversation, report)
        return last

    def run(self, program: Program, conversation: Conversation, report: Report = lambda stage, share: None) -> Turn:
        """The finished turn of a program that needs no reading; it must fit the schema."""
        *_, last = self.stream(f"/{program.to_text(self.workspace.schema)}", conversation, report, program)
        return last

    def stream(
        self,
        utterance: str,
        conversation: Conversation,
        report: Report = lambda stage, share: None,
        program: Program | None = None,
    ) -> Iterator[Turn]:
        """The turn as it grows: first with what was understood, then after each step; the last one is `done`. A `program` is
        run as it is, whatever the utterance.

        Nothing is raised for what the visitor said or asked for: the reply says what is wrong.
        """
        started = time.perf_counter()
        utterance = mended(utterance)
        conversation = after_hearing(utterance, conversation)
        language = manner(conversation, self.workspace.settings).language
        nothing = Reply("", language=language)
        turn = Turn(utterance, None, "", 0.0, (), nothing, conversation, {"parse": 0.0, "run": 0.0}, done=False)
        heard: Heard | None = None
        try:
            report("parse", 0.0)
            if program is None:
                heard = self._hearing.hear(utterance, conversation, language)
            else:
                heard = Heard(utterance, program, 1.0, replace(conversation, choices=None, understood=None), 0.0)
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
            ran_from, said = time.perf_counter(), []
            for ran in run(heard.program, heard.conversation, self.workspace, report):
                level = manner(ran.conversation, self.workspace.settings).level
                answer = answers.answer(
                    ran.result, self._noun, language,
                    labelled=self._labelled, level=level, kind=self.workspace.schema.kind, clicks=self._clicks,
                )  # fmt: skip
                said.append((ran.result, answer))
                turn = replace(
                    turn,
                    results=(*turn.results, ran.result),
                    reply=joined(turn.reply, answer),
                    conversation=ran.conversation,
                    seconds={"parse": heard.seconds, "run": time.perf_counter() - ran_from},
                )
                yield turn
            if self._phrasing is not None:
                report("phrase", 0.0)
                turn = replace(turn, reply=self._phrased(heard.question, said, conversation, language, level))
            reply = joined(joined(heard.before, turn.reply), heard.after)
            if not any(result.asks for result in turn.results):  # what answers a question back is offered whole
                next_ones = chosen(reply.suggestions, conversation.offered, turn.understood)
                reply = replace(reply, suggestions=next_ones)
                turn = replace(turn, conversation=replace(turn.conversation, offered=tuple(map(str, next_ones))))
            turn = replace(turn, reply=replace(reply, suggestions=(*heard.instead, *reply.suggestions)))
            yield replace(turn, done=True, conversation=_recorded(turn, heard, conversation))
        except AskWhyError as error:
            reply = joined(turn.reply, answers.error(str(error), language))
            reply = replace(reply, suggestions=(*(heard.instead if heard else ()), *reply.suggestions))
            seconds = turn.seconds | {"parse": turn.seconds["parse"] or time.perf_counter() - started}
            kept = replace(_on_typed(turn.program, conversation), choices=None, understood=heard.understood if heard else None)
            yield replace(turn, reply=reply, conversation=kept, seconds=seconds, done=True, failed=True)
        except Cancelled:
            raise
        except Exception:  # a visitor is never shown a traceback, and the conversation goes on
            log.exception("A turn failed: %r", utterance[:200])
            yield replace(turn, reply=answers.message("failure", language), conversation=conversation, done=True, failed=True)

    def _phrased(self, question: str, said: list[tuple[Result, Reply]], before: Conversation, language: str, level: str) -> Reply:
        """The answers of a turn in other words; what no operation answers is asked about the last answer."""
        (result, reply), *others = said
        if not others and result.nothing and not question.startswith("/"):
            told = self._phrasing.follow_up(question, before.answered, language, level)
            return reply if told is None else answers.message("follow_up", language, text=told)
        return reduce(joined, self._phrasing.phrased(said, language, level))

    @property
    def _noun(self) -> tuple[str, str]:
        return self.workspace.settings.data.noun

    @property
    def _labelled(self) -> bool:
        return "label" in self.workspace.dataset.table.column_names


def _on_typed(program: Program | None, conversation: Conversation) -> Conversation:
    """The conversation on the text that was typed, though what was asked of it could not be told: what is asked next is of it."""
    asked = program is not None and isinstance(program.where, Typed) and all(step.scope == "texts" for step in program.steps)
    text = program.where.text if asked else ""
    return replace(conversation, focus=Subject(text), beside=conversation.focus) if text.strip() else conversation


def _recorded(turn: Turn, heard: Heard, before: Conversation) -> Conversation:
    """The conversation after a turn, which its transcript now tells of; asking for the report itself is no part of it."""
    after = replace(turn.conversation, understood=heard.understood)
    if any(step.says_anew for step in turn.program.steps) and not all(result.nothing for result in turn.results):
        same = after.focus is not None and after.focus.same_as(before.focus)
        after = replace(after, answered=turn.results, named=turn.results[-1].named or (before.named if same else ()))
        after = replace(after, among=still_among(after))
    if not any(step.recorded for step in turn.program.steps):
        return after
    now, seconds = datetime.now(UTC).isoformat(timespec="seconds"), sum(turn.seconds.values())
    kept = record(heard.question, turn.understood, now, seconds, turn.reply, turn.results)
    return replace(after, transcript=before.transcript.after(kept))
