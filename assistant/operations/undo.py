from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from explainers.edits import Change, difference
from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.operation import Operation
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class UndoResult(Result):
    """The text after the last edit was taken back, its prediction, and how many edits still stand."""

    before: Prediction
    after: Prediction
    changes: tuple[Change, ...]
    edits: int


class Undo(Operation):
    """Take the last edit back."""

    name = "undo"
    family = "change"
    scope = "texts"
    examples = ("Undo", "Take that back")
    continues = True
    kept: ClassVar[int] = -1  # how many edits of the chain remain: all but the last

    def run(self, context: Context) -> UndoResult:
        subject = next(iter(context.subjects), None)
        if subject is None or not subject.edits:
            raise AskWhyError("There is no edit to take back: the text is as it was.")
        after = dataclasses.replace(subject, edits=subject.edits[: self.kept] if self.kept else ())
        predictions = context.predict([subject, after])
        return UndoResult(
            before=predictions[0],
            after=predictions[1],
            changes=tuple(difference(subject.text, after.text)),
            edits=len(after.edits),
            provenance=context.provenance(),
        )

    def remember(self, conversation: Conversation, result: UndoResult) -> Conversation:
        return dataclasses.replace(conversation, focus=result.after.subject)
