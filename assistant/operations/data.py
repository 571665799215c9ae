from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.context import Context
from assistant.finding.fields import tally, values
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class DataResult(Result):
    """The data: its `name`, that in Korean, `rows`, `columns` with their types (a tuple is a category's values), how many
    rows have each label and lie in each part of the `split`, which column `split_by` tells, the median number of `words`, and
    rows `left_out` by reason."""

    name: str
    name_ko: str
    rows: int
    columns: dict[str, str | tuple[str, ...]]
    labels: tuple[tuple[str, int], ...]
    split: tuple[tuple[str, int], ...]
    split_by: str | None
    words: float
    left_out: dict[str, int]


class Data(Operation):
    """What the data is: rows, columns, labels, lengths."""

    name = "data"
    family = "about"
    scope = "nothing"
    examples = ("What data is this?", "Which columns are there?")

    def run(self, context: Context) -> DataResult:
        dataset, settings = context.workspace.dataset, context.workspace.settings
        everywhere = np.arange(len(dataset))
        return DataResult(
            name=settings.title,
            name_ko=settings.titled("ko"),
            rows=len(dataset),
            columns=dict(dataset.columns),
            labels=tuple(tally(values(context, "label", everywhere))) if dataset.labels else (),
            split=tuple(tally(values(context, dataset.split, everywhere))) if dataset.split else (),
            split_by=dataset.split,
            words=float(np.median(values(context, "words", everywhere))) if len(dataset) else 0.0,
            left_out=dict(dataset.left_out),
            provenance=context.provenance(),
        )
