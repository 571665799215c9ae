from __future__ import annotations

import dataclasses

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operations.edit import EditResult, reworded
from assistant.operations.undo import Undo


class Reset(Undo):
    """Take everything back: the text and its label are as they were, and so is the model."""

    name = "reset"
    examples = ("Reset", "Back to the original {noun}")

    def run(self, context: Context) -> EditResult:
        (subject,) = context.few(1)
        first = Subject(original=subject.original) if subject.row is None else context.row(subject.row)
        if first == subject and context.conversation.adapted is None:
            raise AskWhyError("There is nothing to take back: the text is as it was, and so is the model.")
        return reworded(dataclasses.replace(context, workspace=context.workspace.original), subject, first)

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        return dataclasses.replace(super().remember(conversation, result), adapted=None)
