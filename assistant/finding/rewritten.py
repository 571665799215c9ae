"""Going from one wording of a prompt to another: what changes in it, and in what the model writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explainers.edits import Change, difference

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.results import Prediction, Result
from assistant.writing import Written


@dataclass(frozen=True)
class Spot:
    """Characters `start` up to `end` of a text: `text`, with some of what stands `before` and `after` it. `word` is the
    longer word that they are a piece of, if any.
    """

    start: int
    end: int
    text: str
    before: str
    after: str
    word: str | None = None


@dataclass(frozen=True, kw_only=True)
class PromptEditResult(Result):
    """A prompt before and after, with the model's answers to both: the changes of the prompt and of the answer, and whether
    it is the `same` answer. `tokens` is how long it may be. The other fields are those of `EditResult`.
    """

    before: Written
    after: Written
    changes: tuple[Change, ...]
    answer_changes: tuple[Change, ...]
    same: bool
    tokens: int
    edits: int
    undone: int = 0
    made: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    read_as: str | None = None


def rewritten(context: Context, before: Subject, after: Subject) -> PromptEditResult:
    """The facts of going from one wording of a prompt to another; answers that are known already are not written again."""
    first = context.written(before)
    if first.given:  # what the model itself writes is set against what it writes now
        first = own(context, before)
    second = own(context, after)
    return PromptEditResult(
        before=first,
        after=second,
        changes=tuple(difference(before.text, after.text)),
        answer_changes=tuple(difference(first.text, second.text)),
        same=first.text == second.text,
        tokens=context.workspace.writer.tokens,
        edits=len(after.edits),
        undone=len(after.undone),
        provenance=context.provenance(method="greedy", parameters={"tokens": context.workspace.writer.tokens}),
    )


def own(context: Context, subject: Subject) -> Written:
    """What the model itself writes for a prompt."""
    return Written(subject, context.workspace.writer.answer(subject.text, report=context.report))


def moved_on(conversation: Conversation, after: Prediction | Written, **changes: Any) -> Conversation:
    """The conversation with its focus on a text as it is after an edit, and on the answer to it."""
    answer = after.answer if isinstance(after, Written) else None
    return dataclasses.replace(conversation, focus=after.subject, written=answer, **changes)
