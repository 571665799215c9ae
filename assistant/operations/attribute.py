from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.attribution import METHODS, attribute
from explainers.explanation import Explanation
from explainers.units import UNITS

from assistant.arguments import Choice, Count, Label
from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Prediction, Result

TEXTS = 3  # explained at once; a selection may hold more
TOP = 5
DEFAULT_METHOD = "integrated_gradients"


@dataclass(frozen=True)
class Attributed:
    prediction: Prediction
    explanation: Explanation


@dataclass(frozen=True, kw_only=True)
class AttributeResult(Result):
    """One explanation for each of the first few texts; `rows` counts all that were chosen, `top` what to name."""

    explained: tuple[Attributed, ...]
    rows: int
    top: int


class Attribute(Operation):
    """Why the model answers so: which words speak for a class and which against it."""

    name = "attribute"
    family = "explain"
    scope = "texts"
    examples = ("Why is message 12 spam?", "Which 3 words mattered most?", "And with LIME?")

    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many words to name")
    unit: Annotated[str | None, Choice(UNITS)] = Field(None, description="the pieces to score; words when absent")
    method: Annotated[str | None, Choice(tuple(METHODS))] = Field(
        None, description="the attribution method; integrated gradients when absent"
    )
    class_: Annotated[str | None, Label()] = Field(None, description="the class to explain; the predicted one when absent")

    def run(self, context: Context) -> AttributeResult:
        subjects = context.few(TEXTS)
        explained = []
        for done, (subject, prediction) in enumerate(zip(subjects, context.predict(subjects), strict=True)):
            context.report("attribution", done / len(subjects))
            explanation = attribute(
                context.workspace.classifier,
                subject.text,
                self.class_ or prediction.label,
                method=self.method or DEFAULT_METHOD,
                unit=self.unit or "word",
            )
            explained.append(Attributed(prediction, explanation))
        first = explained[0].explanation
        return AttributeResult(
            explained=tuple(explained),
            rows=len(subjects) if context.positions is None else len(context.positions),
            top=self.top or TOP,
            provenance=context.provenance(
                method=first.method, parameters=dict(first.parameters), seed=first.parameters.get("seed")
            ),
        )
