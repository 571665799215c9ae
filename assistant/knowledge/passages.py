"""Documents cut into passages: by heading, then by paragraph and sentence into about WORDS words. Passages tile a document."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from assistant.knowledge.documents import Document

WORDS = 120
SEARCHED_NAMES = 3  # of a term
LONGEST = 4000  # characters of a passage, whatever its words: text without spaces is cut too
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]+(.+?)[ \t]*#*$")
_WRAPPED = re.compile(r"(?<!\n)\n(?!\s*(?:[-*|>\n]|\d+[.)]))")  # a line break within a paragraph
_END = re.compile(r"(?<=[.!?。？！])[\"'”’)\]]*\s+|\n\s*\n|\n(?=\s*[-*|])")  # where a sentence, paragraph or item ends


@dataclass(frozen=True)
class Passage:
    """A piece of a document from `start` to `end` in its text, in characters; `section` is the heading that it is under."""

    document: Document
    section: str
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    @property
    def body(self) -> str:
        """The words to read: without the heading's own line."""
        return _HEADING.sub("", self.text).strip()

    @property
    def shown(self) -> str:
        """The body with the lines of a paragraph as one, as Markdown reads them; items and rows of tables stay apart."""
        return _WRAPPED.sub(" ", self.body)

    @property
    def searched(self) -> str:
        """What is looked through: the title and the section tell what "it" is in the text."""
        said = " ".join(self.body.split())
        names = ", ".join(self.document.terms[:SEARCHED_NAMES]) if self.document.kind == "term" else self.document.title
        return ". ".join(part for part in (names, self.section, said) if part)

    @property
    def asked(self) -> tuple[str, ...]:
        """Questions that lead here: those for a document lead to its beginning."""
        return self.document.asked if self.start == 0 else ()


def split(document: Document) -> tuple[Passage, ...]:
    """The passages of a document: put one after the other they are its text, and none of them is empty."""
    found: list[Passage] = []
    for section, start, end in _sections(document.text):
        for first, last in _pieces(document.text, start, end):
            found.append(Passage(document, section, first, last))
    return tuple(found)


def _sections(text: str) -> list[tuple[str, int, int]]:
    heads = [(match.group(1), match.start()) for match in _HEADING.finditer(text)]
    starts = [("", 0), *heads] if not heads or heads[0][1] else heads
    ends = [*(start for _, start in starts[1:]), len(text)]
    return [(name, start, end) for (name, start), end in zip(starts, ends, strict=True) if start < end]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A section's pieces. A last piece of a few words joins the one before it."""
    pieces: list[tuple[int, int]] = []
    words, first = 0, start
    for left, right in _bounds(text, start, end):
        count = len(text[left:right].split())
        if words and (words + count > WORDS or right - first > LONGEST):
            pieces.append((first, left))
            words, first = 0, left
        words += count
    if words < WORDS // 4 and pieces and end - pieces[-1][0] <= LONGEST:
        pieces[-1] = (pieces[-1][0], end)
    else:
        pieces.append((first, end))
    return pieces


def _bounds(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences from `start` to `end`, each with the space after it; one that is too long is cut."""
    cuts = [start, *(match.end() for match in _END.finditer(text, start, end) if match.end() < end), end]
    return [
        (left, min(left + LONGEST, right)) for begin, right in itertools.pairwise(cuts) for left in range(begin, right, LONGEST)
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a passage, on a line each, without headings and the rules of tables."""
    found = []
    for piece in _END.split(_HEADING.sub("\n\n", text)):
        said = " ".join(re.sub(r"(?m)^\s*([-*|>]\s*)+|[|`]|\*\*", " ", piece).split())
        if re.search(r"\w", said):
            found.append(said)
    return found
