"""A letter that gives way to one of another alphabet that looks the same.

The pairs are letters whose usual shapes coincide, a part of Unicode's table of confusables (UTS 39).
"""

from __future__ import annotations

from collections.abc import Iterator

from explainers.units import Span

LATIN = "aceijopsxyABEHKMOPCTXIJSZ"
ALIKE = "асеіјорѕхуАВЕНКМОРСТХІЈЅΖ"  # Cyrillic, and a Greek zeta
_OTHER = dict(zip(LATIN, ALIKE, strict=True))


def edits(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """Each letter of the word that has a double, replaced by it."""
    for place in range(word.start, word.end):
        if text[place] in _OTHER:
            yield Span(place, place + 1), _OTHER[text[place]]
