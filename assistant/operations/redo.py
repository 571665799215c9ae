from __future__ import annotations

from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import LONGEST_CHAIN, Conversation
from assistant.finding.rewritten import PromptEditResult, moved_on
from assistant.operation import Operation
from assistant.operations.edit import EditResult, reworded
from assistant.programs.arguments import Count


class Redo(Operation):
    """Make an edit again that was taken back."""

    name = "redo"
    family = "change"
    scope = "texts"
    examples = ("Redo", "Put my edit back")
    continues = True

    n: Annotated[int | None, Count(1, LONGEST_CHAIN)] = Field(None, description="how many edits to make again; one when absent")

    def possible(self, conversation: Conversation) -> bool:
        return bool(conversation.focus.undone)

    def run(self, context: Context) -> EditResult | PromptEditResult:
        (subject,) = context.few(1)
        if not subject.undone:
            raise AskWhyError("There is no edit to make again: none was taken back since the last one.")
        return reworded(context, subject, subject.made_again(self.n or 1))

    def remember(self, conversation: Conversation, result: EditResult | PromptEditResult) -> Conversation:
        return moved_on(conversation, result.after)
