"""Cutting a text into units by character offsets, and giving tokens to the units they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from explainers.errors import AskWhyError, closest

_WORD = r"[\p{L}\p{M}\p{N}_]+(?:['’\-][\p{L}\p{M}\p{N}_]+)*|[^\p{L}\p{M}\p{N}_\s\p{Cc}]+"
_VISIBLE = r"[^\s\x1c-\x1f]"  # str.isspace counts the four separators as space, Unicode's \s does not
_LINE = rf"[^\n]*{_VISIBLE}[^\n]*"
_PATTERNS = {
    "word": regex.compile(_WORD),
    "sentence": regex.compile(rf"{_VISIBLE}(?:[^.!?。！？\n]|[.!?](?=\S)(?![.!?]))*[.!?。！？]*"),
    "line": regex.compile(_LINE),
    "paragraph": regex.compile(rf"{_LINE}(?:\n{_LINE})*"),
}
UNITS = ("token", *_PATTERNS)


@dataclass(frozen=True)
class Span:
    """Characters `start` up to `end` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def units(text: str, unit: str) -> list[Span]:
    """The words, sentences, lines or paragraphs of a text, in order, apart from each other, without the space between.

    A paragraph ends at a line without visible characters.

    Raises AskWhyError for an unknown unit.
    """
    if unit not in _PATTERNS:
        raise AskWhyError(f"There is no unit '{unit}'; {closest(unit, UNITS)}")
    return [Span(*match.span()) for match in _PATTERNS[unit].finditer(text)]


def pieces(text: str, unit: str) -> list[str]:
    """The same units as strings; faster where their places are of no matter."""
    return _PATTERNS[unit].findall(text)


def is_word(piece: str) -> bool:
    """Whether a unit has a letter or a digit; punctuation alone is no word."""
    return any(map(str.isalnum, piece))


def count_units(text: str, unit: str) -> int:
    """How many units a text has; for words, punctuation alone does not count."""
    return sum(map(is_word, pieces(text, unit)))


def assign(text: str, offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[int]:
    """For each token, the position of the span that holds its first visible character, or -1 for none.

    `offsets` are the tokens' (start, end) characters as a fast tokenizer gives them; special tokens have (0, 0).
    """
    owner = {}
    for position, span in enumerate(spans):
        owner |= dict.fromkeys(range(span.start, span.end), position)
    found = []
    for start, end in offsets:
        visible = next((place for place in range(start, end) if not text[place].isspace()), None)
        found.append(-1 if visible is None else owner.get(visible, -1))
    return found
