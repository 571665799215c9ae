"""Whether a question asks in one of the ways of prompts/parser/checking.toml: expressions, tried on the training questions."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


def asks(how: str, question: str) -> bool:
    """Whether a question asks in one of the ways of prompts/parser/checking.toml."""
    return re.search(checking()[how], question) is not None


def without(how: str, question: str) -> str:
    """The question without what it says in one of those ways."""
    return re.sub(checking()[how], "", question)


@lru_cache(maxsize=1)
def checking() -> dict[str, str]:
    return tomllib.loads((files("prompts") / "parser" / "checking.toml").read_text("utf-8"))
