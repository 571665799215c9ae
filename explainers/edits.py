"""Edits of a text by words and phrases, and the difference between two texts."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import regex

from explainers.errors import AskWhyError
from explainers.units import Span, units


def occurrences(text: str, words: str) -> list[Span]:
    """Where words occur: as whole words in any case, else as a run of characters.

    Raises AskWhyError when they do not occur, or are empty.
    """
    if not words.strip():
        raise AskWhyError("The edit names no words to look for; say which words of the text it is about.")
    pattern = r"\s+".join(regex.escape(word) for word in words.split())
    edge = r"[\p{L}\p{M}\p{N}_]"  # a combining mark belongs to the letter before it
    for form in (rf"(?<!{edge}){pattern}(?!{edge})", rf"{pattern}(?!\p{{M}})"):
        found = [Span(*match.span()) for match in regex.finditer(form, text, flags=regex.IGNORECASE)]
        if found:
            return found
    raise AskWhyError(f"'{words}' does not occur in the text, so nothing was changed.")


def substitute(text: str, changes: dict[Span, str]) -> str:
    """The text with spans replaced; an empty replacement takes one neighbouring space with it."""
    pieces, last = [], 0
    for span in sorted(changes, key=lambda span: span.start):
        before = text[last : span.start]
        if not changes[span]:
            after = text[span.end : span.end + 1]
            if before.endswith(" ") and (not after or not (after.isalnum() or after in "([{'\"")):
                before = before[:-1]
            elif not before and not any(pieces) and after.isspace():  # nothing of the text is left before it
                last = span.end + 1
                continue
        pieces += [before, changes[span]]
        last = span.end
    return "".join(pieces) + text[last:]


def replace(text: str, old: str, new: str) -> str:
    """Every occurrence of `old` becomes `new`. Raises AskWhyError when it does not occur."""
    return substitute(text, dict.fromkeys(occurrences(text, old), new))


def remove(text: str, old: str) -> str:
    """Every occurrence of `old` goes. Raises AskWhyError when it does not occur, or nothing would be left."""
    changed = replace(text, old, "")
    if not changed.strip():
        raise AskWhyError(f"Removing '{old}' would leave no text; nothing was changed.")
    return changed


def insert(text: str, new: str, where: str | dict[str, str] = "end") -> str:
    """`new` at the "start" or "end", or {"before": words} or {"after": words} at their first occurrence.

    Raises AskWhyError for any other place, and when the words do not occur.
    """
    if where == "start":
        return f"{new} {text}".strip()
    if where == "end":
        return f"{text} {new}".strip()
    if not isinstance(where, dict) or len(where) != 1 or not {"before", "after"} & set(where):
        raise AskWhyError(f"'{where}' is no place in a text; choose start, end, or before or after some of its words.")
    ((side, words),) = where.items()
    span = occurrences(text, words)[0]
    if side == "before":
        return f"{text[: span.start]}{new} {text[span.start :]}"
    return f"{text[: span.end]} {new}{text[span.end :]}"


@dataclass(frozen=True)
class Change:
    """A piece of a difference: `kind` is "same", "removed" or "added"."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Change]:
    """Word by word: the "same" and "removed" pieces spell `old`, the "same" and "added" ones `new`."""
    left, right = _tiles(old), _tiles(new)
    changes: list[Change] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(left[i:j])))
            continue
        if j > i:
            changes.append(Change("removed", "".join(left[i:j])))
        if m > k:
            changes.append(Change("added", "".join(right[k:m])))
    return changes


def _tiles(text: str) -> list[str]:
    tiles, last = [], 0
    for span in units(text, "word"):
        if span.start > last:
            tiles.append(text[last : span.start])
        tiles.append(span.of(text))
        last = span.end
    return [*tiles, text[last:]] if last < len(text) else tiles
