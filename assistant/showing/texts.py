"""The words of the interface, from prompts/, in the language of whoever they are drawn for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.saying.wording import wording

LANGUAGES = {"en": "English", "ko": "한국어"}  # as each calls itself
_language: ContextVar[str] = ContextVar("language", default="en")


def interface(given: str = "") -> dict[str, Any]:
    """The page's and the terminal's own words, by name; in the language that `speaking` set, unless one is given."""
    return _read(given or _language.get())


def language() -> str:
    """The language of what is drawn now."""
    return _language.get()


def percent(value: float) -> str:
    """A probability as people say it, in the language of what is drawn."""
    return wording(language()).percent(value)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Within it, what is drawn is in this language."""
    token = _language.set(chosen)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=len(LANGUAGES))
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("prompts") / "page" / f"{name}.toml").read_text("utf-8"))
