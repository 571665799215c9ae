"""What an answer from documents consists of: sentences, and the passages that they stand in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cited:
    """A passage that an answer quotes, under its number. `kind` is its document's."""

    number: int
    title: str
    section: str
    text: str
    source: str
    kind: str


@dataclass(frozen=True)
class Quoted:
    """A sentence of an answer and the number of the passage that it stands in."""

    text: str
    number: int


@dataclass(frozen=True)
class Answer:
    """Sentences with their passages; none below the threshold, and then the `near` titles."""

    sentences: tuple[Quoted, ...] = ()
    cited: tuple[Cited, ...] = ()
    near: tuple[str, ...] = ()
    score: float = 0.0
