from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operation import Operation
from assistant.programs.arguments import Label
from assistant.results import Prediction, Result

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class LikelihoodResult(Result):
    """The probability of `label` (None: of every class) for the first few texts, and its mean over all `rows`."""

    label: str | None
    predictions: tuple[Prediction, ...]
    rows: int
    mean: dict[str, float]

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(one.subject for one in self.predictions)


class Likelihood(Operation):
    """How probable the model finds a class, or each class, for a text or on average over rows."""

    name = "likelihood"
    family = "predict"
    scope = "texts"
    needs = "classifier"
    examples = ("How likely is {noun} {id} to be {label}?", "How sure are you?", "Probabilities for {noun} {id2}")

    class_: Annotated[str | None, Label()] = Field(None, description="the class; every class when absent")

    def run(self, context: Context) -> LikelihoodResult:
        predictions, probabilities = context.answers(SHOWN)
        mean = zip(context.workspace.classifier.labels, probabilities.mean(axis=0).tolist(), strict=True)
        return LikelihoodResult(
            label=self.class_,
            predictions=predictions,
            rows=len(probabilities),
            mean=dict(mean),
            provenance=context.provenance(),
        )

    def remember(self, conversation: Conversation, result: LikelihoodResult) -> Conversation:
        """Of several rows that were shown, the first is what "the first one" or "it" means next."""
        several = len(result.predictions) > 1
        return dataclasses.replace(conversation, focus=result.predictions[0].subject) if several else conversation
