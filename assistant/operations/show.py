from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from explainers.errors import AskWhyError
from explainers.word_index import COUNTED

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.finding.fields import is_date, is_number, values
from assistant.operation import Operation
from assistant.programs.arguments import Choice, Count
from assistant.programs.arguments import Field as FieldName
from assistant.results import Result

SHOWN = 5
ORDERS = ("descending", "ascending")
SORTED = (*COUNTED, "confidence")


@dataclass(frozen=True)
class Order:
    """What rows are sorted by: a field, whose values are a `kind` of "length", "confidence", "number" or "date", from the most
    or latest on, or from the least or earliest; `values` of the rows shown, and how many rows have none, which come last."""

    by: str
    kind: str
    ascending: bool
    values: tuple[object, ...]
    missing: int


@dataclass(frozen=True, kw_only=True)
class ShowResult(Result):
    """Some of the rows, as the data has them or sorted by `order`, and how many there are, from the place `start`; `columns`
    has their other values by name."""

    subjects: tuple[Subject, ...]
    columns: tuple[dict[str, str], ...]
    rows: int
    start: int = 0
    order: Order | None = None

    @property
    def listed(self) -> tuple[Subject, ...]:
        return self.subjects


class Show(Operation):
    """Show rows of the data: their text, label and other columns."""

    name = "show"
    family = "rows"
    scope = "rows"
    pages = True
    examples = (
        "Show me {noun} {id}",
        "Show 5 {nouns} that contain 'free'",
        "Which ones did you get wrong?",
        "What is the longest {noun}?",
    )

    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows to show")
    by: Annotated[str | None, FieldName(SORTED)] = Field(None, description="a field to sort by; as the data has them when absent")
    order: Annotated[str | None, Choice(ORDERS)] = Field(None, description="descending when absent")

    def run(self, context: Context) -> ShowResult:
        if context.subjects:
            return ShowResult(subjects=context.subjects, columns=({},), rows=1, provenance=context.provenance())
        focus = context.conversation.focus
        if context.selected is None and self.n is None and self._field is None and focus is not None:  # "show it"
            return ShowResult(subjects=(focus,), columns=({},), rows=1, provenance=context.provenance())
        count = self.n or SHOWN
        start = context.page * count
        positions, found = self._sorted(context)
        chosen = positions[start : start + count]
        table = context.workspace.dataset.table
        columns = tuple(
            {name: str(table[name][int(position)].as_py()) for name in context.workspace.dataset.columns} for position in chosen
        )
        return ShowResult(
            subjects=tuple(context.subject(position) for position in chosen),
            columns=columns,
            rows=len(context.positions),
            start=start,
            order=None if found is None else self._order(found, start, count),
            provenance=context.provenance(),
        )

    @property
    def _field(self) -> str | None:
        """What is sorted by; an order alone is one of words."""
        return self.by or ("words" if self.order else None)

    def _sorted(self, context: Context) -> tuple[np.ndarray, pa.Array | None]:
        """The chosen rows in the order asked for, and their values. Raises AskWhyError for a field that has no order."""
        by = self._field
        if by is None:
            return context.positions, None
        found = values(context, by, context.positions)
        if not (is_number(found) or is_date(found)):
            raise AskWhyError(f"{by} is no number and no date, so none comes first by it; leave by={by} out.")
        places = pc.array_sort_indices(found, order=self.order or "descending", null_placement="at_end")
        return context.positions[np.asarray(places)], found.take(places)

    def _order(self, found: pa.Array, start: int, count: int) -> Order:
        by = self._field or ""
        kind = "length" if by in COUNTED else by if by == "confidence" else "date" if is_date(found) else "number"
        shown = tuple(found[start : start + count].to_pylist())
        return Order(by, kind, self.order == "ascending", shown, found.null_count)

    def remember(self, conversation: Conversation, result: ShowResult) -> Conversation:
        """Of several rows, the first that was shown is what "the first one" or "it" means next."""
        several = result.rows > 1 and bool(result.subjects)
        return dataclasses.replace(conversation, focus=result.subjects[0]) if several else conversation
