from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.context import Context
from assistant.finding.fields import tally, values
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class LabelsResult(Result):
    """The classes of the model, and for each how many rows are labelled so (None: the data has no labels); `unknown`
    are labels of the data that the model does not have."""

    labels: tuple[str, ...]
    rows: dict[str, int] | None
    unknown: tuple[tuple[str, int], ...]


class Labels(Operation):
    """The classes that the model knows, and how many rows have each."""

    name = "labels"
    family = "about"
    scope = "nothing"
    needs = "classifier"
    examples = ("Which classes are there?", "What can you predict?")

    def run(self, context: Context) -> LabelsResult:
        workspace = context.workspace
        known = workspace.classifier.labels
        counted = dict(tally(values(context, "label", np.arange(len(workspace.dataset))))) if workspace.dataset.labels else None
        return LabelsResult(
            labels=known,
            rows=None if counted is None else {label: counted.get(label, 0) for label in known},
            unknown=tuple((label, count) for label, count in (counted or {}).items() if label not in known),
            provenance=context.provenance(),
        )
