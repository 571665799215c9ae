from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Choice
from assistant.results import Result

MISSING = ("words", "row", "question")


@dataclass(frozen=True, kw_only=True)
class ClarifyResult(Result):
    """What the question left out; the smallest and largest id when ids are numbers, else the first one as an example.

    "rows" are missing where a question needs a selection and there is none, "others" where it needs a second one.
    """

    asks: ClassVar[bool] = True

    missing: str
    lowest: int | None
    highest: int | None
    example: int | str


class Clarify(Operation):
    """Ask back, once, for what the question left out."""

    name = "clarify"
    family = "about"
    scope = "nothing"
    examples = ()
    repeatable = False

    missing: Annotated[str, Choice(MISSING)] = Field(description="what the question left out")

    def run(self, context: Context) -> ClarifyResult:
        return ask_for(self.missing, context)


def ask_for(missing: str, context: Context) -> ClarifyResult:
    """The question back for what is missing: one of MISSING, "rows" or "others"."""
    dataset = context.workspace.dataset
    ids = dataset.table["id"].to_pylist()
    ordered = dataset.id_kind == "integer"
    return ClarifyResult(
        operation=Clarify.name,
        missing=missing,
        lowest=min(ids) if ordered else None,
        highest=max(ids) if ordered else None,
        example=ids[0],
    )
