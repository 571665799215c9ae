from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from explainers.attribution import METHODS, attribute
from explainers.best import best
from explainers.edits import Change, difference
from explainers.errors import AskWhyError, closest
from explainers.explanation import Explanation
from explainers.generative import METHODS as SALIENT
from explainers.trust.agreement import Agreement
from explainers.units import count_units, is_word

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.finding.comparing import Disagreement, Group, group, maps_agree, models_differ
from assistant.finding.prompts_beside import METHOD, ComparePromptsResult, Side, prompts_beside
from assistant.finding.rows import with_previous
from assistant.operation import Operation
from assistant.operations.attribute import BEST, DEFAULT_METHOD, NAMES, last_attribute
from assistant.operations.clarify import ClarifyResult, ask_for
from assistant.operations.edit import before_edits
from assistant.programs import conditions
from assistant.programs.arguments import Choice, Partner
from assistant.programs.program import Program
from assistant.results import Prediction, Result

ASPECTS = ("prediction", "words", "length", "score")


@dataclass(frozen=True, kw_only=True)
class CompareResult(Result):
    """Two things side by side; `kind` says which fields are filled, and `by` what of them was asked for.

    "rows", "edit": two texts, `left` and `right`, with scores for the left one's answer and their `lengths` in words;
    `changes` is the difference of a text and its edit, `shared` are words that both texts hold. "model": one text by two
    models, with their `names`. "methods", "classes": two maps of one text, with
    how alike they are (`agreement`). "groups": two selections. "models": two models on the same rows.
    """

    kind: str
    by: str | None = None
    left: Prediction | None = None
    right: Prediction | None = None
    left_scores: Explanation | None = None
    right_scores: Explanation | None = None
    changes: tuple[Change, ...] = ()
    shared: tuple[str, ...] = ()
    lengths: tuple[int, int] = (0, 0)
    agreement: Agreement | None = None
    groups: tuple[Group, ...] = ()
    models: Disagreement | None = None
    names: tuple[str, str] = ("", "")


