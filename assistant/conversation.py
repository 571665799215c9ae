"""What one visitor has said so far. Immutable: each turn makes a new one, so going back is keeping the old one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.conditions import Condition
from assistant.program import Program

if TYPE_CHECKING:
    from assistant.workspace import Workspace

LONGEST_CHAIN = 50


@dataclass(frozen=True)
class Edited:
    """One edit of the focus: the text it led to, and the step in its compact text form."""

    text: str
    step: str


@dataclass(frozen=True)
class Subject:
    """A text that a question is about: a row of the data, or one that the visitor typed; perhaps edited since.

    `row` is the row's id, or None for a typed text; `original` is the text before any edit.
    """

    original: str
    row: int | str | None = None
    label: str | None = None
    edits: tuple[Edited, ...] = ()

    @property
    def text(self) -> str:
        return self.edits[-1].text if self.edits else self.original

    @property
    def typed(self) -> bool:
        return self.row is None

    def edited(self, edit: Edited) -> Subject:
        return replace(self, edits=(*self.edits, edit)[-LONGEST_CHAIN:])

    def same_as(self, other: Subject | None) -> bool:
        """Whether both are the same row or the same typed text, edits aside."""
        return other is not None and (self.row, self.original) == (other.row, other.original)


@dataclass(frozen=True)
class Conversation:
    """The focus that "it" means, the rows that "those" means, and the last program that ran; `page` counts how often
    "more" of its answer was asked for. `adapted` is the workspace with this visitor's own copy of the model, after it
    learned or forgot something.
    """

    focus: Subject | None = None
    selection: Condition | None = None
    program: Program | None = None
    page: int = 0
    adapted: Workspace | None = None
