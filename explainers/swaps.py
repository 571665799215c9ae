"""Names, numbers, places and gender words of a text, given way to others of their kind.

The words stand in prompts/swaps, one file a language; a text with Hangul is read by the Korean one.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import regex

from explainers.edits import substitute
from explainers.errors import AskWhyError, closest
from explainers.spans import parts
from explainers.units import Span, pieces

KINDS = ("names", "numbers", "places", "genders")
_HANGUL = regex.compile(r"\p{Hangul}")
_DIGIT = regex.compile("[1-9]")
_LONGEST = 6  # digits of a number that is made larger; longer ones are telephone numbers and the like


@dataclass(frozen=True)
class Swap:
    """A text in which every word of a kind gave way to one of `group`; `pairs` are the words before and after."""

    group: str
    text: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Words:
    """What a language's file says, words in lower case where they are looked for.

    `names` and `places` are words by group, those of `places` by sort (city for city) before; `genders` are, for the two
    directions, the group's name and what gives way to what.
    """

    names: Mapping[str, Sequence[str]]
    known_names: frozenset[str]
    places: Mapping[str, Mapping[str, Sequence[str]]]
    genders: tuple[tuple[str, Mapping[str, str]], ...]
    owned: Mapping[str, tuple[str, str]]
    numbers: Mapping[str, str]
    endings: tuple[str, ...]

    @cached_property
    def known_places(self) -> frozenset[str]:
        return frozenset(place.lower() for regions in self.places.values() for some in regions.values() for place in some)

    @cached_property
    def known_genders(self) -> frozenset[str]:
        return frozenset(word for _, pairs in self.genders for word in pairs)


@cache
def words(language: str) -> Words:
    """The words of a language. Raises FileNotFoundError for one without a file."""
    read = tomllib.loads((resources.files("prompts") / "swaps" / f"{language}.toml").read_text("utf-8"))
    to_right, to_left = {}, {}
    for left, right in read["genders"]["pairs"]:
        to_right.setdefault(left, right)
        to_left.setdefault(right, left)
    names = read["names"]
    first, second = read["genders"]["groups"]
    return Words(
        names=names,
        known_names=frozenset(
            name.lower() for group in (*names.values(), *read["also_names"].values()) for name in group
        ),
        places=read["places"],
        genders=((first, to_right), (second, to_left)),
        owned={word: tuple(pair) for word, pair in read["genders"].get("owned", {}).items()},
        numbers=read["numbers"],
        endings=tuple(sorted(read["endings"], key=len, reverse=True)),
    )  # fmt: skip


def swaps(text: str, kind: str, generator: random.Random) -> list[Swap]:
    """The text once for each group of words that can take the place of its own; none where it has no such words.

    Raises AskWhyError for an unknown kind.
    """
    if kind not in KINDS:
        raise AskWhyError(f"There is no '{kind}' to swap; {closest(kind, KINDS)}")
    known = words("ko" if _HANGUL.search(text) else "en")
    made = {"names": _names, "numbers": _numbers, "places": _places, "genders": _genders}[kind](text, known, generator)
    return [swap for swap in made if swap.pairs and swap.text != text]


def holds(text: str, kind: str) -> bool:
    """Whether a text has words of a kind; much faster than swapping them."""
    if kind == "numbers":
        return _DIGIT.search(text) is not None and bool(_digits(text))
    language = words("ko" if _HANGUL.search(text) else "en")
    known = {"names": language.known_names, "places": language.known_places, "genders": language.known_genders}[kind]
    return any(_ending(word.lower(), known, language.endings) is not None for word in pieces(text, "word"))


def _names(text: str, known: Words, generator: random.Random) -> list[Swap]:
    spans = _known(text, known.known_names, known.endings)
    return [_drawn(text, spans, group, names, generator) for group, names in known.names.items()] if spans else []


def _places(text: str, known: Words, generator: random.Random) -> list[Swap]:
    """City for city and country for country; a region without one of the sort is no group for the text."""
    spans: dict[str, list[Span]] = {}
    for sort, regions in known.places.items():
        spans[sort] = _known(text, frozenset(place.lower() for some in regions.values() for place in some), known.endings)
    found = []
    for group in dict.fromkeys(group for regions in known.places.values() for group in regions):
        if any(spans[sort] and group not in regions for sort, regions in known.places.items()):
            continue
        swap = Swap(group, text, ())
        changes = {}
        for sort, regions in known.places.items():
            if spans[sort]:
                swap = _drawn(text, spans[sort], group, regions[group], generator)
                changes |= dict(zip(spans[sort], (new for _, new in swap.pairs), strict=True))
        found.append(_made(text, group, changes))
    return found


def _genders(text: str, known: Words, generator: random.Random) -> list[Swap]:
    found = []
    for group, pairs in known.genders:
        changes = {}
        for span in _known(text, frozenset(pairs), known.endings):
            said = span.of(text).lower()
            owns, owns_not = known.owned.get(said, (pairs[said], pairs[said]))
            new = owns if regex.match(r"\s\p{L}", text[span.end :]) else owns_not
            changes[span] = _cased(new if said in known.owned else pairs[said], span.of(text))
        found.append(_made(text, group, changes))
    return found


def _numbers(text: str, known: Words, generator: random.Random) -> list[Swap]:
    spans = _digits(text)
    counts = [span for span in spans if regex.fullmatch(rf"[1-9][0-9]{{0,{_LONGEST - 1}}}", span.of(text))]
    return [
        _made(text, known.numbers["digits"], {span: _other_digits(span.of(text), generator) for span in spans}),
        _made(text, known.numbers["ten"], {span: f"{span.of(text)}0" for span in counts}),
        _made(text, known.numbers["one"], {span: str(int(span.of(text)) + 1) for span in counts}),
    ]


def _digits(text: str) -> list[Span]:
    return [span for span in parts(text, "number") if _DIGIT.search(span.of(text))]


def _other_digits(number: str, generator: random.Random) -> str:
    """Every digit another one, and none of them 0 but where there was one."""
    return regex.sub("[1-9]", lambda match: generator.choice([digit for digit in "123456789" if digit != match[0]]), number)


def _known(text: str, known: frozenset[str], endings: Sequence[str]) -> list[Span]:
    """The words of a text that are known, without the endings that may follow them."""
    found = []
    for span in parts(text, "word"):
        ending = _ending(span.of(text).lower(), known, endings)
        if ending is not None:
            found.append(Span(span.start, span.end - len(ending)))
    return found


def _ending(said: str, known: frozenset[str], endings: Sequence[str]) -> str | None:
    """What follows a known word in a lower-cased one; None where there is no known word."""
    if said in known:
        return ""
    return next((ending for ending in endings if said.endswith(ending) and said[: -len(ending)] in known), None)


def _drawn(text: str, spans: Sequence[Span], group: str, others: Sequence[str], generator: random.Random) -> Swap:
    """Each word given way to one of the group, the same one for the same word, different ones for different words."""
    taken: dict[str, str] = {}
    for span in spans:
        said = span.of(text).lower()
        if said not in taken:
            free = [other for other in others if other.lower() != said]
            free = [other for other in free if _ends_alike(said, other)] or free
            free = [other for other in free if other not in taken.values()] or free
            taken[said] = generator.choice(free)
    return _made(text, group, {span: _cased(taken[span.of(text).lower()], span.of(text)) for span in spans})


def _ends_alike(one: str, other: str) -> bool:
    """Whether the same particles fit two Korean words: both end in a consonant, or both in a vowel."""
    ends = [(ord(word[-1]) - 0xAC00) % 28 > 0 for word in (one, other) if 0xAC00 <= ord(word[-1]) <= 0xD7A3]
    return len(ends) < 2 or ends[0] == ends[1]


def _made(text: str, group: str, changes: Mapping[Span, str]) -> Swap:
    return Swap(group, substitute(text, dict(changes)), tuple((span.of(text), new) for span, new in changes.items()))


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word.lower()
