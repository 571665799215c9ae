"""A word in another case: capitals, no capitals, a capital at the beginning."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.units import Span


def edits(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """The word in each other case that it can be written in."""
    said = word.of(text)
    for other in (said.upper(), said.lower(), said[:1].upper() + said[1:].lower()):
        if other != said:
            yield word, other
