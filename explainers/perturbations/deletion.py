"""A word left out."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.units import Span


def edits(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """The word gone, with one neighbouring space (`edits.substitute` takes it)."""
    yield word, ""
