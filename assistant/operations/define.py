from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from assistant.context import Context
from assistant.knowledge.cited import Answer, Cited, Quoted
from assistant.knowledge.glossary import Term, find_term
from assistant.operation import Operation
from assistant.operations.attribute import NAMES
from assistant.operations.trust import Trust
from assistant.programs.arguments import Text
from assistant.results import Result

if TYPE_CHECKING:
    from assistant.conversation import Conversation
    from assistant.programs.program import Program


@dataclass(frozen=True, kw_only=True)
class DefineResult(Result):
    """The term that was asked for, with the article about it in sections and its sentence on what to beware of; or the
    nearest terms when it is not in the glossary, and what the documents say of it."""

    asked: str
    term: Term | None
    near: tuple[str, ...]
    labels: tuple[str, ...]
    article: tuple[Cited, ...] = ()
    beware: Quoted | None = None
    elsewhere: Answer | None = None


class Define(Operation):
    """What a term of the field means."""

    name = "define"
    family = "about"
    scope = "nothing"
    repeatable = False
    examples = ("What does recall mean?", "What is LIME?")

    term: Annotated[str, Text()] = Field(description="the term, as the question writes it")

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        """Where trust in an explanation is asked for in one breath with a method, that method's is meant."""
        term, _ = find_term(self.term)
        method = None if term is None else term.name.casefold().replace(" ", "_")
        if method not in NAMES:
            return program
        steps = [
            step.model_copy(update={"method": method}) if isinstance(step, Trust) and step.method is None else step
            for step in program.steps
        ]
        return dataclasses.replace(program, steps=tuple(steps))

    def run(self, context: Context) -> DefineResult:
        from assistant.knowledge.library import article_about  # no start should wait for it

        term, near = find_term(self.term)
        article, beware = article_about(term.name) if term else ((), None)
        elsewhere = None
        if term is None and self.term.strip():
            found = context.workspace.original.library.answer(self.term, context.report)
            elsewhere = found if found.sentences else None
        return DefineResult(
            asked=self.term, term=term, near=near, labels=context.workspace.schema.labels,
            article=article, beware=beware, elsewhere=elsewhere, provenance=context.provenance(),
        )  # fmt: skip
