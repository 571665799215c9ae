"""Spaces in the wrong place: a word broken in two, or run into the next one."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.units import Span

LEAST = 4  # characters of a word that is broken; halves of shorter ones read as other words


def edits(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """A space within the word at each place but its ends, and the single space after it gone."""
    for place in range(word.start + 1, word.end) if word.end - word.start >= LEAST else ():
        if text[place - 1].isalnum() and text[place].isalnum():
            yield Span(place, place), " "
    if text[word.end : word.end + 1] == " " and text[word.end + 1 : word.end + 2].isalnum():
        yield Span(word.end, word.end + 1), ""
