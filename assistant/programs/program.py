"""A program: one condition on rows, and steps that run on them. JSON and compact text say the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explainers.errors import AskWhyError, closest

from assistant.operation import Operation, build
from assistant.programs import conditions
from assistant.programs.conditions import Condition
from assistant.programs.schema import Schema

Registry = Mapping[str, type[Operation]]
MOST_STEPS = 4


@dataclass(frozen=True)
class Program:
    where: Condition | None
    steps: tuple[Operation, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "where": None if self.where is None else conditions.to_json(self.where),
            "steps": [{"op": step.name, **step.given()} for step in self.steps],
        }

    def to_text(self, schema: Schema) -> str:
        """The compact form, as `/` commands are typed: `where id = 12 | predict | attribute top=5`."""
        parts = [] if self.where is None else [f"where {conditions.to_text(self.where, schema)}"]
        return " | ".join(parts + [step_text(step) for step in self.steps])

    def with_step(self, step: Operation, instead_of: Operation) -> Program:
        """The program with one of its steps, which is found by identity, replaced."""
        return replace(self, steps=tuple(step if each is instead_of else each for each in self.steps))

    def check(self, schema: Schema) -> None:
        """Raise AskWhyError when there are too many steps, or a condition or an argument does not fit the schema."""
        _check_length(self.steps)
        if self.where is not None:
            conditions.check(self.where, schema)
        for step in self.steps:
            step.check(schema)


def step_text(step: Operation) -> str:
    """The compact text form of one step."""
    arguments = type(step).arguments()
    said = [f"{name}={arguments[name].kind.to_text(value)}" for name, value in step.given().items()]
    return " ".join([step.name, *said])


def from_json(data: Any, registry: Registry) -> Program:
    """The program of a JSON object. Raises AskWhyError that says what is wrong with it."""
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list) or set(data) - {"where", "steps"}:
        raise AskWhyError('A program is {"where": condition or null, "steps": [{"op": name, ...}, ...]}.')
    _check_length(data["steps"])
    where = data.get("where")
    steps = []
    for step in data["steps"]:
        if not isinstance(step, dict) or not isinstance(step.get("op"), str):
            raise AskWhyError('A step is an object with the name of an operation: {"op": name, ...}.')
        steps.append(make_step(step["op"], {name: value for name, value in step.items() if name != "op"}, registry))
    return Program(None if where is None else conditions.from_json(where), tuple(steps))


def make_step(name: str, arguments: dict[str, Any], registry: Registry) -> Operation:
    """An operation by its name. Raises AskWhyError that names the nearest one."""
    if name not in registry:
        raise AskWhyError(no_such_operation(name, registry))
    return build(registry[name], arguments)


def no_such_operation(name: str, registry: Registry) -> str:
    """The sentence for an operation that there is not."""
    return f"There is no operation '{name}'; {closest(name, registry)}"


def _check_length(steps: Sequence[Any]) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        raise AskWhyError(f"A program has 1 to {MOST_STEPS} steps, not {len(steps)}; ask for the rest in another question.")
