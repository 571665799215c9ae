from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.explanation import Explanation
from explainers.trust import Trust as Judgement
from explainers.trust import trust

from assistant.context import Context
from assistant.operation import Operation
from assistant.operations.attribute import BEST, NAMES, last_attribute
from assistant.programs.arguments import Choice
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class TrustResult(Result):
    """How far the explanation of one text can be trusted."""

    prediction: Prediction
    explanation: Explanation
    judgement: Judgement


class Trust(Operation):
    """How far the explanation can be trusted, and why."""

    name = "trust"
    family = "explain"
    scope = "texts"
    first_only = True
    needs = "classifier"
    continues = True
    repeatable = False
    examples = ("Is that explanation reliable?", "How faithful is this?")

    method: Annotated[str | None, Choice(NAMES)] = Field(
        None, description="the method whose map is judged; by default the last one's, or integrated gradients"
    )

    def run(self, context: Context) -> TrustResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        asked = last_attribute(context.conversation)
        if self.method:
            against = None if self.method == BEST else asked.against
            asked = asked.model_copy(update={"method": self.method, "layer": None, "against": against})
        explanation = asked.explain(context, subject.text, prediction).explanation
        classifier = context.workspace.classifier
        judgement = trust(classifier, subject.text, explanation, progress=lambda share: context.report("trust", share))
        return TrustResult(
            prediction=prediction,
            explanation=explanation,
            judgement=judgement,
            provenance=context.provenance(method=explanation.method, seed=judgement.seed),
        )
