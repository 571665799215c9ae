"""The registry as data, for who writes programs without having seen the code."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.operation import Operation
from assistant.programs.program import Registry

EXAMPLE = (("row", "rows"), ("negative", "positive"), (12, 7))  # what examples are about where no data is loaded


def describe(registry: Registry) -> list[dict[str, Any]]:
    """The registry as data: names, arguments, types, docs, examples."""
    return [_described(operation) for operation in registry.values()]


def _described(operation: type[Operation]) -> dict[str, Any]:
    return {
        "name": operation.name,
        "family": operation.family,
        "about": operation.about(),
        "works_on": operation.scope,
        "arguments": [
            {"name": argument.name, "type": argument.kind.kind, "doc": argument.doc, "required": argument.required}
            | {key: value for key, value in asdict(argument.kind).items() if key != "kind"}
            for argument in operation.arguments().values()
        ],
        "examples": list(operation.questions(*EXAMPLE)),
    }
