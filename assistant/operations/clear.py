from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.programs.conditions import Condition
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class ClearResult(Result):
    """All `rows` rows again; `cleared` is the condition that had chosen some (None: none were chosen)."""

    rows: int
    cleared: Condition | None


class Clear(Operation):
    """Forget which rows were chosen: all of them again."""

    name = "clear"
    family = "rows"
    scope = "nothing"
    examples = ("All {nouns} again",)
    repeatable = False

    def run(self, context: Context) -> ClearResult:
        return ClearResult(
            rows=len(context.workspace.dataset), cleared=context.conversation.selection, provenance=context.provenance()
        )

    def remember(self, conversation: Conversation, result: ClearResult) -> Conversation:
        return dataclasses.replace(conversation, selection=None)
