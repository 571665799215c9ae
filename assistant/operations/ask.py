from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.knowledge.cited import Answer
from assistant.operation import Operation
from assistant.programs.arguments import Text
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class AskResult(Result):
    """What the documents say to a question. `own` tells that the person has documents there; `notices` are sentences about
    those that cannot be read; `keywords_only` that no embeddings were at hand."""

    question: str
    answer: Answer
    own: bool
    notices: tuple[str, ...]
    keywords_only: bool

    @property
    def nothing(self) -> bool:
        return not self.answer.sentences


class Ask(Operation):
    """A question about the background, answered in sentences of the documents, each with the passage it stands in."""

    name = "ask"
    family = "about"
    scope = "nothing"
    repeatable = False
    examples = ("Why are attention weights no explanation?", "What can I do about wrong labels?")

    question: Annotated[str, Text()] = Field(description="the question, as it was asked")

    def run(self, context: Context) -> AskResult:
        if not self.question.strip():
            raise AskWhyError("The question is empty; ask something that the documents could answer.")
        library = context.workspace.original.library
        answer = library.answer(self.question, context.report)
        return AskResult(
            question=self.question,
            answer=answer,
            own=bool(context.workspace.settings.documents),
            notices=library.notices,
            keywords_only=library.by_keywords_only,
            provenance=context.provenance(method="keywords" if library.by_keywords_only else "embeddings and keywords"),
        )
