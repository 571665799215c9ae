from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assistant.context import Context
from assistant.operation import Operation
from assistant.results import Prediction, Result

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class PredictResult(Result):
    """What the model answers, for the first few texts; `counts` is how many of all `rows` get each class."""

    predictions: tuple[Prediction, ...]
    rows: int
    counts: dict[str, int]


class Predict(Operation):
    """What the model answers for a text, or for each of several rows."""

    name = "predict"
    family = "predict"
    scope = "texts"
    examples = ("What do you say about {noun} {id}?", "Is 'You have won a prize' {label}?", "Classify it")

    def run(self, context: Context) -> PredictResult:
        predictions, probabilities = context.answers(SHOWN)
        labels = context.workspace.classifier.labels
        counts = Counter(labels[best] for best in probabilities.argmax(axis=1))
        return PredictResult(
            predictions=predictions, rows=len(probabilities), counts=dict(counts), provenance=context.provenance()
        )
