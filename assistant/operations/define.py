from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.arguments import Text
from assistant.context import Context
from assistant.knowledge import Term, find_term
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class DefineResult(Result):
    """The term that was asked for, or the nearest ones when it is not in the knowledge base."""

    asked: str
    term: Term | None
    near: tuple[str, ...]
    labels: tuple[str, ...]


class Define(Operation):
    """What a term of the field means."""

    name = "define"
    family = "about"
    scope = "nothing"
    repeatable = False
    examples = ("What does recall mean?", "What is LIME?")

    term: Annotated[str, Text()] = Field(description="the term, as the question writes it")

    def run(self, context: Context) -> DefineResult:
        term, near = find_term(self.term)
        return DefineResult(
            asked=self.term, term=term, near=near, labels=context.workspace.classifier.labels, provenance=context.provenance()
        )
