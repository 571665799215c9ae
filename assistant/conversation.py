"""What one visitor has said so far. Immutable: each turn makes a new one, so going back is keeping the old one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from explainers.errors import AskWhyError

from assistant.programs.conditions import Condition
from assistant.programs.program import Program
from assistant.transcript import Transcript

if TYPE_CHECKING:
    from explainers.generative import Answer

    from assistant.choosing import Choices, Understood
    from assistant.manner import Language, Level
    from assistant.results import Result
    from assistant.workspace import Workspace

LONGEST_CHAIN = 50  # edits of one text, each of which keeps the text it led to


@dataclass(frozen=True)
class Edited:
    """One edit of the focus: the text it led to, and the step in its compact text form."""

    text: str
    step: str


@dataclass(frozen=True)
class Subject:
    """A text that a question is about: a row of the data, or one that the visitor typed; perhaps edited since.

    `row` is the row's id, or None for a typed text; `original` is the text before any edit. `undone` are the edits that
    were taken back, the last one first in line to be made again.
    """

    original: str
    row: int | str | None = None
    label: str | None = None
    edits: tuple[Edited, ...] = ()
    undone: tuple[Edited, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        return self.edits[-1].text if self.edits else self.original

    @property
    def typed(self) -> bool:
        return self.row is None

    def edited(self, edit: Edited) -> Subject:
        """With one more edit; what was taken back before cannot be made again. Raises AskWhyError when the chain is full."""
        if len(self.edits) == LONGEST_CHAIN:
            raise AskWhyError(f"{LONGEST_CHAIN} edits of this text stand already; take some back, or reset, and go on.")
        return replace(self, edits=(*self.edits, edit), undone=())

    def taken_back(self, count: int) -> Subject:
        """Without the last `count` edits, or without any where there are fewer."""
        kept = max(len(self.edits) - count, 0)
        return replace(self, edits=self.edits[:kept], undone=(*self.undone, *reversed(self.edits[kept:])))

    def made_again(self, count: int) -> Subject:
        """With the last `count` edits that were taken back, or with all of them where there are fewer."""
        kept = max(len(self.undone) - count, 0)
        return replace(self, edits=(*self.edits, *reversed(self.undone[kept:])), undone=self.undone[:kept])

    def same_as(self, other: Subject | None) -> bool:
        """Whether both are the same row or the same typed text, edits aside."""
        return other is not None and (self.row, self.original) == (other.row, other.original)


@dataclass(frozen=True)
class Conversation:
    """The focus that "it" means, the rows that "those" means, and the last program that ran; `page` counts how often
    "more" of its answer was asked for. `adapted` is the workspace with this visitor's own copy of the model, after it
    learned or forgot something. `choices` are readings of the last question that wait for the visitor to choose, and
    `understood` is how it was read, to be taken back if that was not what was meant. `transcript` is what was said, for a
    report; no answer depends on it. `language` is the last question's, `level` the one asked for, `answered` the results of the
    last answer, to be said again in another manner; `offered` are its next questions, `warned` the cautions told so far.
    `named` are the words that the last explanation of the text in focus named, the strongest first; `among` are the rows of the
    last list while what is asked is about one of them, so that "the second one" still means a row of it.
    `beside` is the text that was in focus before another one came into it, for what is asked about both.
    `typed` are the texts that the visitor typed, the newest last.
    `written` is the last answer of a generative model, which "why did you write that" is about. `picks` are the ids of rows
    that were picked by hand, which `picked 1` and so on mean.
    """

    focus: Subject | None = None
    beside: Subject | None = field(default=None, compare=False)
    selection: Condition | None = None
    program: Program | None = None
    page: int = 0
    adapted: Workspace | None = None
    choices: Choices | None = None
    language: Language | None = None
    level: Level | None = None
    answered: tuple[Result, ...] = field(default=(), compare=False, repr=False)
    named: tuple[str, ...] = field(default=(), compare=False, repr=False)
    among: tuple[Subject, ...] = field(default=(), compare=False, repr=False)
    offered: tuple[str, ...] = field(default=(), compare=False, repr=False)
    warned: tuple[str, ...] = field(default=(), compare=False, repr=False)
    typed: tuple[str, ...] = field(default=(), compare=False, repr=False)
    written: Answer | None = field(default=None, compare=False, repr=False)
    understood: Understood | None = field(default=None, compare=False, repr=False)
    picks: tuple[tuple[int | str, ...], ...] = field(default=(), compare=False, repr=False)
    transcript: Transcript = field(default=Transcript(), compare=False, repr=False)
