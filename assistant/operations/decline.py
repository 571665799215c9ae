from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Choice
from assistant.results import Result

REASONS = ("out_of_scope", "small_talk", "unsupported")


@dataclass(frozen=True, kw_only=True)
class DeclineResult(Result):
    """Why the question is not answered, and what the model is."""

    reason: str
    model: str

    @property
    def nothing(self) -> bool:
        return self.reason != "small_talk"


class Decline(Operation):
    """Say that a question is not about the model and its data, or cannot be answered, and what can be."""

    name = "decline"
    family = "about"
    scope = "nothing"
    examples = ()
    repeatable = False

    reason: Annotated[str | None, Choice(REASONS)] = Field(None, description="why the question is not answered")

    def run(self, context: Context) -> DeclineResult:
        return DeclineResult(reason=self.reason or REASONS[0], model=context.workspace.model.name)
