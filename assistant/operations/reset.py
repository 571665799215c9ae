from __future__ import annotations

import dataclasses

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operations.edit import EditResult, reworded
from assistant.operations.undo import Undo


class Reset(Undo):
    """Take everything back: the text is as it was, and so is the model."""

    name = "reset"
    examples = ("Reset", "Back to the original {noun}")
    kept = 0

    def run(self, context: Context) -> EditResult:
        subject = next(iter(context.subjects), None)
        if context.conversation.adapted is None or subject is None:
            return super().run(context)
        original = dataclasses.replace(context, workspace=context.workspace.original)
        return reworded(original, subject, dataclasses.replace(subject, edits=()))

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        return dataclasses.replace(super().remember(conversation, result), adapted=None)
