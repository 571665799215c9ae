"""Sentences and names that code writes in English, in another language, by prompts/answers/LANGUAGE/sentences.toml; and what
operations do, by operations.toml beside it."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from assistant.saying.wording import Placed

LONGEST = 2000  # characters of a sentence that is looked up
DEEPEST = 3  # sentences within a sentence


def translated(sentence: str, language: str) -> str | None:
    """The sentence in a language; None where its table has none that fits."""
    return _looked_up(sentence, language, 0) if len(sentence) <= LONGEST else None


def in_words(name: object, language: str) -> str:
    """A name in a language, or as it is: column names and words of the data stay."""
    return translated(str(name), language) or str(name)


def _looked_up(sentence: str, language: str, depth: int) -> str | None:
    for pattern, template in _table(language):
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        values = found.groupdict()
        if "rest" in values:
            rest = _looked_up(values["rest"], language, depth + 1) if depth < DEEPEST else None
            if rest is None:
                continue
            values["rest"] = rest
        return template.format_map({name: Placed(value) for name, value in values.items()})
    return None


def described(name: str, values: Mapping[str, object], language: str) -> dict[str, str] | None:
    """What an operation does, `about`, and a question for it, `ask`, with `values` in its places; None where no table says."""
    said = _operations(language).get(name)
    if said is None:
        return None
    placed = {place: Placed(value) for place, value in values.items()}
    return {"about": said["about"], "ask": said["ask"].format_map(placed)}


@lru_cache(maxsize=4)
def _operations(language: str) -> Mapping[str, Mapping[str, str]]:
    held = files("prompts") / "answers" / language / "operations.toml"
    return tomllib.loads(held.read_text("utf-8")) if held.is_file() else {}


@lru_cache(maxsize=4)
def _table(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    held = files("prompts") / "answers" / language / "sentences.toml"
    if not held.is_file():
        return ()
    read = tomllib.loads(held.read_text("utf-8"))
    return tuple((_pattern(english), said) for part in read.values() for english, said in part.items())


def _pattern(english: str) -> re.Pattern[str]:
    parts = [
        re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, _, _ in string.Formatter().parse(english)
    ]
    return re.compile("".join(parts), re.DOTALL)
