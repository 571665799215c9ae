"""Operations that are understood but cannot be run yet: they say so, and what can be done instead."""

from __future__ import annotations

from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Result


class Later(Operation):
    """An operation that is declared, so that a question for it is understood, and refuses politely."""

    repeatable = False

    def run(self, context: Context) -> Result:
        return Result(provenance=context.provenance())
