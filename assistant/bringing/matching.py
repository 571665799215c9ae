"""Which class of a model each value of a label column means: a guess, shown to a person, and what they made of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from explainers.errors import AskWhyError, closest

MOST = 100  # values of a label column
SIGN = " = "


def guessed(values: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """The class for each value: of the same name, or of the same number; "" where neither is there. Names that differ in signs
    only, as C and C++ do, have to be the same to the last."""
    plain = [_plain(name) for name in classes]
    called = {said: name for said, name in zip(plain, classes, strict=True) if said and plain.count(said) == 1}
    called = {value: value if value in classes else called.get(_plain(value)) for value in values}
    numbers = {
        value: int(found[1]) for value in values if (found := re.fullmatch(r"(?:label[_ ]?)?(\d{1,6})", value.strip(), re.I))
    }
    counted = len(numbers) == len(values) and all(number < len(classes) for number in numbers.values())
    return {value: called[value] or (classes[numbers[value]] if counted else "") for value in values}


def as_text(matched: dict[str, str]) -> str:
    """A line for each value, for a person to correct."""
    return "\n".join(f"{_line(value)}{SIGN}{_line(name)}" for value, name in matched.items())


def read(text: str, values: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """What a person made of the lines. Raises AskWhyError for a line that names no value or no class, and for a value without
    a class."""
    lines: dict[str, list[str]] = {}  # values that differ in white space only are said on the same line
    for value in values:
        lines.setdefault(_line(value), []).append(value)
    named = {_line(name): name for name in classes}
    matched: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        value, name = _parts(_line(line), lines, named)
        if value not in lines:
            there = closest(value or line.strip(), lines) if lines else "the column has no values."
            raise AskWhyError(f"The line '{line.strip()[:80]}' names no value of the label column; {there}")
        if name and name not in named:
            raise AskWhyError(f"The model has no class '{name[:80]}' (for '{value[:80]}'); {closest(name, named)}")
        if name:
            matched |= dict.fromkeys(lines[value], named[name])
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


def _parts(line: str, values: Collection[str], classes: Collection[str]) -> tuple[str, str]:
    """The value and the class of a line. A sign within either is told from the one between them by what there is; of a line
    without a sign, the value is ""."""
    signs = [place for place, character in enumerate(line) if character == SIGN.strip()]
    cuts = [(line[:place].strip(), line[place + 1 :].strip()) for place in reversed(signs)] or [("", line)]
    fits = [cut for cut in cuts if cut[0] in values]
    return next((cut for cut in fits if cut[1] in classes), (fits or cuts)[0])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _line(value: str) -> str:
    return " ".join(value.split())
