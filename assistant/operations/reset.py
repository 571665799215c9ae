from __future__ import annotations

import dataclasses

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operations.edit import EditResult
from assistant.operations.undo import Undo, as_at_first


class Reset(Undo):
    """Take everything back: the text and its label are as they were, and so is the model."""

    name = "reset"
    examples = ("Reset", "Back to the original {noun}")

    def run(self, context: Context) -> EditResult:
        (subject,) = context.few(1)
        return as_at_first(context, subject, "There is nothing to take back: the text is as it was, and so is the model.")

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        return dataclasses.replace(super().remember(conversation, result), adapted=None)
