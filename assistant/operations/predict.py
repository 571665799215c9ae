from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

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
    examples = ("What do you say about message 12?", "Is 'You have won a prize' spam?", "Classify it")

    def run(self, context: Context) -> PredictResult:
        if context.positions is None:
            predictions = context.predict(context.subjects)
            counts, rows = Counter(prediction.label for prediction in predictions), len(predictions)
        else:
            probabilities = context.chosen_probabilities()
            labels = np.asarray(context.workspace.classifier.labels, dtype=object)[probabilities.argmax(axis=1)]
            counts, rows = Counter(labels.tolist()), len(labels)
            few = zip(context.few(SHOWN), probabilities, strict=False)
            predictions = tuple(context.prediction(subject, row) for subject, row in few)
        return PredictResult(predictions=predictions, rows=rows, counts=dict(counts), provenance=context.provenance())
