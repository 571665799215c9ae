"""Conditions on rows: the `where` of a program, with its JSON form and its compact text form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError, closest

from assistant.schema import Schema

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
NUMBERS = ("confidence", "characters", "words", "sentences")
FIELDS = ("id", "text", "label", "prediction", "correct", *NUMBERS)
KEYWORDS = frozenset(("where", "and", "or", "not", "in", "contains", "previous", "sample", "text", "true", "false"))

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
    """This many rows, drawn at random with a fixed seed."""

    count: int


@dataclass(frozen=True)
class Typed:
    """A text typed or pasted by the visitor, in the place of rows."""

    text: str


Condition = Compare | And | Or | Not | Previous | Sample | Typed


def leaves(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition that hold no other condition."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


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
        if not isinstance(leaf, Compare):
            continue
        kind = field_type(leaf.field, schema)
        allowed = operators(leaf.field, schema)
        if leaf.op not in allowed:
            raise AskWhyError(f"'{leaf.field}' cannot be compared with '{leaf.op}'; it takes {', '.join(allowed)}.")
        for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
            if isinstance(kind, tuple):
                if str(value) not in kind:
                    raise AskWhyError(f"'{leaf.field}' has no value '{value}'; {closest(str(value), kind)}")
            elif kind == "flag":
                if not isinstance(value, bool):
                    raise AskWhyError(f"'{leaf.field}' is true or false, not '{value}'.")
            elif kind in ("number", "integer") and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise AskWhyError(f"'{leaf.field}' is a number here, and '{value}' is not one.")


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
        case Typed(text):
            return {"text": text}


def from_json(data: Any) -> Condition:
    """The condition of a JSON object. Raises AskWhyError when it is not one."""
    match data:
        case {"field": str(field), "op": str(op), "value": value, **rest} if not rest:
            if op not in (*COMPARISONS, "in", "contains"):
                raise AskWhyError(f"There is no comparison '{op}'; {closest(op, (*COMPARISONS, 'in', 'contains'))}")
            if isinstance(value, list) != (op == "in"):
                raise AskWhyError(f"'{field} {op}' takes {'a list of values' if op == 'in' else 'one value'}.")
            return Compare(field, op, tuple(value) if isinstance(value, list) else value)
        case {"and": [_, *_] as parts, **rest} if not rest:
            return And(tuple(from_json(part) for part in parts))
        case {"or": [_, *_] as parts, **rest} if not rest:
            return Or(tuple(from_json(part) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(from_json(part))
        case {"previous": True, **rest} if not rest:
            return Previous()
        case {"sample": int(count), **rest} if not rest and count > 0:
            return Sample(count)
        case {"text": str(text), **rest} if not rest:
            return Typed(text)
    raise AskWhyError(f"This is not a condition: {json.dumps(data)[:120]}.")


# --- text form -------------------------------------------------------------------------------------------------


def quote(text: str) -> str:
    """A string as the compact text form writes it: JSON's quoting, other scripts kept readable."""
    return json.dumps(text, ensure_ascii=False)


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
        case Typed(text):
            return f"text {quote(text)}"
