from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from explainers.predictions import Predictions
from explainers.prepare import NO_CLASS

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operation import Operation
from assistant.results import Prediction, Result

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class PredictResult(Result):
    """What the model answers, for the first few texts; `counts` is how many of all `rows` get each class."""

    predictions: tuple[Prediction, ...]
    rows: int
    counts: dict[str, int]

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(one.subject for one in self.predictions)


class Predict(Operation):
    """What the model answers for a text, or for each of several rows."""

    name = "predict"
    family = "predict"
    scope = "texts"
    needs = "classifier"
    examples = ("What do you say about {noun} {id}?", "Is 'You have won a prize' {label}?", "Classify it")

    def run(self, context: Context) -> PredictResult:
        predictions, probabilities = context.answers(SHOWN)
        classifier = context.workspace.classifier
        said = Predictions(probabilities, classifier.labels, classifier.multi_label).decided(np.arange(len(probabilities)))
        named = zip((*classifier.labels, NO_CLASS), (*said.sum(axis=0), (~said.any(axis=1)).sum()), strict=True)
        counts = {label: int(count) for label, count in named if count}
        return PredictResult(
            predictions=predictions,
            rows=len(probabilities),
            counts=dict(sorted(counts.items(), key=lambda pair: -pair[1])),
            provenance=context.provenance(),
        )

    def remember(self, conversation: Conversation, result: PredictResult) -> Conversation:
        """Of several rows that were shown, the first is what "the first one" or "it" means next."""
        several = len(result.predictions) > 1
        return dataclasses.replace(conversation, focus=result.predictions[0].subject) if several else conversation
