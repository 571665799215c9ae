from __future__ import annotations

import dataclasses

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.operations.edit import EditResult, reworded


class Undo(Operation):
    """Take the last edit back."""

    name = "undo"
    family = "change"
    scope = "texts"
    examples = ("Undo", "Take that back")
    continues = True

    def run(self, context: Context) -> EditResult:
        subject = next(iter(context.subjects), None)
        if subject is None or not subject.edits:
            raise AskWhyError("There is no edit to take back: the text is as it was.")
        after = dataclasses.replace(subject, edits=subject.edits[:-1])
        return reworded(context, subject, after)

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        return dataclasses.replace(conversation, focus=result.after.subject)
