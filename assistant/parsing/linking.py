"""What a question names of the schema: labels, columns and their values, found by their spelling.

Told to the language model after the question, so that a small one need not search the schema by itself. (Linking a
question to the schema first is known from text-to-SQL; Lei et al. 2020.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.parsing.glossing import gloss
from assistant.programs.conditions import name_text
from assistant.programs.schema import Schema
from assistant.programs.scripts import HANGUL, UNSPACED

MOST = 8  # names that are told
PIECE = re.compile(r"[^\W\d_]+|\d+")  # a word or a number; the signs between them are spelt in many ways
BORDER = re.compile(rf"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[{HANGUL}])|(?<=[{HANGUL}])(?=[A-Za-z])")
LIKE = 0.84  # of two spellings, from which on one is a slip of the other
SLIP = 5  # letters from which on a word may be misspelt
PART = 4  # letters of a word that stands for a longer name
ENDING = re.compile("[은는이가을를의에로으와과라랑인만도야일였한하임처보부까]|$")  # how what sticks to a Korean noun begins
MEANT = 2  # names that such a word may stand for


@dataclass(frozen=True)
class Name:
    """Something that the schema names: its pieces in lower case, and how it is told; `value` is how a program writes it
    where it is a label or a value of a column, `label` which label it is."""

    pieces: tuple[str, ...]
    written: str
    value: str = ""
    label: str | None = None


class Linker:
    """Finds the names of one schema in questions."""

    def __init__(self, schema: Schema) -> None:
        self._names = tuple(name for name in _names(schema) if name.pieces)
        self._longest = max((len(name.pieces) for name in self._names), default=0)
        self._whole: dict[str, list[Name]] = {}  # by its pieces without what stands between them
        self._parts: dict[str, list[Name]] = {}
        self._last: tuple[str, tuple[Name, ...]] = ("", ())
        self._unspaced = [name for name in self._names if UNSPACED.search("".join(name.pieces))]
        for name in self._names:
            self._whole.setdefault("".join(name.pieces), []).append(name)
            for piece in set(name.pieces) if len(name.pieces) > 1 else ():
                self._parts.setdefault(piece, []).append(name)

    def told(self, question: str) -> str:
        """The lines that follow a question: its gloss where it is in Korean, and the names in it or its gloss; "" when there
        is neither."""
        english = gloss(question)
        return (f"\n= {english}" if english else "") + self.named(f"{question} {english}")

    def labels(self, question: str) -> set[str]:
        """The labels that a question, or its gloss, spells out or nearly so."""
        found = self.found(f"{question} {gloss(question)}")
        return {name.label for name in found if name.label is not None}

    def named(self, question: str) -> str:
        """The names in a question as a line of its own; "" when it names nothing."""
        found = list(dict.fromkeys(name.written for name in self.found(question)))[:MOST]
        return "\n" + "; ".join(found) if found else ""

    def mentions(self, question: str) -> Iterator[tuple[str, ...]]:
        """The labels and values that a question spells out, each as the names that it may be, as a program writes them."""
        said = _pieces(question)
        for names in self._wholes(said, [True] * len(said)):
            values = tuple(name.value for name in names if name.value)
            if values:
                yield values

    def found(self, question: str) -> tuple[Name, ...]:
        """What a question names: first what it spells, the longest first, then what it may mean. The last answer is kept, since
        one question is asked of in several ways."""
        if self._last[0] != question:
            self._last = (question, tuple(self._find(question)))
        return self._last[1]

    def _find(self, question: str) -> Iterator[Name]:
        said = _pieces(question)
        left = [True] * len(said)
        for names in self._wholes(said, left):
            yield from names
        rest = [piece for piece, free in zip(said, left, strict=True) if free]
        yield from self._sticking(rest)
        for piece in rest:
            yield from self._misspelt(piece) or self._shortened(piece)

    def _wholes(self, said: Sequence[str], left: list[bool]) -> Iterator[list[Name]]:
        """Names that are said whole; what they take of the pieces is not `left` any more."""
        for length in range(min(self._longest, len(said)), 0, -1):  # a longer name hides a shorter one within it
            for start in range(len(said) - length + 1):
                if all(left[start : start + length]):
                    names = self._spelt(said[start : start + length])
                    if names:
                        left[start : start + length] = [False] * length
                        yield names

    def _spelt(self, said: Sequence[str]) -> list[Name]:
        whole = "".join(said)
        forms = (whole, whole.removesuffix("s"), whole.removesuffix("es"), whole + "s")
        return next((self._whole[form] for form in forms if form in self._whole), [])

    def _sticking(self, rest: Sequence[str]) -> Iterator[Name]:
        """Names in scripts whose words particles stick to: where a word begins with one."""
        for name in self._unspaced:
            whole = "".join(name.pieces)
            sticking = (piece[len(whole) :] for piece in rest if piece.startswith(whole))
            if any(ENDING.match(ending) or len(whole) > 1 for ending in sticking):
                yield name

    def _misspelt(self, piece: str) -> list[Name]:
        if len(piece) < SLIP or UNSPACED.search(piece):
            return []
        match = SequenceMatcher(b=piece)
        best, nearest = LIKE, []
        for whole, names in self._whole.items():
            if abs(len(whole) - len(piece)) <= 2:
                match.set_seq1(whole)
                if match.quick_ratio() >= best and match.ratio() > best:
                    best, nearest = match.ratio(), names
        return nearest

    def _shortened(self, piece: str) -> list[Name]:
        names = self._parts.get(piece, []) or self._parts.get(piece.removesuffix("s"), [])
        return names if len(piece) >= PART and len(names) <= MEANT else []


def _names(schema: Schema) -> Iterator[Name]:
    for label in schema.labels:
        yield Name(_pieces(label), f"label {name_text(label)}", name_text(label), label)
    for column, kind in schema.columns.items():
        yield Name(_pieces(column), name_text(column))
        for value in kind if isinstance(kind, tuple) else ():
            yield Name(_pieces(value), f"{name_text(column)} = {name_text(value)}", name_text(value))


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(PIECE.findall(BORDER.sub(" ", text).lower()))


def question_alone(said: str) -> str:
    """The question, without the lines that follow it."""
    return said.partition("\n")[0]
