"""How a language says numbers, lists and names: the filters of the answer templates.

What differs by language stands in prompts/answers/LANGUAGE/words.toml; a number is said as people say it, and to more
digits for an expert.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any
from unicodedata import category

from assistant.conversation import Subject
from assistant.saying.korean import PAIR, particle


def percent(value: float, digits: int = 0) -> str:
    """A probability as people say it, never rounded to certainty: 0.9996 is "over 99.9%". `digits` are more decimals."""
    return english().percent(value, digits)


def odds_percent(log_odds: float) -> str:
    """The probability that log-odds stand for, as people say it; no log-odds are certainty."""
    return percent(probability(log_odds))


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(log_odds, -30.0), 30.0)))


def signed(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:+.{digits}f}"  # never -0.00


def decimal(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}"  # never -0.00


def figure(value: float, digits: int = 4) -> str:
    """A number as people write it, never with an exponent unless it is tiny or huge: whole, or to so many digits."""
    if value and not 1e-4 <= abs(value) < 1e15:
        return f"{value:.3g}"
    places = 0 if value % 1 == 0 else max(0, digits - 1 - math.floor(math.log10(abs(value))))
    said = f"{value + 0.0:{',' if abs(value) >= 10_000 else ''}.{places}f}"
    return said.rstrip("0").rstrip(".") if places else said


def worded(pieces: Sequence[Any]) -> list[Any]:
    """The pieces of a text, or their texts, that are more than a punctuation mark; all where there are no such. A full stop
    may well move a model, which a highlighted text shows, but nobody takes it for a reason."""
    said = [piece for piece in pieces if any(not category(sign).startswith("P") for sign in getattr(piece, "text", piece))]
    return said or list(pieces)


def shorten(text: str, limit: int = 160) -> str:
    """The beginning of a long text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plural(count: int, one: str, many: str) -> str:
    return english().plural(count, one, many)


def joined(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return english().joined(items, last)


def upper_first(text: str) -> str:
    """The text with its first letter in upper case, the others as they are: ids and labels keep their spelling."""
    return text[:1].upper() + text[1:]


def josa(text: object, pair: str) -> str:
    """Words with the Korean particle that fits their last sound: josa("spam", "은/는") is "spam은"."""
    return f"{text}{particle(pair, str(text))}"


class Placed(str):
    """What stands in a place: "{word:을/를}" writes it with the Korean particle that fits, "{word:|을/를}" that alone."""

    def __new__(cls, value: object) -> Placed:
        return super().__new__(cls, value)

    def __format__(self, pair: str) -> str:
        if pair.startswith("|"):
            return particle(pair[1:], str(self))
        return josa(str(self), pair) if pair else str(self)


@dataclass(frozen=True)
class Wording:
    """One language's words for numbers, lists and names, as its words.toml gives them."""

    words: Mapping[str, Any]

    def percent(self, value: float, digits: int = 0) -> str:
        edge = 10.0 ** -(3 + digits)
        if 1 - edge < value < 1:
            return self.words["percent"]["over"].format(f"{100 * (1 - edge):.{1 + digits}f}%")
        if 0 < value < edge:
            return self.words["percent"]["under"].format(f"{100 * edge:.{1 + digits}f}%")
        fine = 1 if 0.99 < value < 1 or 0 < value < 0.01 else 0
        return f"{100 * value:.{fine + digits}f}%"

    def plural(self, count: int, one: str, many: str) -> str:
        return self.words["plural"]["one" if count == 1 else "many"].format(count=f"{count:,}", noun=one if count == 1 else many)

    def joined(self, items: Sequence[str], last: str = "and") -> str:
        items = [str(item) for item in items]
        if len(items) < 2:
            return "".join(items)
        between = self.words["joined"][last]["two" if len(items) == 2 else "more"]
        if PAIR.match(between):
            between = particle(between.strip(), items[-2]) + " "
        return ", ".join(items[:-1]) + between + items[-1]

    def quoted(self, items: Iterable[str]) -> str:
        """ "“a”, “b” and “c”"."""
        return self.joined([f"“{item}”" for item in items])

    def name(self, subject: Subject, noun: tuple[str, str]) -> str:
        """How a text is called: "message 12", "message 12 as edited", "your text"."""
        said = self.words["subject"]
        called = said["typed"] if subject.typed else said["row"].format(noun=noun[0], id=subject.row)
        return said["edited"].format(called) if subject.edits else called

    def noun(self, noun: tuple[str, str]) -> tuple[str, str]:
        """What a row is called, from the English: as the language calls it where its words know that."""
        known = self.words.get("nouns", {}).get(noun[0].casefold())
        return (known, known) if known else noun

    def filters(self, expert: bool) -> dict[str, Callable[..., str]]:
        """What templates say numbers and lists with: to more digits for an expert."""
        more = 1 if expert else 0

        def as_percent(value: float) -> str:
            return self.percent(value, 2 * more)

        return {
            "percent": as_percent,
            "odds_percent": lambda value: as_percent(probability(value)),
            "chance": lambda value: as_percent(math.exp(min(value, 0.0))),
            "times": lambda value: figure(math.exp(min(value, 30.0)), 2 + more),
            "signed": lambda value: signed(value, 2 + more),
            "decimal": lambda value: decimal(value, 2 + more),
            "figure": lambda value: figure(value, 4 + 3 * more),
            "shorten": shorten,
            "joined": self.joined,
            "worded": list if expert else worded,
            "upper_first": upper_first,
            "quoted": self.quoted,
            "josa": josa,
            "in_quotes": lambda text: json.dumps(text, ensure_ascii=False),  # as commands have it
        }


@lru_cache(maxsize=4)
def wording(language: str) -> Wording:
    return Wording(tomllib.loads((files("prompts") / "answers" / language / "words.toml").read_text("utf-8")))


def english() -> Wording:
    return wording("en")
