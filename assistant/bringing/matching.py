"""Which class of a model each value of a label column means: a guess, shown to a person, and what they made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explainers.errors import AskWhyError, closest

MOST = 100  # values of a label column
SIGN = " = "


def guessed(values: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """The class for each value: of the same name, or of the same number; "" where neither is there."""
    called = {_plain(name): name for name in classes}
    numbers = {
        value: int(found[1]) for value in values if (found := re.fullmatch(r"(?:label[_ ]?)?(\d{1,6})", value.strip(), re.I))
    }
    counted = len(numbers) == len(values) and all(number < len(classes) for number in numbers.values())
    return {value: called.get(_plain(value)) or (classes[numbers[value]] if counted else "") for value in values}


def as_text(matched: dict[str, str]) -> str:
    """A line for each value, for a person to correct."""
    return "\n".join(f"{_line(value)}{SIGN}{name}" for value, name in matched.items())


def read(text: str, values: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """What a person made of the lines. Raises AskWhyError for a line that names no value or no class, and for a value without
    a class."""
    lines = {_line(value): value for value in values}
    matched: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        value, sign, name = line.rpartition(SIGN.strip())
        value, name = value.strip(), name.strip()
        if not sign or value not in lines:
            there = closest(value or line.strip(), lines) if lines else "the column has no values."
            raise AskWhyError(f"The line '{line.strip()[:80]}' names no value of the label column; {there}")
        if name and name not in classes:
            raise AskWhyError(f"The model has no class '{name[:80]}' (for '{value[:80]}'); {closest(name, classes)}")
        if name:
            matched[lines[value]] = name
    missing = [value for value in values if value not in matched]
    if missing:
        raise AskWhyError(
            f"The value '{missing[0][:80]}' of the label column has no class; write one of {', '.join(classes)[:300]} "
            "after its =, or choose no label column."
        )
    return matched


def check(values: Sequence[str], column: str) -> None:
    """Raises AskWhyError for a column that has no few values, as labels do."""
    if not values:
        raise AskWhyError(f"The label column '{column}' is empty; choose another, or none.")
    if len(values) > MOST:
        raise AskWhyError(
            f"The column '{column}' has {len(values):,} different values, so it holds no labels; choose another, or none."
        )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _line(value: str) -> str:
    return " ".join(value.split())
