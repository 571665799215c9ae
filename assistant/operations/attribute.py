from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from explainers.attribution import METHODS, attribute
from explainers.best import Best, best
from explainers.errors import AskWhyError
from explainers.explanation import Explanation
from explainers.units import UNITS

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.finding.border import Border, border_of
from assistant.operation import Operation
from assistant.programs.arguments import Choice, Count, Label
from assistant.results import Prediction, Result
from assistant.saying.wording import worded

TEXTS = 3  # explained at once; a selection may hold more
TOP = 5
DEFAULT_METHOD = "integrated_gradients"
BEST = "best"  # the most faithful of several
NAMES = (*METHODS, BEST)


@dataclass(frozen=True)
class Attributed:
    """One text explained; `best` tells how its method was chosen, where it was, and `border` what lies between two classes."""

    prediction: Prediction
    explanation: Explanation
    best: Best | None = None
    border: Border | None = None


@dataclass(frozen=True, kw_only=True)
class AttributeResult(Result):
    """One explanation for each of the first few texts; `rows` counts all that were chosen, `top` what to name."""

    explained: tuple[Attributed, ...]
    rows: int
    top: int

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(one.prediction.subject for one in self.explained)

    @property
    def named(self) -> tuple[str, ...]:
        first = self.explained[0].explanation
        return tuple(piece.text for piece in worded(first.top(len(first.pieces)))[: self.top]) if first.unit == "word" else ()


class Attribute(Operation):
    """Why the model answers so: which words speak for a class and which against it."""

    name = "attribute"
    family = "explain"
    scope = "texts"
    needs = "classifier"
    examples = ("Why is {noun} {id} {label}?", "Which 3 words mattered most?", "And with LIME?")

    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many words to name")
    unit: Annotated[str | None, Choice(UNITS)] = Field(None, description="the pieces to score; words when absent")
    method: Annotated[str | None, Choice(NAMES)] = Field(
        None, description="the attribution method; integrated gradients when absent"
    )
    class_: Annotated[str | None, Label()] = Field(None, description="the class to explain; the predicted one when absent")
    against: Annotated[str | None, Label()] = Field(None, description="the class to set it against: why this rather than that")
    layer: Annotated[int | None, Count(0, 200)] = Field(None, description="the layer, from 0, for methods that look at one")

    def run(self, context: Context) -> AttributeResult:
        subjects = context.few(TEXTS)
        explained = []
        for done, (subject, prediction) in enumerate(zip(subjects, context.predict(subjects), strict=True)):

            def told(share: float, before: int = done) -> None:
                context.report("attribution", (before + share) / len(subjects))

            told(0.0)
            explained.append(self.explain(context, subject.text, prediction, told))
            told(1.0)
        first = explained[0].explanation
        if first.against is not None and len(subjects) == 1:
            border = border_of(context, subjects[0], explained[0].prediction, first.target, first.against)
            explained = [replace(explained[0], border=border)]
        return AttributeResult(
            explained=tuple(explained),
            rows=len(subjects) if context.positions is None else len(context.positions),
            top=self.top or TOP,
            provenance=context.provenance(
                method=first.method, parameters=dict(first.parameters), seed=first.parameters.get("seed")
            ),
        )

    def explain(self, context: Context, text: str, prediction: Prediction, told=None) -> Attributed:
        """One text explained as this step says."""
        classifier, unit = context.workspace.classifier, self.unit or "word"
        target = self.class_ or prediction.label
        if self.method == BEST:
            if self.against or self.layer is not None:
                raise AskWhyError("'best' chooses among methods by itself; leave out 'against' and 'layer', or name a method.")
            chosen = best(classifier, text, target, unit=unit, whole=False, progress=told)
            return Attributed(prediction, chosen.explanation, chosen)
        explanation = attribute(
            classifier, text, target, method=self.method or DEFAULT_METHOD, unit=unit,
            against=self.against, layer=self.layer, progress=told, whole=False,  # what is not read cannot matter to the answer
            cache=prediction.subject.row is not None and not prediction.subject.edits,  # what a visitor types is not kept
        )  # fmt: skip
        return Attributed(prediction, explanation)


def last_attribute(conversation: Conversation) -> Attribute:
    """The attribution that was asked for last, or a plain one."""
    steps = conversation.program.steps if conversation.program else ()
    return next((step for step in reversed(steps) if isinstance(step, Attribute)), Attribute())
