"""Signs that are called by their names, as themselves: "an exclamation mark" is "!", and "느낌표 세 개" is "!!!"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

QUOTED = re.compile(r"(\"[^\"]*\"|“[^”]*”|‘[^’]*’|「[^」]*」)")
MOST = 9  # signs in a row


def with_signs(question: str) -> str:
    """The question with the signs that it names, quoted; as it is where it names several kinds, which means all punctuation, and
    within quotation marks."""
    if question.startswith("/"):
        return question
    for language, place in (("en", _english), ("ko", _korean)):
        words = _said()[language]
        names = words["signs"]
        named = {name for name in (*names, *words["others"]) if name in question.casefold()}
        if len({names.get(name, name) for name in named}) != 1 or not named <= names.keys():
            continue
        parts = QUOTED.split(question)
        question = "".join(part if at % 2 else place(part, words) for at, part in enumerate(parts))
    return question


def _english(part: str, words: Mapping[str, Any]) -> str:
    counts = "|".join(map(re.escape, words["counts"]))
    names = "|".join(sorted(map(re.escape, words["signs"]), key=len, reverse=True))
    return re.sub(rf"\b(?:(?P<count>{counts}|[1-{MOST}])\s+)?(?P<name>{names})s?\b", _repeated(words), part, flags=re.IGNORECASE)


def _korean(part: str, words: Mapping[str, Any]) -> str:
    counts = "|".join(map(re.escape, words["counts"]))
    names = "|".join(sorted(map(re.escape, words["signs"]), key=len, reverse=True))
    return re.sub(
        rf"(?<![가-힣])(?P<name>{names})(?:\s?(?:(?P<count>{counts}|[1-{MOST}])\s?개(?:만|를|정도)?|하나(?:만|를)?))?",
        _repeated(words), part,
    )  # fmt: skip


def _repeated(words: Mapping[str, Any]) -> Callable[[re.Match[str]], str]:
    def written(found: re.Match[str]) -> str:
        count = (found["count"] or "1").casefold()
        times = int(count) if count.isdigit() else words["counts"][count]
        return f'"{words["signs"][found["name"].casefold()] * times}"'

    return written


@lru_cache(maxsize=1)
def _said() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("prompts") / "parser" / "signs.toml").read_text("utf-8"))
