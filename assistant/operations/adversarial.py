from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.adversarial import KINDS, Attack, adversarial

from assistant.context import Context
from assistant.finding.meaning import embedder, synonyms
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

FOUND = 2
SEED = 0


@dataclass(frozen=True, kw_only=True)
class AdversarialResult(Result):
    """The search for the first text, and what the model answers for it now; `rows` counts all that were chosen."""

    prediction: Prediction
    attack: Attack
    rows: int


class Adversarial(Operation):
    """Small changes that keep the meaning but flip the answer; each text found is run again to check."""

    name = "adversarial"
    family = "change"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("Can {noun} {id} be made to fool you?", "Find 3 adversarial examples")

    n: Annotated[int | None, Count(1, 20)] = Field(None, description="how many to find")

    def run(self, context: Context) -> AdversarialResult:
        (subject,) = context.few(1)
        context.report("adversarial", 0.0)
        near = synonyms(context)
        attack = adversarial(
            context.workspace.classifier,
            subject.text,
            n=self.n or FOUND,
            kinds=[kind for kind in KINDS if kind != "synonym" or near is not None],
            embed=embedder(context),
            synonyms=near,
            seed=SEED,
            progress=lambda share: context.report("adversarial", share),
        )
        return AdversarialResult(
            prediction=context.predict([subject])[0],
            attack=attack,
            rows=1 if context.positions is None else len(context.positions),
            provenance=context.provenance(method="greedy beam over edits that keep the meaning", seed=SEED),
        )
