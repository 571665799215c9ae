"""A reply: words and blocks of evidence, free of any UI toolkit. Page, terminal and report each draw it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Highlight:
    """A text in pieces that spell it, each with a score or None; positive scores speak for `target`."""

    kind: ClassVar[str] = "highlight"
    title: str
    target: str
    pieces: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True)
class Bars:
    """Values in [0, 1] by name; `before` holds earlier values to compare with, or nothing. `commands` are the `/` commands
    behind the bars, "" where there is none, and `counts` what they stand for; with `ticks`, the names on an axis, they are
    drawn upright."""

    kind: ClassVar[str] = "bars"
    title: str
    bars: tuple[tuple[str, float], ...]
    before: tuple[float, ...] = ()
    commands: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    ticks: tuple[str, ...] = ()


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


Block = Highlight | Bars | Table | Plot | Diff | Files | Citations


@dataclass(frozen=True)
class Reply:
    """`text` is plain text with line breaks; `suggestions` are questions that could come next."""

    text: str
    blocks: tuple[Block, ...] = ()
    suggestions: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "blocks": [{"kind": block.kind, **_fields(block)} for block in self.blocks],
            "suggestions": list(self.suggestions),
        }


def _fields(block: Block) -> dict[str, Any]:
    if not isinstance(block, Files):
        return asdict(block)
    files = [{"name": file.name, "bytes": file.size, "address": file.address} for file in block.files]
    return {"title": block.title, "files": files}
