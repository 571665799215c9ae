"""Which way round a mistake is: in "정상인데 스팸으로 막은 것" the class with "으로" is what the model says."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.parsing.linking import Linker
from assistant.programs.conditions import And, Compare, Condition
from assistant.programs.program import Program

TAKEN_FOR = re.compile(r"(?P<name>[^\s]+?)(?:이?라고|으로|로)(?:만|도|는)?(?=[\s,.?!]|$)")


def turned(question: str, program: Program, linker: Linker) -> Program:
    """The program about rows of one class that are taken for another, these two the way round that a Korean question has them."""
    parts = program.where.parts if isinstance(program.where, And) else ()
    named = {part.field: part.value for part in parts if isinstance(part, Compare) and part.op == "="}
    label, prediction = named.get("label"), named.get("prediction")
    if None in (label, prediction) or label == prediction:
        return program
    taken_for = {one for found in TAKEN_FOR.finditer(question) for one in linker.labels(found["name"])}
    if taken_for != {label}:
        return program
    other = {"label": Compare("label", "=", prediction), "prediction": Compare("prediction", "=", label)}

    def way_round(part: Condition) -> Condition:
        both = isinstance(part, Compare) and part.op == "=" and part.field in other
        return other[part.field] if both else part

    return replace(program, where=And(tuple(way_round(part) for part in parts)))
