from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from explainers.attribution import METHODS, attribute
from explainers.edits import Change, difference
from explainers.errors import AskWhyError
from explainers.explanation import Explanation

from assistant.arguments import Choice, Partner
from assistant.context import Context
from assistant.conversation import Subject
from assistant.operation import Operation
from assistant.operations.edit import before_edits
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class CompareResult(Result):
    """Two texts side by side: what the model answers for each, and its scores for the same class, the left's answer.

    `changes` is the difference of the texts, for a text and its edit; `shared` are words that both hold.
    """

    kind: str
    left: Prediction
    right: Prediction
    left_scores: Explanation
    right_scores: Explanation
    changes: tuple[Change, ...]
    shared: tuple[str, ...]


ASPECTS = ("prediction", "words", "length", "score")


class Compare(Operation):
    """Two texts side by side: a row with another row, or a text with its edited form."""

    name = "compare"
    family = "relate"
    scope = "texts"
    examples = ("Compare messages 3 and 7", "How does it differ from message 7?", "Compare with the original")
    continues = True

    with_: Annotated[Any, Partner(tuple(METHODS))] = Field(
        None, description="the other row, or the edit; two chosen rows are compared with each other"
    )
    by: Annotated[str | None, Choice(ASPECTS)] = Field(None, description="what of them to compare; all of it when absent")

    def run(self, context: Context) -> CompareResult:
        left, right = self._pair(context)
        classifier = context.workspace.classifier
        predictions = context.predict([left, right])
        scores = []
        for done, subject in enumerate((left, right)):
            context.report("attribution", done / 2)
            scores.append(attribute(classifier, subject.text, predictions[0].label))
        words = [{piece.text.lower() for piece in side.pieces if piece.text.isalnum()} for side in scores]
        edited = left.same_as(right)
        return CompareResult(
            kind="edit" if edited else "rows",
            left=predictions[0],
            right=predictions[1],
            left_scores=scores[0],
            right_scores=scores[1],
            changes=tuple(difference(left.text, right.text)) if edited else (),
            shared=() if edited else tuple(sorted(words[0] & words[1])),
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
        if not subject.edits:
            raise AskWhyError(
                "The text has not been edited, so there is nothing to compare it with; change a word or name a row."
            )
        return before_edits(subject), subject
