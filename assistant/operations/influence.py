from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError
from explainers.influence import Influence as Found
from explainers.influence import influence

from assistant.context import Context
from assistant.conversation import Subject
from assistant.operation import Operation
from assistant.programs.arguments import Count
from assistant.results import Prediction, Result

SHOWN = 5
TRAINED_ON = "train"


@dataclass(frozen=True, kw_only=True)
class InfluenceResult(Result):
    """Training rows that pulled the model towards its answer for one text (`proponents`) and away from it
    (`opponents`), each with its influence; `split` says that only rows marked as training rows were looked at."""

    prediction: Prediction
    found: Found
    proponents: tuple[tuple[Subject, float], ...]
    opponents: tuple[tuple[Subject, float], ...]
    split: bool


class Influence(Operation):
    """The training rows that pulled the model most towards this answer, or away from it."""

    name = "influence"
    family = "relate"
    scope = "texts"
    first_only = True
    needs = "classifier"
    examples = ("Which training {nouns} made you decide so?",)

    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows")

    def run(self, context: Context) -> InfluenceResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        workspace, dataset = context.workspace, context.workspace.dataset
        if not dataset.labels:
            raise AskWhyError("The data has no labels, so nobody can say what the model learned from it.")
        if dataset.label_sets is not None:
            raise AskWhyError("Rows may have several labels here; influence is traced only where each row has one.")
        labels = dataset.table["label"].to_numpy(zero_copy_only=False)
        rows = np.array([label in workspace.classifier.labels for label in labels])
        if dataset.split is not None:
            rows &= dataset.table[dataset.split].to_numpy(zero_copy_only=False) == TRAINED_ON
        positions = np.flatnonzero(rows)
        if not len(positions):
            raise AskWhyError("The data holds no training rows with a class of the model, so their influence cannot be told.")
        texts = [dataset.texts[position] for position in positions]
        found = influence(
            workspace.classifier, texts, list(labels[positions]), subject.text, prediction.label, n=self.n or SHOWN,
            progress=lambda share: context.report("features", share),
        )  # fmt: skip

        def told(some) -> tuple[tuple[Subject, float], ...]:
            return tuple((context.subject(positions[item.row]), item.influence) for item in some)

        return InfluenceResult(
            prediction=prediction,
            found=found,
            proponents=told(found.proponents),
            opponents=told(found.opponents),
            split=dataset.split is not None,
            provenance=context.provenance(method="TracIn on the last layer"),
        )
