"""Which training programs a model that writes can be asked for, instead of a classifier or as well as one."""

from __future__ import annotations

import re

WRITES = re.compile(r"\b(?:generate|salience)\b|part=example")  # programs that only a model that writes can be asked for
CLASSES = re.compile(r"\b(?:label|prediction|correct|confidence|class)\b")
OF_ANY = re.compile(
    r"(?:where .*? \| )?(?:compare(?! with=(?:method|class))|similar|edit|edits|undo|redo|reset|clear|show|count|detail|help|data"
    r"|model|more|statistics)\b[^|]*"
)


def writes(program: str) -> bool:
    """Whether only a model that writes can be asked for a program."""
    return bool(WRITES.search(program))


def of_any_model(program: str) -> bool:
    """Whether any model can be asked for a program."""
    return bool(OF_ANY.fullmatch(program)) and not CLASSES.search(program)