class Compare(Operation):
    """Two things side by side: rows, a text and its edit, classes, methods, models or selections."""

    name = "compare"
    family = "relate"
    scope = "texts"
    examples = ("Compare {nouns} {id} and {id2}", "How does it differ from {noun} {id2}?", "Compare with the original")
    continues = True

    with_: Annotated[Any, Partner(NAMES)] = Field(
        None,
        description="the other side; when absent, two chosen rows, the text before its edits, or the one talked of before",
    )
    by: Annotated[str | None, Choice(ASPECTS)] = Field(None, description="what of them to compare; all of it when absent")

    def needs_text(self) -> bool:
        return self.with_ != "previous"

    def possible(self, conversation: Conversation) -> bool:
        return self.with_ not in (None, "edit") or bool(conversation.focus.edits) or self._other(conversation) is not None

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        """ "Those two", said after a typed text, are that one and the one before it, not rows that were chosen earlier; to
        compare a text with the previous one is to compare the two. Said after "and with LIME?", the two are methods."""
        asked = conversation.program
        method = getattr(asked.steps[-1], "method", None) if asked is not None and asked.steps[-1].name == "attribute" else None
        if self.with_ is None and method and (program.where is None or isinstance(program.where, conditions.Previous)):
            of_methods = self.model_copy(update={"with_": {"method": method}})
            return Program(None, tuple(of_methods if step is self else step for step in program.steps))
        typed = asked is not None and isinstance(asked.where, conditions.Typed)
        if program.where is None and self.with_ == "previous" and self._other(conversation) and not conversation.focus.edits:
            steps = (self.model_copy(update={"with_": None}) if step is self else step for step in program.steps)
            return dataclasses.replace(program, steps=tuple(steps))
        if typed and isinstance(program.where, conditions.Previous) and self.with_ is None and self._other(conversation):
            return dataclasses.replace(program, where=None)
        return program

    def _other(self, conversation: Conversation) -> Subject | None:
        """The text that was talked about before the one in focus; "what has changed" only asks that of two that were typed."""
        focus, beside = conversation.focus, conversation.beside
        if focus is None or beside is None or focus.same_as(beside):
            return None
        return beside if self.with_ != "edit" or (focus.typed and beside.typed) else None

    def run(self, context: Context) -> CompareResult | ComparePromptsResult | ClarifyResult:
        sort, name = next(iter(self.with_.items())) if isinstance(self.with_, dict) else (self.with_, None)
        several = context.positions is not None and not context.subjects
        if context.workspace.schema.kind == "generator":
            return self._prompts(context, sort, name, several)
        if sort == "method":
            return self._maps(context, "methods", method=name)
        if sort == "class" and not several:
            return self._maps(context, "classes", label=name)
        if sort == "model":
            return self._models(context, name)
        if sort == "previous" and context.positions is None:
            return self._texts(context) if self._other(context.conversation) else ask_for("rows", context)
        if sort == "previous" and context.conversation.selection is None:
            return ask_for("others", context)
        if sort == "class" or sort == "previous":
            return self._groups(context, name)
        other = _other_class(context) if several and sort is None else None
        return self._texts(context) if other is None else self._groups(context, other)

    def remember(self, conversation: Conversation, result: Result) -> Conversation:
        """Of two prompts the first is what "it" means next, of an edited one the prompt as it is now; "that" is its answer."""
        if not isinstance(result, ComparePromptsResult):
            return conversation
        own = (result.right if result.kind == "edit" else result.left).written
        return dataclasses.replace(conversation, focus=own.subject, written=own.answer)

    def _prompts(self, context: Context, sort: str | None, name: int | str | None, several: bool) -> ComparePromptsResult:
        writer = context.workspace.writer
        if sort == "previous":
            raise AskWhyError("Groups of prompts are not compared, since each has to be answered; name two prompts.")
        if sort not in ("model", "method"):
            left, right = self._pair(context)
            kind = "edit" if left.same_as(right) else "rows"
            return prompts_beside(context, kind, Side(writer, left), Side(writer, right), self.by)
        if several:
            raise AskWhyError(f"Two {sort}s are compared on one prompt, and {len(context.positions)} are chosen; name one.")
        (subject,) = context.few(1)
        if sort == "model":
            return prompts_beside(
                context, "model", Side(writer, subject), Side(context.workspace.other_writer(name), subject), self.by
            )
        if name not in SALIENT:
            raise AskWhyError(f"'{name}' does not explain a generative model; {closest(name, SALIENT)}")
        first = METHOD if name != METHOD else "integrated_gradients"
        return prompts_beside(context, "methods", Side(writer, subject, first), Side(writer, subject, name), "words")

    def _texts(self, context: Context) -> CompareResult:
        left, right = self._pair(context)
        classifier = context.workspace.classifier
        predictions = context.predict([left, right])
        scores = []
        for done, subject in enumerate((left, right)):
            context.report("attribution", done / 2)
            scores.append(attribute(classifier, subject.text, predictions[0].label, whole=False))
        words = [{piece.text.lower() for piece in side.pieces if is_word(piece.text)} for side in scores]
        edited = left.same_as(right)
        return CompareResult(
            kind="edit" if edited else "rows",
            by=self.by,
            left=predictions[0],
            right=predictions[1],
            left_scores=scores[0],
            right_scores=scores[1],
            changes=tuple(difference(left.text, right.text)) if edited else (),
            shared=() if edited else tuple(sorted(words[0] & words[1])),
            lengths=(count_units(left.text, "word"), count_units(right.text, "word")),
            provenance=context.provenance(method=scores[0].method, parameters=dict(scores[0].parameters)),
        )

    def _pair(self, context: Context) -> tuple[Subject, Subject]:
        """The two texts, the earlier one first."""
        if context.positions is not None:
            if len(context.positions) != 2 or isinstance(self.with_, dict):
                raise AskWhyError(f"Two texts can be compared, and {len(context.positions)} rows are chosen; name two.")
            left, right = context.few(2)
            return left, right
        (subject,) = context.subjects
        if isinstance(self.with_, dict):
            other = context.row(self.with_["row"])
            if subject.same_as(other) and subject.text == other.text:
                raise AskWhyError("Both are the same text; name two different ones to compare.")
            return subject, other
        focus = context.conversation.focus
        other = self._other(context.conversation) if focus is None or subject.same_as(focus) else focus
        if other is not None and (self.with_ == "previous" or not subject.edits):
            return other, subject
        if not subject.edits:
            raise AskWhyError(
                "The text has not been edited, so there is nothing to compare it with; change a word or name a row."
            )
        return before_edits(subject), subject

    def _maps(self, context: Context, kind: str, *, method: str | None = None, label: str | None = None) -> CompareResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        classifier, asked = context.workspace.classifier, last_attribute(context.conversation)
        first = asked.method if asked.method in METHODS else DEFAULT_METHOD
        if first == method:
            first = DEFAULT_METHOD if method != DEFAULT_METHOD else "occlusion"
        target = asked.class_ or prediction.label
        if label == target:
            target = next(name for name in (prediction.label, *classifier.labels) if name != label)
        left = attribute(classifier, subject.text, target, method=first, whole=False)
        if method == BEST:
            right = best(classifier, subject.text, target, whole=False).explanation
        else:
            right = attribute(classifier, subject.text, label or target, method=method or first, whole=False)
        return CompareResult(
            kind=kind,
            by=self.by,
            left=prediction,
            left_scores=left,
            right_scores=right,
            agreement=maps_agree(left, right, right.method),
            provenance=context.provenance(method=f"{left.method}, {right.method}"),
        )

    def _groups(self, context: Context, label: str | None) -> CompareResult:
        workspace = context.workspace
        if label is not None:
            other = conditions.Compare("label", "=", label)
        else:
            other = with_previous(conditions.Previous(), context.conversation.selection)
        positions = workspace.rows.select(other)
        if not len(positions) or np.array_equal(positions, context.positions):
            raise AskWhyError("Both selections are the same rows, or the other one is empty; name two different ones.")
        return CompareResult(
            kind="groups",
            by=self.by,
            groups=(
                group(context, context.selected.where, context.positions, positions),
                group(context, other, positions, context.positions),
            ),
            provenance=context.provenance(),
        )

    def _models(self, context: Context, name: str) -> CompareResult:
        other = context.workspace.other_model(name)
        if context.positions is not None and not context.subjects:
            found = models_differ(context, other, context.positions)
            return CompareResult(kind="models", by=self.by, models=found, provenance=context.provenance())
        (subject,) = context.few(1)
        (left,) = context.predict([subject])
        answers = other.probabilities([subject.text])[0]
        right = context.prediction(subject, answers[[other.labels.index(label) for label in context.workspace.classifier.labels]])
        target = left.label
        return CompareResult(
            kind="model",
            by=self.by,
            left=left,
            right=right,
            left_scores=attribute(context.workspace.classifier, subject.text, target, whole=False),
            right_scores=attribute(other, subject.text, target, whole=False),
            lengths=(count_units(subject.text, "word"),) * 2,
            names=(context.workspace.classifier.name, other.name),
            provenance=context.provenance(method=DEFAULT_METHOD),
        )


def _other_class(context: Context) -> str | None:
    """The other class of two, where all rows of one are chosen and nothing is named to compare them with."""
    where, labels = context.selected.where, context.workspace.schema.labels
    if not (isinstance(where, conditions.Compare) and (where.field, where.op) == ("label", "=") and len(labels) == 2):
        return None
    return next((label for label in labels if label != where.value), None) if len(context.positions) != 2 else None
