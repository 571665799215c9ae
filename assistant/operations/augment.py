from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.augment import Wordings, augment

from assistant.context import Context
from assistant.finding.meaning import embedder, infilling, synonyms
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

MADE = 3
SEED = 0


@dataclass(frozen=True, kw_only=True)
class AugmentResult(Result):
    """Other wordings of the first text, and what the model answers for it now; `rows` counts all that were chosen."""

    prediction: Prediction
    wordings: Wordings
    rows: int


class Augment(Operation):
    """Other wordings of a text for which the model answers the same; each is run again to check."""

    name = "augment"
    family = "change"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("Show me 3 paraphrases of {noun} {id}",)

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many to make")

    def run(self, context: Context) -> AugmentResult:
        (subject,) = context.few(1)
        context.report("augment", 0.0)
        wordings = augment(
            context.workspace.classifier,
            subject.text,
            n=self.n or MADE,
            embed=embedder(context),
            synonyms=synonyms(context),
            paraphrase=infilling(context),
            seed=SEED,
            progress=lambda share: context.report("augment", share),
        )
        return AugmentResult(
            prediction=context.predict([subject])[0],
            wordings=wordings,
            rows=1 if context.positions is None else len(context.positions),
            provenance=context.provenance(method="rewordings run again", seed=SEED),
        )
