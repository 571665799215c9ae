"""How a language says numbers, directions and roles, compiled from prompts/grounding/LANGUAGE.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from re import Pattern

END = r"(?![A-Za-z0-9_])"  # a word's end, also where Hangul follows: \b would see none between "ham" and "으로"
START = r"(?<![A-Za-z0-9_])"


@dataclass(frozen=True)
class Axis:
    """Two opposites, as the words for them."""

    plus: Pattern[str]
    minus: Pattern[str]


@dataclass(frozen=True)
class Role:
    """Where a number or a label stands, told by the words right before or right after it."""

    before: Pattern[str] | None
    after: Pattern[str] | None
    opposite: str


@dataclass(frozen=True)
class Stance:
    """Whose word a class is, the model's or the data's, told by what stands right before or after its name."""

    before: Pattern[str]
    after: Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """One language's words, as patterns over lower-case text."""

    language: str
    percent: Pattern[str]
    hedges: Pattern[str]
    hedges_after: Pattern[str]
    over: Pattern[str]
    over_after: Pattern[str]
    under: Pattern[str]
    under_after: Pattern[str]
    ratio: Pattern[str]
    fraction: Pattern[str]
    denominators: dict[str, int]
    rank: Pattern[str]
    scale: Pattern[str]
    scales: dict[str, float]
    number_words: Pattern[str]  # (tens, unit, word)
    values: dict[str, int]
    units: dict[str, int]
    shares: tuple[tuple[Pattern[str], float, float], ...]
    ordinals: tuple[tuple[Pattern[str], int], ...]
    axes: dict[str, Axis]
    stances: dict[str, Stance]
    neither: Pattern[str]
    negated_before: Pattern[str]
    negated_after: Pattern[str]
    contrast_before: Pattern[str]
    contrast_after: Pattern[str]
    part_of: Pattern[str]  # between a part and its whole
    of_them: Pattern[str]  # behind a part of what was named before
    ranged: Pattern[str]  # before the end of a range
    swapped: Pattern[str]  # between what is put somewhere and what stood there before
    than: Pattern[str]  # between the smaller number and "higher", where the larger one leads
    clauses: Pattern[str]
    roles: dict[str, Role]
    few: frozenset[str]


NEVER = re.compile("(?!)")


@lru_cache(maxsize=4)
def lexicon(language: str) -> Lexicon:
    told = tomllib.loads((files("prompts") / "grounding" / f"{language}.toml").read_text("utf-8"))
    numbers, negation, values = told["numbers"], told["negation"], told["numbers"]["words"]
    units, scales, denominators = numbers["units"], numbers["scales"], numbers["denominators"]
    compound = rf"({_any(name for name, value in values.items() if 10 <= value < 100 and value % 10 == 0)}){numbers['joint']}"
    compound += f"({_any([*units, *(name for name, value in values.items() if value < 10)])})"
    # a Korean number word counts something ("세 개", "두 번") or ends its own word; else it is a syllable of another
    counted = r"(?=[\s,.]|$)" if language == "ko" else END
    return Lexicon(
        language=language,
        percent=_compiled(numbers["percent"], before=r"^\s?"),
        hedges=_before(numbers["hedges"]),
        hedges_after=re.compile(rf"^(?:{numbers['hedges_after']})"),
        over=_before(numbers["over"]),
        over_after=_compiled(numbers["over_after"], before=r"^[가-힣]{0,2}\s?(?:\w+\s)?"),
        under=_before(numbers["under"]),
        under_after=_compiled(numbers["under_after"], before=r"^[가-힣]{0,2}\s?(?:\w+\s)?"),
        ratio=re.compile(numbers["ratio"]),
        fraction=re.compile(f"{_edge(language)}{numbers['fraction'].replace('DENOMINATOR', _any(denominators))}"),
        denominators=denominators,
        rank=re.compile(numbers["rank"]),
        scale=re.compile(rf"^\s?({_any(scales)})" + (END if language == "en" else r"(?=\s?(?:개|건|명|번|자|토큰|단어|$)|\s)")),
        scales=scales,
        number_words=re.compile(f"{_edge(language)}(?:{compound}|({_any(values)})){counted}"),
        values=values,
        units=units,
        shares=tuple((re.compile(f"{_edge(language)}(?:{form})"), *given) for form, given in numbers["shares"].items()),
        ordinals=tuple((re.compile(f"{_edge(language)}(?:{form}){END}"), rank) for form, rank in numbers["ordinals"].items()),
        axes={name: Axis(_words(axis["plus"], language), _words(axis["minus"], language)) for name, axis in told["axes"].items()},
        stances={name: Stance(re.compile(one["before"]), re.compile(one["after"])) for name, one in told["stances"].items()},
        neither=re.compile(negation["neither"]) if negation["neither"] else NEVER,
        negated_before=re.compile(negation["before"]) if negation["before"] else NEVER,
        negated_after=re.compile(negation["after"]) if negation["after"] else NEVER,
        contrast_before=re.compile(negation["contrast_before"]),
        contrast_after=re.compile(negation["contrast_after"]),
        part_of=re.compile(numbers["part_of"]),
        of_them=re.compile(numbers["of_them"]),
        ranged=re.compile(numbers["ranged"]),
        swapped=re.compile(numbers["swapped"]),
        than=re.compile(numbers["than"]),
        clauses=re.compile(negation["clauses"]),
        roles={
            name: Role(
                _before(role["before"]) if role["before"] else None,
                re.compile(rf"^[^\w\s]?\s?(?:{role['after']})" + ("" if language == "ko" else END)) if role["after"] else None,
                role["opposite"],
            )
            for name, role in told["roles"].items()
        },
        few=frozenset(told["words"]["few"].split()),
    )  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _edge(language: str) -> str:
    return r"(?<![가-힣A-Za-z0-9_])" if language == "ko" else START


def _words(form: str, language: str) -> Pattern[str]:
    return re.compile(form if language == "ko" else f"{START}(?:{form}){END}", re.MULTILINE)


def _before(form: str) -> Pattern[str]:
    return re.compile(rf"(?:^|[^\w])(?:{form})\s?[^\w\s]?$") if form else NEVER


def _compiled(form: str, *, before: str = "") -> Pattern[str]:
    return re.compile(f"{before}(?:{form}){END}") if form else NEVER
