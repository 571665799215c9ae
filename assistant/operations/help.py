from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.context import Context
from assistant.operation import Operation, example_values
from assistant.programs.suited import suited
from assistant.results import Result


@dataclass(frozen=True)
class Described:
    """An operation as the registry describes it."""

    name: str
    family: str
    about: str
    examples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HelpResult(Result):
    """What can be asked, about which model and data; `values` stand in the places of examples in other languages."""

    model: str
    labels: tuple[str, ...]
    rows: int
    operations: tuple[Described, ...]
    values: Mapping[str, int | str]


class Help(Operation):
    """What can be asked."""

    name = "help"
    family = "about"
    scope = "nothing"
    examples = ("What can you do?", "Help")

    def run(self, context: Context) -> HelpResult:
        from assistant.operations import OPERATIONS  # the registry holds this class too

        dataset, schema = context.workspace.dataset, context.workspace.schema
        noun, ids = context.workspace.settings.data.noun, dataset.table["id"][:4].to_pylist() or [0]
        return HelpResult(
            model=context.workspace.model.name,
            labels=schema.labels,
            rows=len(dataset),
            operations=tuple(
                Described(name, operation.family, operation.about(), operation.questions(noun, schema.labels, ids))
                for name, operation in suited(OPERATIONS, schema).items()
            ),
            values=example_values(noun, schema.labels, ids),
        )
