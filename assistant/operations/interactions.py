from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.interactions import Interactions as Found
from explainers.interactions import interactions

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

TOP = 5


@dataclass(frozen=True, kw_only=True)
class InteractionsResult(Result):
    """What pairs of words do beyond the two alone, for the class that the model predicts."""

    prediction: Prediction
    interactions: Found


class Interactions(Operation):
    """Which words act together: what a pair does beyond the two alone."""

    name = "interactions"
    family = "explain"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("Which words work together?",)

    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many pairs to name")

    def run(self, context: Context) -> InteractionsResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        found = interactions(
            context.workspace.classifier, subject.text, prediction.label, top=self.top or TOP,
            progress=lambda share: context.report("attribution", share),
        )  # fmt: skip
        return InteractionsResult(
            prediction=prediction, interactions=found, provenance=context.provenance(method="leave two out")
        )
