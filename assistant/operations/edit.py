from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from explainers import edits
from explainers.edits import Change
from explainers.errors import AskWhyError

from assistant.arguments import Choice, Place, Text
from assistant.context import Context
from assistant.conversation import Conversation, Edited, Subject
from assistant.operation import Operation
from assistant.program import step_text
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class EditResult(Result):
    """A text before and after: the changes, what the model answers for both, and how many edits stand now."""

    before: Prediction
    after: Prediction
    changes: tuple[Change, ...]
    edits: int


class Edit(Operation):
    """Change the text and see what the model answers then; edits add up until undone."""

    name = "edit"
    family = "change"
    scope = "texts"
    examples = ("What if it said 'paid' instead of 'free'?", "Remove 'urgent'", "Add 'see you tomorrow' at the end")
    continues = True

    kind: Annotated[str | None, Choice(("replace", "remove", "insert", "append", "rewrite"))] = Field(
        None, description="what to do; told by the other arguments when absent"
    )
    old: Annotated[str | None, Text()] = Field(None, description="words of the text to replace or remove")
    new: Annotated[str | None, Text()] = Field(None, description="words to put in")
    where: Annotated[Any, Place()] = Field(None, description="where to insert")

    def run(self, context: Context) -> EditResult:
        if context.positions is not None:
            raise AskWhyError(f"An edit changes one text at a time, and {len(context.positions)} rows are chosen; name one.")
        (subject,) = context.subjects
        changed = self._apply(subject.text)
        if changed == subject.text:
            raise AskWhyError("The edit leaves the text as it is, so there is nothing to compare.")
        return reworded(context, subject, subject.edited(Edited(changed, step_text(self))))

    def remember(self, conversation: Conversation, result: EditResult) -> Conversation:
        return dataclasses.replace(conversation, focus=result.after.subject)

    def _apply(self, text: str) -> str:
        kind = self.kind or self._kind()
        for name in {"replace": ("old", "new"), "remove": ("old",)}.get(kind, ("new",)):
            if not (getattr(self, name) or "").strip():
                raise AskWhyError(f"To {kind}, say which words {'to look for' if name == 'old' else 'to put in'}.")
        match kind:
            case "replace":
                return edits.replace(text, self.old, self.new)
            case "remove":
                return edits.remove(text, self.old)
            case "insert":
                return edits.insert(text, self.new, self.where or "end")
            case "append":
                return edits.insert(text, self.new, "end")
        return self.new

    def _kind(self) -> str:
        if self.old:
            return "replace" if self.new else "remove"
        return "insert"


def reworded(context: Context, before: Subject, after: Subject) -> EditResult:
    """The facts of going from one wording of a text to another."""
    predictions = context.predict([before, after])
    return EditResult(
        before=predictions[0],
        after=predictions[1],
        changes=tuple(edits.difference(before.text, after.text)),
        edits=len(after.edits),
        provenance=context.provenance(),
    )


def before_edits(subject: Subject) -> Subject:
    """The text as it was before any edit."""
    return dataclasses.replace(subject, edits=())
