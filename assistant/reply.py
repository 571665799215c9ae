"""A reply: words and blocks of evidence, free of any UI toolkit. Page, terminal and report each draw it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar


@dataclass(frozen=True)
class Highlight:
    """A text in pieces that spell it, each with a score or None; positive scores speak for `target`."""

    kind: ClassVar[str] = "highlight"
    title: str
    target: str
    pieces: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True)
class Aligned:
    """Two texts word beside word, under their `names`: pairs of (word, score), of which a side is None where only the other one
    has the word. Positive scores speak for the side's target. See `assistant.showing.aligning`."""

    kind: ClassVar[str] = "aligned"
    title: str
    names: tuple[str, str]
    targets: tuple[str, str]
    pairs: tuple[tuple[tuple[str, float | None] | None, tuple[str, float | None] | None], ...]


@dataclass(frozen=True)
class Columns:
    """Two texts in scored pieces side by side, each under its own title. They share one scale, so that a shade means the same."""

    kind: ClassVar[str] = "columns"
    title: str
    sides: tuple[Highlight, Highlight]


@dataclass(frozen=True)
class Bars:
    """Values in [0, 1] by name; `before` holds other values to compare with, or nothing: earlier ones, or those of what `other`
    names. `commands` are the `/` commands
    behind the bars, "" where there is none, and `counts` what they stand for; with `ticks`, the names on an axis, they are
    drawn upright."""

    kind: ClassVar[str] = "bars"
    title: str
    bars: tuple[tuple[str, float], ...]
    before: tuple[float, ...] = ()
    commands: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    ticks: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True)
class Table:
    kind: ClassVar[str] = "table"
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot(Table):
    """A table that is drawn as a picture where there are pictures: a "matrix", "calibration" or "scores", as `form` says.
    `values` are the numbers of its rows, `commands` the `/` commands behind them, "" where there is none."""

    kind: ClassVar[str] = "plot"
    form: str
    values: tuple[tuple[float, ...], ...]
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Diff:
    """The difference of two texts, as (kind, text) with kind "same", "removed" or "added"."""

    kind: ClassVar[str] = "diff"
    title: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class File:
    """A file to keep: its name and its text. `address` is where it lies, a path or a link, once it was put somewhere."""

    name: str
    text: str
    address: str = ""

    @property
    def size(self) -> int:
        """Bytes, in UTF-8."""
        return len(self.text.encode())


@dataclass(frozen=True)
class Files:
    kind: ClassVar[str] = "files"
    title: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Passage:
    """A piece of a document that an answer quotes under a number, and where it is from."""

    number: int
    title: str
    section: str
    text: str
    source: str


@dataclass(frozen=True)
class Citations:
    """Passages, each to be opened where it is drawn."""

    kind: ClassVar[str] = "citations"
    title: str
    passages: tuple[Passage, ...]


Block = Highlight | Aligned | Columns | Bars | Table | Plot | Diff | Files | Citations


class Question(str):
    """A question in words; `command` is what it asks, in the form that follows a `/` ("": its words are to be read). `lead`
    stands before it where it is offered, and is not part of what is asked."""

    command: str
    lead: str

    def __new__(cls, words: str, command: str = "", lead: str = "") -> Question:
        made = super().__new__(cls, words)
        made.command, made.lead = command, lead
        return made

    @property
    def offered(self) -> str:
        """The question as it is offered."""
        return f"{self.lead} {self}" if self.lead else str(self)


@dataclass(frozen=True)
class Reply:
    """`text` is plain text with line breaks; `suggestions` are questions that could come next. It is drawn in its `language`,
    whatever that of the page is."""

    text: str
    blocks: tuple[Block, ...] = ()
    suggestions: tuple[Question, ...] = field(default=())
    language: str = "en"

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "blocks": [{"kind": block.kind, **_fields(block)} for block in self.blocks],
            "suggestions": list(self.suggestions),
        }


def joined(first: Reply, second: Reply) -> Reply:
    """Two replies as one; the questions to come next are the later one's, and its passages are numbered on from the first's."""
    second = _numbered_on(second, max((passage.number for passage in cited(first)), default=0))
    text = "\n\n".join(part for part in (first.text, second.text) if part)
    language = (first if first.text else second).language
    return Reply(text, first.blocks + second.blocks, second.suggestions or first.suggestions, language)


def cited(reply: Reply) -> tuple[Passage, ...]:
    """Every passage that a reply cites."""
    return tuple(passage for block in reply.blocks if isinstance(block, Citations) for passage in block.passages)


def _numbered_on(reply: Reply, last: int) -> Reply:
    numbers = {passage.number for passage in cited(reply)}
    if not last or not numbers:
        return reply

    def moved(mark: re.Match[str]) -> str:
        number = int(mark[1])
        return f"[{number + last}]" if number in numbers else mark[0]

    blocks = tuple(
        replace(block, passages=tuple(replace(one, number=one.number + last) for one in block.passages))
        if isinstance(block, Citations)
        else block
        for block in reply.blocks
    )
    return replace(reply, text=re.sub(r"\[(\d{1,3})\]", moved, reply.text), blocks=blocks)


def _fields(block: Block) -> dict[str, Any]:
    if not isinstance(block, Files):
        return asdict(block)
    files = [{"name": file.name, "bytes": file.size, "address": file.address} for file in block.files]
    return {"title": block.title, "files": files}
