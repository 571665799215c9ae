from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from explainers import edits
from explainers.attribution import attribute
from explainers.edits import Change
from explainers.errors import AskWhyError
from explainers.shifts import Shift, shifts
from explainers.spans import PARTS, Ambiguous, Unfound
from explainers.units import Span, units

from assistant.context import Context
from assistant.conversation import Conversation, Edited, Subject
from assistant.finding.edited_prompts import EditedPrompts, edit_prompts
from assistant.finding.edited_rows import EditedRows, edit_rows
from assistant.finding.rewritten import PromptEditResult, Spot, moved_on, rewritten
from assistant.operation import Operation
from assistant.operations.attribute import DEFAULT_METHOD
from assistant.programs.arguments import Choice, Count, Ordinal, Place, Text
from assistant.programs.program import step_text
from assistant.results import Prediction, Result

SHIFTS = 20  # words whose scores moved most, kept with the result
AROUND = 25  # characters on either side of a place that is asked about


@dataclass(frozen=True, kw_only=True)
class EditResult(Result):
    """A text before and after: the changes, what the model answers for both, and how many edits stand now.

    `made` are the arguments of the edit by name, None where left out (no names where edits were taken back or made
    again), `spots` what it was about in
    the text before, and `read_as` the words that were taken where those that were said do not occur. `shifts` are the
    words whose score for the answer given now moved most (none: the texts were not explained). `undone` edits can be
    made again.
    """

    before: Prediction
    after: Prediction
    changes: tuple[Change, ...]
    edits: int
    undone: int = 0
    made: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    read_as: str | None = None
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WhichResult(Result):
    """An edit that waits for an answer: which of the `spots`, or whether the `nearest` words are meant instead."""

    asks: ClassVar[bool] = True

    made: Mapping[str, Any]
    spots: tuple[Spot, ...] = ()
    nearest: str | None = None


@dataclass(frozen=True, kw_only=True)
class EditedRowsResult(Result):
    """The same edit on many rows, as a what-if."""

    made: Mapping[str, Any]
    edited: EditedRows


@dataclass(frozen=True, kw_only=True)
class EditedPromptsResult(Result):
    """The same of prompts, with what the model writes for the first of them."""

    made: Mapping[str, Any]
    edited: EditedPrompts


class Edit(Operation):
    """Change the text and see what the model answers then; edits add up until undone. On many rows, what if."""

    name = "edit"
    family = "change"
    scope = "texts"
    examples = (
        "What if it said 'paid' instead of 'free'?",
        "Remove the last number",
        "Write it in lower case",
        "What if those {nouns} had no links?",
    )
    continues = True

    kind: Annotated[str | None, Choice(edits.KINDS)] = Field(
        None, description="what to do; told by the other arguments when absent"
    )
    old: Annotated[str | None, Text()] = Field(None, description="words of the text that it is about")
    part: Annotated[str | None, Choice(PARTS)] = Field(
        None, description="the kind of span that it is about; together with old, the one that holds those words"
    )
    which: Annotated[int | str | None, Ordinal(("last", "all"))] = Field(
        None, description="which of several; all occurrences of words, and the only part of its kind, when absent"
    )
    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many from there on; one when absent")
    with_: Annotated[int | str | None, Ordinal()] = Field(
        None, description="which part to swap it with, or to move it before or after"
    )
    new: Annotated[str | None, Text()] = Field(None, description="words to put in")
    where: Annotated[Any, Place()] = Field(None, description="where to insert, or to move a part")

    def possible(self, conversation: Conversation) -> bool:
        try:
            edits.check(self.meant_kind(), old=self.old, part=self.part, new=self.new, where=self.where)
            self._change(conversation.focus.text)
        except Ambiguous:
            return True
        except Unfound as error:
            return error.nearest is not None
        except AskWhyError:
            return False
        return True

    def run(self, context: Context) -> Result:
        made = dict.fromkeys(self.arguments()) | self.given() | {"kind": self.meant_kind()}
        edits.check(made["kind"], old=self.old, part=self.part, new=self.new, where=self.where)
        if context.positions is not None and context.workspace.schema.kind == "generator":
            found = edit_prompts(context, lambda text: self._change(text, every=True), step_text(self))
            said = {"tokens": context.workspace.writer.tokens}
            return EditedPromptsResult(made=made, edited=found, provenance=context.provenance(method="greedy", parameters=said))
        if context.positions is not None:
            found = edit_rows(context, lambda text: self._change(text, every=True), step_text(self))
            return EditedRowsResult(made=made, edited=found, provenance=context.provenance())
        (subject,) = context.subjects
        try:
            done = self._change(subject.text)
        except Ambiguous as error:
            spots = tuple(_spot(subject.text, span) for span in error.spans)
            return WhichResult(made=made, spots=spots, provenance=context.provenance())
        except Unfound as error:
            if error.nearest is None:
                raise
            return WhichResult(made=made, nearest=error.nearest, provenance=context.provenance())
        result = reworded(context, subject, subject.edited(Edited(done.after, step_text(self))))
        spots = tuple(_spot(subject.text, span) for span in done.spans)
        result = dataclasses.replace(result, made=made, spots=spots, read_as=done.read_as)
        return self._explained(context, result) if isinstance(result, EditResult) else result

    def remember(self, conversation: Conversation, result: Result) -> Conversation:
        return moved_on(conversation, result.after) if isinstance(result, EditResult | PromptEditResult) else conversation

    def _change(self, text: str, *, every: bool = False) -> edits.Edit:
        return edits.edit(
            text, self.meant_kind(), old=self.old, part=self.part, which=self.which, count=self.n, partner=self.with_,
            new=self.new, where=self.where, every=every,
        )  # fmt: skip

    def meant_kind(self) -> str:
        if self.kind:
            return self.kind
        if self.where is not None or not (self.old or self.part):
            return "insert"
        return "replace" if self.new else "remove"

    @staticmethod
    def _explained(context: Context, result: EditResult) -> EditResult:
        """With what the edit does to the scores of words for the answer that is given now."""
        if result.before.truncated or result.after.truncated:
            return result
        target, texts, maps = result.after.label, (result.before.subject.text, result.after.subject.text), []
        for done, text in enumerate(texts):
            context.report("attribution", done / len(texts))
            try:
                maps.append(attribute(context.workspace.classifier, text, target, method=DEFAULT_METHOD, whole=False))
            except AskWhyError:  # nothing in it that can be explained, or not by this method
                return result
        moved = shifts(*maps)[:SHIFTS]
        return dataclasses.replace(result, shifts=moved, provenance=context.provenance(method=DEFAULT_METHOD))


def reworded(context: Context, before: Subject, after: Subject) -> EditResult | PromptEditResult:
    """The facts of going from one wording of a text to another."""
    if context.workspace.schema.kind == "generator":
        return rewritten(context, before, after)
    predictions = context.predict([before, after])
    return EditResult(
        before=predictions[0],
        after=predictions[1],
        changes=tuple(edits.difference(before.text, after.text)),
        edits=len(after.edits),
        undone=len(after.undone),
        provenance=context.provenance(),
    )


def before_edits(subject: Subject) -> Subject:
    """The text as it was before any edit."""
    return dataclasses.replace(subject, edits=())


def _spot(text: str, span: Span) -> Spot:
    held = [word for word in units(text, "word") if word.start <= span.start and span.end <= word.end and word != span]
    return Spot(
        span.start,
        span.end,
        span.of(text),
        text[max(span.start - AROUND, 0) : span.start],
        text[span.end : span.end + AROUND],
        held[0].of(text) if held and span.start < span.end else None,
    )
