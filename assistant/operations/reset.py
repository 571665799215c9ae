from __future__ import annotations

from typing import ClassVar

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.rewritten import PromptEditResult, moved_on
from assistant.operation import Operation
from assistant.operations.edit import EditResult
from assistant.operations.undo import as_at_first, differs


class Reset(Operation):
    """Take everything back: the text and its label are as they were, and so is the model."""

    name = "reset"
    family = "change"
    scope = "texts"
    examples = ("Reset", "Back to the original {noun}")
    continues: ClassVar[bool] = True
    may_fail: ClassVar[bool] = True

    def possible(self, conversation: Conversation) -> bool:
        return differs(conversation)

    def run(self, context: Context) -> EditResult | PromptEditResult:
        (subject,) = context.few(1)
        return as_at_first(context, subject, "There is nothing to take back: the text is as it was, and so is the model.")

    def remember(self, conversation: Conversation, result: EditResult | PromptEditResult) -> Conversation:
        return moved_on(conversation, result.after, adapted=None)
