from __future__ import annotations

import dataclasses
from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import LONGEST_CHAIN, Conversation, Subject
from assistant.finding.rewritten import PromptEditResult, moved_on
from assistant.operation import Operation
from assistant.operations.edit import EditResult, reworded
from assistant.programs.arguments import Count


class Undo(Operation):
    """Take the last edit back; where there is none, what the model learned or the label that was corrected."""

    name = "undo"
    family = "change"
    scope = "texts"
    examples = ("Undo", "Take the last 2 edits back")
    continues = True
    may_fail = True

    n: Annotated[int | None, Count(1, LONGEST_CHAIN)] = Field(None, description="how many edits to take back; one when absent")

    def possible(self, conversation: Conversation) -> bool:
        return differs(conversation)

    def run(self, context: Context) -> EditResult | PromptEditResult:
        (subject,) = context.few(1)
        if not subject.edits:
            return as_at_first(context, subject, "There is no edit to take back: the text is as it was.")
        return reworded(context, subject, subject.taken_back(self.n or 1))

    def remember(self, conversation: Conversation, result: EditResult | PromptEditResult) -> Conversation:
        adapted = conversation.adapted if result.before.subject.edits else None
        return moved_on(conversation, result.after, adapted=adapted)


def differs(conversation: Conversation) -> bool:
    """Whether the text in focus, its label, or the model may differ from what they were at first."""
    focus = conversation.focus
    return conversation.adapted is not None or bool(focus.edits) or focus.row is not None


def as_at_first(context: Context, subject: Subject, refusal: str) -> EditResult | PromptEditResult:
    """A text and its label as they were at first, with the original model; its edits can be made again.

    Raises AskWhyError when nothing differs.
    """
    first = Subject(original=subject.original) if subject.row is None else context.row(subject.row)
    if first == subject and context.conversation.adapted is None:
        raise AskWhyError(refusal)
    first = dataclasses.replace(first, undone=subject.taken_back(LONGEST_CHAIN).undone)
    return reworded(dataclasses.replace(context, workspace=context.workspace.original), subject, first)
