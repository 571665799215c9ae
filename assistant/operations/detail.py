from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.manner import LEVELS, manner
from assistant.operation import Operation
from assistant.operations.attribute import AttributeResult
from assistant.operations.rationalize import Rationalize, RationalizeResult
from assistant.programs.arguments import Choice
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class DetailResult(Result):
    """The level of answers from now on, and the results of the last answer, which is said again: nothing is computed anew.
    `plainest`: it was said in plain words before, and is now said as plainly as can be."""

    level: str
    results: tuple[Result, ...]
    plainest: bool

    def to_json(self) -> dict[str, Any]:
        facts = Result.to_json(dataclasses.replace(self, results=()))
        return facts | {"results": [result.to_json() for result in self.results]}


class Detail(Operation):
    """Say the last answer again, more simply or in more detail, and go on so."""

    name = "detail"
    family = "talk"
    scope = "nothing"
    repeatable = False
    says_anew = False
    examples = ("Explain that more simply", "More detail, please")

    level: Annotated[str, Choice(LEVELS)] = Field(
        description="plain words for anyone, or method, figures and parameters for experts"
    )

    def run(self, context: Context) -> DetailResult:
        answered = context.conversation.answered
        now = manner(context.conversation, context.workspace.settings).level
        plainest = bool(answered) and self.level == now == "plain"
        results = tuple(map(_in_sentences, answered)) if plainest else answered
        return DetailResult(level=self.level, results=results, plainest=plainest, provenance=context.provenance())

    def remember(self, conversation: Conversation, result: DetailResult) -> Conversation:
        return dataclasses.replace(conversation, level=self.level)


def _in_sentences(result: Result) -> Result:
    """An explanation as a few sentences; what else was answered as it is."""
    if not isinstance(result, AttributeResult) or len(result.explained) != 1:
        return result
    (one,) = result.explained
    said = {"operation": Rationalize.name, "selected": result.selected, "provenance": result.provenance}
    return RationalizeResult(prediction=one.prediction, explanation=one.explanation, **said)
