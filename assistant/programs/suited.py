"""Whether a question can be asked of the model that there is: checked once for each program, before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.errors import AskWhyError

from assistant.operation import Operation
from assistant.programs.arguments import Field
from assistant.programs.conditions import Compare, leaves
from assistant.programs.program import Program
from assistant.programs.schema import Schema
from assistant.workspace import NO_ANSWERS, NO_CLASSES, Workspace

if TYPE_CHECKING:
    from assistant.programs.program import Registry

CLASSED = ("label", "prediction", "correct", "confidence")  # fields that only rows of a classifier have


def check(program: Program, workspace: Workspace) -> None:
    """Raise AskWhyError, with what can be done instead, for a step or a condition that another kind of model is needed for."""
    wanted = {step.needs for step in program.steps} - {"any"}
    if any(_asks_for_classes(step) for step in program.steps) or _names_classes(program):
        wanted.add("classifier")
    for sentence, kind in ((NO_CLASSES, "classifier"), (NO_ANSWERS, "generator")):
        if kind in wanted and workspace.schema.kind != kind:
            raise AskWhyError(sentence.format(workspace.model.name))


def suited(registry: Registry, schema: Schema) -> dict[str, type[Operation]]:
    """The operations that can be asked of the model of a schema."""
    return {name: operation for name, operation in registry.items() if operation.needs in ("any", schema.kind)}


def _asks_for_classes(step: Operation) -> bool:
    given, known = step.given(), type(step).arguments()
    return any(isinstance(known[name].kind, Field) and value in CLASSED for name, value in given.items())


def _names_classes(program: Program) -> bool:
    if program.where is None:
        return False
    return any(isinstance(leaf, Compare) and leaf.field in CLASSED for leaf in leaves(program.where))
