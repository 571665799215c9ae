"""The words of the interface, from prompts/."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=8)
def interface(language: str = "en") -> dict[str, Any]:
    """The page's and the terminal's own words, by name."""
    return tomllib.loads((files("prompts") / "page" / f"{language}.toml").read_text("utf-8"))
