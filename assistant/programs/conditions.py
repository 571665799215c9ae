"""Conditions on rows: the `where` of a program, with its JSON form and its compact text form."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from explainers.errors import AskWhyError, closest

from assistant.programs.schema import Schema

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
NUMBERS = ("confidence", "characters", "words", "sentences")
FIELDS = ("id", "text", "label", "prediction", "correct", *NUMBERS)
KEYWORDS = frozenset(("where", "and", "or", "not", "in", "contains", "previous", "sample", "picked", "text", "true", "false"))

DEEPEST = 50  # conditions within conditions

Value = str | int | float | bool


@dataclass(frozen=True)
class Compare:
    """A field against a value, or against several with `in`."""

    field: str
    op: str
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Previous:
    """The rows that the last answer was about."""


@dataclass(frozen=True)
class Sample:
    """This many rows, drawn at random with a fixed seed.

    Among the parts of an `And` it is drawn from the rows that the other parts leave; an `And` of it alone draws from
    every row, so that conditions around it choose among what was drawn.
    """

    count: int


@dataclass(frozen=True)
class Picked:
    """Rows that the visitor picked by hand, such as on the map: the `number`-th such choice of the conversation, from 1.

    `picked_ids` are the rows' ids, which the conversation holds; as it is written, a condition has the number only.
    """

    number: int
    picked_ids: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Typed:
    """A text typed or pasted by the visitor, in the place of rows."""

    text: str


Condition = Compare | And | Or | Not | Previous | Sample | Picked | Typed


def leaves(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition that hold no other condition."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def conjunction(parts: Sequence[Condition]) -> Condition | None:
    """The condition that all of some hold; None where there are none."""
    return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def depth(condition: Condition) -> int:
    """How many conditions stand within each other."""
    if isinstance(condition, And | Or):
        return 1 + max(map(depth, condition.parts))
    return 1 + depth(condition.part) if isinstance(condition, Not) else 1


def normal(condition: Condition | None) -> Any:
    """A form that is equal for conditions which differ only in the order of what is joined."""
    if isinstance(condition, And | Or):
        return type(condition).__name__, tuple(sorted((normal(part) for part in condition.parts), key=repr))
    return ("Not", normal(condition.part)) if isinstance(condition, Not) else condition


def operators(field: str, schema: Schema) -> tuple[str, ...]:
    """The comparisons a field takes. Raises AskWhyError for a field that the data does not have."""
    kind = field_type(field, schema)
    if kind == "text":
        return ("contains", "=", "!=") if field != "text" else ("contains",)
    if kind == "flag":
        return ("=",)
    if kind in ("number", "date"):
        return COMPARISONS
    return (*COMPARISONS, "in") if field == "id" and schema.id == "integer" else ("=", "!=", "in")


def field_type(field: str, schema: Schema) -> str | tuple[str, ...]:
    """ "integer", "string", "number", "date", "text", "flag", or the names that the field takes.

    Raises AskWhyError for a field that the data does not have.
    """
    if field == "id":
        return schema.id
    if field in ("label", "prediction"):
        return schema.labels
    if field in NUMBERS:
        return "number"
    if field in ("text", "correct"):
        return {"text": "text", "correct": "flag"}[field]
    if field in schema.columns:
        return schema.columns[field]
    raise AskWhyError(f"The data has no column '{field}'; {closest(field, (*FIELDS, *schema.columns))}")


def check(condition: Condition, schema: Schema) -> None:
    """Raise AskWhyError, naming the field's real type and values, when a condition does not fit the schema."""
    for leaf in leaves(condition):
        if isinstance(leaf, Sample) and leaf.count < 1:
            raise AskWhyError(f"A sample has at least 1 row, not {leaf.count}.")
        if not isinstance(leaf, Compare):
            continue
        kind = field_type(leaf.field, schema)
        allowed = operators(leaf.field, schema)
        if leaf.op not in allowed:
            raise AskWhyError(f"'{leaf.field}' cannot be compared with '{leaf.op}'; it takes {', '.join(allowed)}.")
        for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
            _check_value(leaf.field, kind, value)
            if leaf.op == "contains" and not value.strip():
                raise AskWhyError(f"'{leaf.field} contains' needs words to look for.")


def _check_value(field: str, kind: str | tuple[str, ...], value: Any) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind == "flag":
        if not isinstance(value, bool):
            raise AskWhyError(f"'{field}' is true or false, not '{value}'.")
    elif kind == "integer":
        if not number or not isinstance(value, int):
            raise AskWhyError(f"'{field}' is a whole number here, and '{value}' is not one.")
    elif kind == "number":
        if not number:
            raise AskWhyError(f"'{field}' is a number here, and '{value}' is not one.")
    elif not isinstance(value, str):
        raise AskWhyError(f"'{field}' is a text here, and {value} is not one; write it in quotes.")
    elif kind == "date":
        moment(value)
    elif isinstance(kind, tuple) and value not in kind:
        raise AskWhyError(f"'{field}' has no value '{value}'; {closest(value, kind)}")
    if number and isinstance(value, int) and abs(value) >= 10**18:
        raise AskWhyError(f"{value:.3g} is too large a number to compare with '{field}'.")


