from __future__ import annotations

import dataclasses

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operation import Operation
from assistant.operations.edit import EditResult, reworded


class Undo(Operation):
    """Take the last edit back; where there is none, what the model learned or the label that was corrected."""

    name = "undo"
    family = "change"
    scope = "texts"
    examples = ("Undo", "Take that back")
    continues = True

    def run(self, context: Context) -> EditResult:
        (subject,) = context.few(1)
        if not subject.edits:
            return as_at_first(context, subject, "There is no edit to take back: the text is as it was.")
        return reworded(context, subject, dataclasses.replace(subject, edits=subject.edits[:-1]))

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        adapted = conversation.adapted if result.before.subject.edits else None
        return dataclasses.replace(conversation, focus=result.after.subject, adapted=adapted)


def as_at_first(context: Context, subject: Subject, refusal: str) -> EditResult:
    """A text and its label as they were at first, with the original model. Raises AskWhyError when nothing differs."""
    first = Subject(original=subject.original) if subject.row is None else context.row(subject.row)
    if first == subject and context.conversation.adapted is None:
        raise AskWhyError(refusal)
    return reworded(dataclasses.replace(context, workspace=context.workspace.original), subject, first)
