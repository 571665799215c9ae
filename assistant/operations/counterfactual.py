from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.counterfactuals import Search, counterfactuals

from assistant.arguments import Count, Label
from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Prediction, Result

FOUND = 1


@dataclass(frozen=True, kw_only=True)
class CounterfactualResult(Result):
    """The search for the first text, and what the model answers for it now; `rows` counts all that were chosen."""

    prediction: Prediction
    search: Search
    rows: int


class Counterfactual(Operation):
    """The fewest words to delete or replace so that the model answers otherwise; each text is run again to check."""

    name = "counterfactual"
    family = "change"
    scope = "texts"
    examples = ("What would make it {label2}?", "How could {noun} {id} be flipped?", "Show me 3 ways to change your mind")

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many different ones to look for")
    to: Annotated[str | None, Label()] = Field(None, description="the class wanted; any other one when absent")

    def run(self, context: Context) -> CounterfactualResult:
        (subject,) = context.few(1)
        workspace = context.workspace
        context.report("counterfactual", 0.0)
        search = counterfactuals(
            workspace.classifier,
            subject.text,
            self.to,
            n=self.n or FOUND,
            substitutes=workspace.markers,
            common=workspace.common,
            progress=lambda share: context.report("counterfactual", share),
        )
        return CounterfactualResult(
            prediction=context.predict([subject])[0],
            search=search,
            rows=1 if context.positions is None else len(context.positions),
            provenance=context.provenance(method="greedy beam over deletions and replacements"),
        )