def moment(text: str) -> datetime:
    """The time that a date in ISO 8601 means, in UTC where it names an offset. Raises AskWhyError for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:  # an offset may lead out of the years 1 to 9999
        raise AskWhyError(f"'{text}' is not a date; write one like 2024-01-31, or 2024-01-31T18:30.") from error


# --- JSON form -------------------------------------------------------------------------------------------------


def to_json(condition: Condition) -> dict[str, Any]:
    match condition:
        case Compare(field, op, value):
            return {"field": field, "op": op, "value": list(value) if isinstance(value, tuple) else value}
        case And(parts):
            return {"and": [to_json(part) for part in parts]}
        case Or(parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Previous():
            return {"previous": True}
        case Sample(count):
            return {"sample": count}
        case Picked(number):
            return {"picked": number}
        case Typed(text):
            return {"text": text}


def from_json(data: Any, within: int = 0) -> Condition:
    """The condition of a JSON object, which stands `within` so many others. Raises AskWhyError when it is not one."""
    if within >= DEEPEST:
        raise AskWhyError(f"The condition is nested more than {DEEPEST} deep; say it more simply.")
    match data:
        case {"field": str(field), "op": str(op), "value": value, **rest} if not rest:
            if op not in (*COMPARISONS, "in", "contains"):
                raise AskWhyError(f"There is no comparison '{op}'; {closest(op, (*COMPARISONS, 'in', 'contains'))}")
            if isinstance(value, list) != (op == "in") or value == []:
                raise AskWhyError(f"'{field} {op}' takes {'a list of values' if op == 'in' else 'one value'}.")
            return Compare(field, op, tuple(map(_mended, value)) if isinstance(value, list) else _mended(value))
        case {"and": [_, *_] as parts, **rest} if not rest:
            return And(tuple(from_json(part, within + 1) for part in parts))
        case {"or": [_, *_] as parts, **rest} if not rest:
            return Or(tuple(from_json(part, within + 1) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(from_json(part, within + 1))
        case {"previous": True, **rest} if not rest:
            return Previous()
        case {"sample": int(count), **rest} if not rest and count > 0 and count is not True:
            return Sample(count)
        case {"picked": int(number), **rest} if not rest and number > 0 and number is not True:
            return Picked(number)
        case {"text": str(text), **rest} if not rest:
            return Typed(mended(text))
    raise AskWhyError(f"This is not a condition: {json.dumps(data, default=str)[:120]}.")


def _mended(value: Any) -> Any:
    return mended(value) if isinstance(value, str) else value


# --- text form -------------------------------------------------------------------------------------------------


def quote(text: str) -> str:
    """A string as the compact text form writes it: JSON's quoting, other scripts kept readable."""
    return json.dumps(text, ensure_ascii=False)


def unquote(text: str) -> str:
    """The string that a quoted text stands for; line breaks and tabs may stand in it as they are."""
    return mended(json.loads(text, strict=False))


def mended(text: str) -> str:
    """The text with halves of surrogate pairs, which no file and no model can hold, as U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def name_text(name: str) -> str:
    """A label, category or column: bare when it reads as one word, else quoted."""
    bare = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) and name.lower() not in KEYWORDS
    return name if bare else quote(name)


def value_text(value: Value, named: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return name_text(value) if named else quote(value)


def to_text(condition: Condition, schema: Schema) -> str:
    """The compact text of a condition; `and` binds closer than `or`, groups within groups are bracketed."""

    def inner(part: Condition) -> str:
        text = to_text(part, schema)
        return f"({text})" if isinstance(part, And | Or) else text

    match condition:
        case Compare(field, op, value):
            named = isinstance(field_type(field, schema), tuple)
            left = field if field in FIELDS else name_text(field)
            if isinstance(value, tuple):
                return f"{left} {op} ({', '.join(value_text(item, named) for item in value)})"
            return f"{left} {op} {value_text(value, named)}"
        case And(parts) | Or(parts):
            word = " and " if isinstance(condition, And) else " or "
            return word.join(inner(part) for part in parts)
        case Not(part):
            return f"not {inner(part)}"
        case Previous():
            return "previous"
        case Sample(count):
            return f"sample {count}"
        case Picked(number):
            return f"picked {number}"
        case Typed(text):
            return f"text {quote(text)}"
