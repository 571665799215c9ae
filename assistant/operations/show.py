from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Result

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class ShowResult(Result):
    """Some of the rows, in their order, and how many there are, from the place `start`; `columns` has their other
    values by name."""

    subjects: tuple[Subject, ...]
    columns: tuple[dict[str, str], ...]
    rows: int
    start: int = 0

    @property
    def listed(self) -> tuple[Subject, ...]:
        return self.subjects


class Show(Operation):
    """Show rows of the data: their text, label and other columns."""

    name = "show"
    family = "rows"
    scope = "rows"
    pages = True
    examples = ("Show me {noun} {id}", "Show 5 {nouns} that contain 'free'", "Which ones did you get wrong?")

    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows to show")

    def run(self, context: Context) -> ShowResult:
        if context.subjects:
            return ShowResult(subjects=context.subjects, columns=({},), rows=1, provenance=context.provenance())
        focus = context.conversation.focus
        if context.selected is None and self.n is None and focus is not None:  # "show it"
            return ShowResult(subjects=(focus,), columns=({},), rows=1, provenance=context.provenance())
        count = self.n or SHOWN
        start = context.page * count
        chosen = context.positions[start : start + count]
        table = context.workspace.dataset.table
        columns = tuple(
            {name: str(table[name][int(position)].as_py()) for name in context.workspace.dataset.columns} for position in chosen
        )
        return ShowResult(
            subjects=tuple(context.subject(position) for position in chosen),
            columns=columns,
            rows=len(context.positions),
            start=start,
            provenance=context.provenance(),
        )

    def remember(self, conversation: Conversation, result: ShowResult) -> Conversation:
        """Of several rows that were shown, the first is what "the first one" or "it" means next."""
        return dataclasses.replace(conversation, focus=result.subjects[0]) if len(result.subjects) > 1 else conversation
