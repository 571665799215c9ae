"""Numbers that are dictated in words, as digits: "message three hundred and twelve" is message 312, "삼백십이 번" is 312번."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

UNITS = {"천": 1000, "백": 100, "십": 10}


def in_digits(question: str, noun: tuple[str, str]) -> str:
    """The question with the numbers above twenty that it says in words, in digits, where they stand as numbers of rows do: after
    what a row is called, or at its beginning; quoted words stay as they are. Of a number that is taken back ("5, no, 6") the
    second stands. `noun` is what one row and several are called."""
    if question.startswith("/"):
        return question
    parts = re.split(r"(\"[^\"]*\"|“[^”]*”|‘[^’]*’|「[^」]*」)", question)
    return "".join(part if place % 2 else _settled(_written(part, noun)) for place, part in enumerate(parts))


def _settled(part: str) -> str:
    """Without numbers that are taken back."""
    return re.sub(_said()["ko"]["rather"], "", re.sub(_said()["en"]["rather"], "", part, flags=re.IGNORECASE))


def _written(part: str, noun: tuple[str, str]) -> str:
    words = _said()["en"]
    before = "|".join(map(re.escape, (*words["before"], *(one.casefold() for one in noun))))
    numbers = "|".join((*words["small"], *words["tens"], "hundred", "thousand"))
    spoken = rf"(?:{numbers})(?:(?:\s+and\s+|[\s-]+)(?:{numbers}))+"
    part = re.sub(rf"(?P<before>^|\b(?:{before})s?\s+)(?P<number>{spoken})\b", _english, part, flags=re.IGNORECASE)
    korean = _said()["ko"]
    after = "|".join(korean["after"])
    return re.sub(
        rf"(?<![가-힣])(?P<number>[{korean['digits']}십백천]{{2,}})\s?(?P<after>(?:{after})(?![가-힣]*째))", _korean, part
    )


def _english(found: re.Match[str]) -> str:
    words = _said()["en"]
    value = group = last = 0
    for word in re.split(r"[\s-]+", found["number"].casefold()):
        if word in words["small"]:
            size = words["small"].index(word)
            if last and (last < 20 or size > 9 or not size):  # "one one", "forty twelve": digits, or a list
                return found[0]
            group, last = group + size, size or 20
        elif word in words["tens"]:
            if last:
                return found[0]
            last = 10 * (words["tens"].index(word) + 2)
            group += last
        elif word == "hundred":
            group, last = max(group, 1) * 100, 0
        elif word == "thousand":
            value, group, last = value + max(group, 1) * 1000, 0, 0
    return f"{found['before']}{value + group}"


def _korean(found: re.Match[str]) -> str:
    digits, value, digit, limit = _said()["ko"]["digits"], 0, 0, 10_000
    for sign in found["number"]:
        if sign in UNITS:
            if UNITS[sign] >= limit:
                return found[0]
            limit = UNITS[sign]
            value, digit = value + max(digit, 1) * limit, 0
        elif digit:
            return found[0]
        else:
            digit = digits.index(sign) + 1
    return f"{value + digit}{found['after']}"


@lru_cache(maxsize=1)
def _said() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("prompts") / "parser" / "counting.toml").read_text("utf-8"))
