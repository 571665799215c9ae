from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from explainers.errors import AskWhyError
from explainers.perturbations import KINDS
from explainers.robustness import Robustness as Found
from explainers.robustness import robustness

from assistant.context import Context
from assistant.conversation import Subject
from assistant.finding.meaning import synonyms
from assistant.operation import Operation
from assistant.programs.arguments import Choice
from assistant.results import Result

SEED = 0


@dataclass(frozen=True, kw_only=True)
class RobustnessResult(Result):
    """What one-word edits of the chosen texts do; `subjects` are those of the examples, in their order."""

    found: Found
    subjects: tuple[Subject, ...]
    near_words: bool


class Robustness(Operation):
    """How often small edits of one word flip the answer, by kind of edit, over the chosen rows."""

    name = "robustness"
    family = "change"
    scope = "rows"
    needs = "classifier"
    examples = ("How robust are you?", "Do typos throw you off?")

    kind: Annotated[str | None, Choice(KINDS)] = Field(None, description="the kind of edit; all kinds when absent")

    def run(self, context: Context) -> RobustnessResult:
        rows = context.chosen_texts()
        near = synonyms(context) if self.kind in (None, "synonym") else {}
        if near is None and self.kind == "synonym":
            raise AskWhyError("Near words need the sentence encoder, which is not on this machine; run `askwhy setup` once.")
        kinds = [self.kind] if self.kind else [kind for kind in KINDS if kind != "synonym" or near is not None]
        context.report("robustness", 0.0)
        found = robustness(
            context.workspace.classifier,
            rows,
            kinds=kinds,
            synonyms=near,
            seed=SEED,
            progress=lambda share: context.report("robustness", share),
        )
        return RobustnessResult(
            found=found,
            subjects=tuple(context.chosen_subject(flip.row) for flip in found.examples),
            near_words=near is not None,
            provenance=context.provenance(method="one-word edits drawn at random", seed=SEED),
        )
