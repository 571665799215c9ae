"""The JSON schema of programs, generated from the registry and a schema of data: what a server makes a model keep to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.operation import Operation
from assistant.programs.arguments import PLACES, Choice, Count, Field, Kind, Label, Ordinal, Partner, Place, Text
from assistant.programs.conditions import FIELDS, field_type, operators
from assistant.programs.program import MOST_STEPS, Registry
from assistant.programs.schema import Schema

CONDITION = {"$ref": "#/$defs/condition"}
TEXT = {"type": "string"}


def program_schema(registry: Registry, schema: Schema) -> dict[str, Any]:
    """The JSON schema of `Program.to_json()` for data of `schema`.

    Which texts may be copied from a question, and how long a number may be, it cannot say.
    """
    steps = [step for operation in registry.values() if (step := _step(operation, schema)) is not None]
    listed = {"type": "array", "items": _any(steps), "minItems": 1, "maxItems": MOST_STEPS}
    whole = _object({"where": _any([CONDITION, {"type": "null"}]), "steps": listed})
    return whole | {"$defs": {"condition": _any(_conditions(schema))}}


def _step(operation: type[Operation], schema: Schema) -> dict[str, Any] | None:
    """An operation with its arguments; None when it needs one that there is nothing to choose for."""
    properties, required = {"op": _names([operation.name])}, ["op"]
    for argument in operation.arguments().values():
        found = argument_schema(argument.kind, schema)
        if found is not None:
            properties[argument.name] = found
        elif argument.required:
            return None
        if argument.required:
            required.append(argument.name)
    return _object(properties, required)


def argument_schema(kind: Kind, schema: Schema) -> dict[str, Any] | None:
    """The JSON schema of an argument's values; None where there is nothing to choose from."""
    match kind:
        case Count(low, high):
            return {"type": "integer", "minimum": low, "maximum": high}
        case Choice(choices):
            return _names(choices)
        case Label():
            return _names(schema.labels) if schema.labels else None
        case Text():
            return TEXT
        case Partner(methods):
            identity = {"type": "integer"} if schema.id == "integer" else TEXT
            sorts = {"row": identity, "class": argument_schema(Label(), schema), "method": _names(methods), "model": TEXT}
            named = [_object({sort: values}) for sort, values in sorts.items() if values and values.get("enum") != []]
            return _any([_names(["edit", "previous"]), *named])
        case Ordinal(words, high):
            return _any([{"type": "integer", "minimum": 1, "maximum": high}, _names(words)])
        case Place():
            return _any([_names(PLACES), _object({"before": TEXT}), _object({"after": TEXT})])
        case Field(built_in):
            return _names([*built_in, *schema.columns])
    raise TypeError(f"no JSON schema for arguments of the kind {kind}")


def _conditions(schema: Schema) -> list[dict[str, Any]]:
    alike: dict[tuple[tuple[str, ...], str | tuple[str, ...]], list[str]] = {}  # fields that take the same comparisons
    for field in (*FIELDS, *schema.columns):
        kind = field_type(field, schema)
        if kind != ():
            alike.setdefault((operators(field, schema), kind), []).append(field)
    found = []
    for (allowed, kind), fields in alike.items():
        value = _value(kind)
        plain = [op for op in allowed if op != "in"]
        found.append(_object({"field": _names(fields), "op": _names(plain), "value": value}))
        if "in" in allowed:
            listed = {"type": "array", "items": value, "minItems": 1}
            found.append(_object({"field": _names(fields), "op": _names(["in"]), "value": listed}))
    several = {"type": "array", "items": CONDITION, "minItems": 1}
    found += [_object({"and": several}), _object({"or": several}), _object({"not": CONDITION})]
    previous, sample = {"enum": [True]}, {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}
    return [*found, _object({"previous": previous}), _object({"sample": sample}), _object({"text": TEXT})]


def _value(kind: str | tuple[str, ...]) -> dict[str, Any]:
    if isinstance(kind, tuple):
        return _names(kind)
    return {"type": {"integer": "integer", "number": "number", "flag": "boolean"}.get(kind, "string")}


def _names(names: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _any(choices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": list(choices)}


def _object(properties: dict[str, Any], required: Sequence[str] | None = None) -> dict[str, Any]:
    """An object of these properties and no others, all of them required unless said otherwise."""
    wanted = list(properties if required is None else required)
    return {"type": "object", "properties": properties, "required": wanted, "additionalProperties": False}
