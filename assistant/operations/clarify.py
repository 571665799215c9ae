from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.arguments import Choice
from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Result

MISSING = ("words", "row", "question")


@dataclass(frozen=True, kw_only=True)
class ClarifyResult(Result):
    """What the question left out; `highest` is the largest id when ids are numbers."""

    missing: str
    highest: int | None


class Clarify(Operation):
    """Ask back, once, for what the question left out."""

    name = "clarify"
    family = "about"
    scope = "nothing"
    examples = ()
    repeatable = False

    missing: Annotated[str, Choice(MISSING)] = Field(description="what the question left out")

    def run(self, context: Context) -> ClarifyResult:
        dataset = context.workspace.dataset
        highest = int(dataset.table["id"].to_numpy().max()) if dataset.id_kind == "integer" else None
        return ClarifyResult(missing=self.missing, highest=highest)
