from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.manner import LEVELS
from assistant.operation import Operation
from assistant.programs.arguments import Choice
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class DetailResult(Result):
    """The level of answers from now on, and the results of the last answer, which is said again: nothing is computed anew."""

    level: str
    results: tuple[Result, ...]

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
        return DetailResult(level=self.level, results=answered, provenance=context.provenance())

    def remember(self, conversation: Conversation, result: DetailResult) -> Conversation:
        return dataclasses.replace(conversation, level=self.level)
