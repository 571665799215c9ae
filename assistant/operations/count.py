from __future__ import annotations

from dataclasses import dataclass

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.finding.fields import label_counts
from assistant.operation import Operation
from assistant.results import Result


@dataclass(frozen=True, kw_only=True)
class CountResult(Result):
    """How many rows there are; `share` is of all rows, `labels` how many have each label, `unlabelled` have none."""

    rows: int
    total: int
    share: float
    labels: dict[str, int]
    unlabelled: int


class Count(Operation):
    """Count rows of the data."""

    name = "count"
    family = "rows"
    scope = "rows"
    examples = ("How many {nouns} are {label}?", "How many did you get wrong?", "Count the ones with the word 'call'")
    empty_is_fine = True

    def run(self, context: Context) -> CountResult:
        if context.positions is None:
            raise AskWhyError("Counting needs rows of the data; name some, or ask about all of them.")
        dataset = context.workspace.dataset
        labels, unlabelled = label_counts(context, context.positions)
        rows, total = len(context.positions), len(dataset)
        return CountResult(
            rows=rows,
            total=total,
            share=rows / total,
            labels=dict(labels),
            unlabelled=unlabelled,
            provenance=context.provenance(),
        )
