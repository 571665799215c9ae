"""Changes of a text together: whether they go together, and the text they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explainers.counterfactuals.facts import Change
from explainers.edits import substitute
from explainers.units import Span


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text with all changes made."""
    made = {}
    for change in sorted(changes):
        new = change.new
        if change.kind == "insert":
            new = f" {new}" if change.start == len(text) else f"{new} "
        made[change.span] = new
    return substitute(text, made)


def fits(change: Change, others: Iterable[Change]) -> bool:
    """Whether a change can be made besides others: it shares no characters with them, and inserts nothing at their edge."""
    return all(
        change.end < other.start or other.end < change.start
        if "insert" in (change.kind, other.kind)
        else change.end <= other.start or other.end <= change.start
        for other in others
    )


def deletion(text: str, span: Span, source: str = "deletions") -> Change:
    return Change(span.start, span.end, span.of(text), "", source)


def replacement(text: str, span: Span, new: str, source: str) -> Change:
    """A word put in the place of another, in the case that one had."""
    return Change(span.start, span.end, span.of(text), cased(new, span.of(text)), source)


def insertion(at: int, new: str, source: str) -> Change:
    return Change(at, at, "", new, source)


def cased(word: str, like: str) -> str:
    """A word in upper case, or with a capital, where another is."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def gaps(text: str, spans: Sequence[Span], n: int) -> list[int]:
    """Where words may be inserted: at the end and the start, then before the first `n` of `spans`."""
    return list(dict.fromkeys([len(text), 0, *(span.start for span in spans[:n])]))
