"""One turn of a conversation: a question in, progress and a reply out. The page, the terminal and the API call this."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from explainers.errors import AskWhyError

from assistant import answers
from assistant.conditions import mended
from assistant.conversation import Conversation
from assistant.parser import Parser
from assistant.program import Program
from assistant.reply import Reply
from assistant.results import Result
from assistant.runner import run
from assistant.workspace import Report, Workspace

UNSURE = 0.3  # below this probability of the program, the reply says that it may have misunderstood

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The visitor stopped the turn."""


@dataclass(frozen=True)
class Turn:
    """What was said and what came of it. `program` is None when the question could not be read.

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
        return {
            "utterance": self.utterance,
            "program": None if self.program is None else self.program.to_json(),
            "understood": self.understood,
            "confidence": round(self.confidence, 4),
            "results": [result.to_json() for result in self.results],
            "reply": self.reply.to_json(),
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }


class Assistant:
    """Answers questions about one workspace; keeps nothing of any visitor."""

    def __init__(self, workspace: Workspace, parser: Parser) -> None:
        self.workspace = workspace
        self.parser = parser

    def welcome(self) -> Reply:
        dataset, classifier = self.workspace.dataset, self.workspace.classifier
        return answers.message("welcome", model=classifier.name, labels=classifier.labels, rows=len(dataset), noun=self._noun)

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
        turn = Turn(utterance, None, "", 0.0, (), Reply(""), conversation, {"parse": 0.0, "run": 0.0}, done=False)
        try:
            report("parse", 0.0)
            parse = self.parser.parse(utterance)
            turn = replace(
                turn,
                program=parse.program,
                understood=parse.program.to_text(self.workspace.schema),
                confidence=parse.confidence,
                seconds={"parse": parse.seconds, "run": 0.0},
            )
            yield turn
            ran_from = time.perf_counter()
            for ran in run(parse.program, conversation, self.workspace, report):
                said = answers.answer(ran.result, self._noun)
                turn = replace(
                    turn,
                    results=(*turn.results, ran.result),
                    reply=_joined(turn.reply, said),
                    conversation=ran.conversation,
                    seconds={"parse": parse.seconds, "run": time.perf_counter() - ran_from},
                )
                yield turn
            if parse.confidence < UNSURE:
                turn = replace(turn, reply=_joined(answers.message("unsure", understood=turn.understood), turn.reply))
            yield replace(turn, done=True)
        except AskWhyError as error:
            said = _joined(turn.reply, answers.message("error", text=str(error)))
            seconds = turn.seconds | {"parse": turn.seconds["parse"] or time.perf_counter() - started}
            yield replace(turn, reply=said, conversation=conversation, seconds=seconds, done=True, failed=True)
        except Cancelled:
            raise
        except Exception:  # a visitor is never shown a traceback, and the conversation goes on
            log.exception("A turn failed: %r", utterance[:200])
            yield replace(turn, reply=answers.message("failure"), conversation=conversation, done=True, failed=True)

    @property
    def _noun(self) -> tuple[str, str]:
        return self.workspace.settings.data.noun


def _joined(first: Reply, second: Reply) -> Reply:
    """Two replies as one; the questions to come next are the later one's."""
    text = "\n\n".join(part for part in (first.text, second.text) if part)
    return Reply(text, first.blocks + second.blocks, second.suggestions or first.suggestions)
