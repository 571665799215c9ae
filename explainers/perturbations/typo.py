"""Slips of the keyboard: a neighbouring key, two letters exchanged, one left out or struck twice.

After the character edits of Pruthi, Dhingra and Lipton (2019): the first letter stays, and so do short words, which few would
read any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from explainers.units import Span

LEAST = 4  # letters of a word that is misspelt, in an alphabet
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_HANGUL, _LAST_HANGUL, _MEDIALS, _FINALS = 0xAC00, 0xD7A3, 21, 28
_NEAR_MEDIALS = {
    1: 5,
    5: 1,
    8: 4,
    4: 8,
    13: 18,
    18: 13,
    0: 20,
    20: 0,
    10: 11,
    11: 10,
    2: 6,
    6: 2,
}  # ㅐㅔ ㅗㅓ ㅜㅡ ㅏㅣ ㅙㅚ ㅑㅕ


def _neighbours() -> dict[str, str]:
    """By letter, the keys beside it and below or above it on a QWERTY keyboard."""
    places = {letter: (row, column) for row, keys in enumerate(_ROWS) for column, letter in enumerate(keys)}
    return {
        one: "".join(
            other
            for other, (row, column) in places.items()
            if other != one and abs(row - places[one][0]) <= 1 and -1 <= column - places[one][1] + (row - places[one][0]) <= 1
        )
        for one in places
    }


NEIGHBOURS = _neighbours()


def edits(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """Every slip within the word; none for words with digits, whose meaning a slip would change."""
    said = word.of(text)
    if any(_HANGUL <= ord(letter) <= _LAST_HANGUL for letter in said):
        yield from _hangul(text, word)
        return
    if len(said) < LEAST or not said.isalpha():
        return
    for place in range(word.start + 1, word.end):
        letter = text[place]
        for near in NEIGHBOURS.get(letter.lower(), ""):
            yield Span(place, place + 1), near.upper() if letter.isupper() else near
        if place + 1 < word.end and letter != text[place + 1]:
            yield Span(place, place + 2), text[place + 1] + letter
        yield Span(place, place + 1), letter * 2
        yield word, text[word.start : place] + text[place + 1 : word.end]


def _hangul(text: str, word: Span) -> Iterator[tuple[Span, str]]:
    """Syllables with a vowel that is often struck for theirs."""
    for place in range(word.start, word.end):
        code = ord(text[place]) - _HANGUL
        if not 0 <= code <= _LAST_HANGUL - _HANGUL:
            continue
        medial = code // _FINALS % _MEDIALS
        if medial in _NEAR_MEDIALS:
            yield Span(place, place + 1), chr(_HANGUL + code + (_NEAR_MEDIALS[medial] - medial) * _FINALS)
