from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.counterfactuals import Search, counterfactuals

from assistant.context import Context
from assistant.operation import Operation
from assistant.programs.arguments import Count, Label
from assistant.results import Prediction, Result

FOUND = 1
METHOD = "beam over deletions, replacements and insertions, pruned"


@dataclass(frozen=True, kw_only=True)
class CounterfactualResult(Result):
    """The search for the first text, and what the model answers for it now; `rows` counts all that were chosen, `asked` is
    how many counterfactuals were."""

    prediction: Prediction
    search: Search
    rows: int
    asked: int


class Counterfactual(Operation):
    """The smallest change of words that makes the model answer otherwise; each text shown is run again to check."""

    name = "counterfactual"
    family = "change"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("What would make it {label2}?", "How could {noun} {id} be flipped?", "Show me 3 ways to change your mind")

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many different ones to look for")
    to: Annotated[str | None, Label()] = Field(None, description="the class wanted; any other one when absent")

    def run(self, context: Context) -> CounterfactualResult:
        (subject,) = context.few(1)
        asked = self.n or FOUND
        return CounterfactualResult(
            prediction=context.predict([subject])[0],
            search=search_for(context, subject.text, self.to, asked),
            rows=1 if context.positions is None else len(context.positions),
            asked=asked,
            provenance=context.provenance(method=METHOD),
        )


def search_for(context: Context, text: str, to: str | None, n: int = FOUND) -> Search:
    """The smallest changes of a text towards a class, by all that the workspace has to draw on."""
    context.report("counterfactual", 0.0)
    return counterfactuals(
        context.workspace.classifier,
        text,
        to,
        n=n,
        material=context.workspace.material,
        progress=lambda share: context.report("counterfactual", share),
    )
