from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.sensitivity import Sensitivity as Found
from explainers.sensitivity import sensitivity
from explainers.swaps import KINDS

from assistant.context import Context
from assistant.conversation import Subject
from assistant.operation import Operation
from assistant.programs.arguments import Choice
from assistant.results import Result

SEED = 0


@dataclass(frozen=True, kw_only=True)
class SensitivityResult(Result):
    """What swapped words in the chosen texts do; `subjects` are those of the examples, in their order."""

    found: Found
    subjects: tuple[Subject, ...]


class Sensitivity(Operation):
    """Whether the answer changes when names, numbers, places or gender words are swapped: a fairness probe."""

    name = "sensitivity"
    family = "change"
    scope = "rows"
    needs = "classifier"
    examples = ("Does it matter if it says he or she?", "Do names of people change your decision?")

    to: Annotated[str | None, Choice(KINDS)] = Field(None, description="what to swap; all four kinds when absent")

    def run(self, context: Context) -> SensitivityResult:
        context.report("sensitivity", 0.0)
        found = sensitivity(
            context.workspace.classifier,
            context.chosen_texts(),
            kinds=[self.to] if self.to else KINDS,
            seed=SEED,
            progress=lambda share: context.report("sensitivity", share),
        )
        return SensitivityResult(
            found=found,
            subjects=tuple(context.chosen_subject(flip.row) for flip in found.examples),
            provenance=context.provenance(method="words swapped by group", seed=SEED),
        )
