from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from pydantic import Field

from explainers.errors import AskWhyError
from explainers.generative import UNITS

from assistant.conversation import Conversation
from assistant.operation import Operation, build, no_such_argument
from assistant.operations.attribute import NAMES, Attribute
from assistant.operations.clear import Clear
from assistant.operations.compare import Compare as SideBySide
from assistant.operations.edit import Edit
from assistant.operations.edits import Edits
from assistant.operations.generate import Generate
from assistant.operations.likelihood import Likelihood
from assistant.operations.predict import Predict
from assistant.operations.redo import Redo
from assistant.operations.reset import Reset
from assistant.operations.salience import Salience
from assistant.operations.show import Show
from assistant.operations.undo import Undo
from assistant.programs.arguments import Choice, Count, Label, Ordinal
from assistant.programs.conditions import And, Compare, Condition, Not, Or, Typed
from assistant.programs.program import Program

OF_EDITS = Undo | Redo | Reset | Edits  # what was done to one text is not done to another


class Repeat(Operation):
    """The last question again, with other rows or another setting."""

    name = "repeat"
    family = "talk"
    scope = "nothing"
    examples = ("And {noun} {id2}?", "And with LIME?", "What about {label2}?")

    top: Annotated[int | None, Count(1, 50)] = Field(None, description="how many words to name instead")
    unit: Annotated[str | None, Choice(UNITS)] = Field(None, description="the pieces to score instead")
    method: Annotated[str | None, Choice(NAMES)] = Field(None, description="the method to use instead")
    class_: Annotated[str | None, Label()] = Field(None, description="the class to ask about instead")
    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows or results to show instead")
    which: Annotated[int | str | None, Ordinal(("last", "all"))] = Field(None, description="which of several the edit means")

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        last = conversation.program
        if last is None:
            raise AskWhyError("There is no earlier question to repeat; ask one first.")
        given = self.given()
        if "which" in given:
            last = _with_which(last, given.pop("which"))
        steps = tuple(self._changed(step, given) for step in last.steps)
        place = program.steps.index(self)
        cleared = any(isinstance(step, Clear) for step in program.steps)
        where = program.where if program.where is not None or cleared else last.where
        if "class" in given and steps == last.steps:
            label = given.pop("class")
            relabelled = _with_label(where, label)
            if relabelled == where:  # "what about ham?" after a prediction: how likely that is
                steps = (build(Likelihood, {"class": label}),)
            where = relabelled
        if steps == last.steps and where == last.where and given:  # "and with LIME?" after something else: ask why anew
            about = Attribute if conversation.written is None else Salience
            if set(given) == {"n"}:  # "show me three" after what shows no rows
                about, where = Show, None if _of_texts(last) else where
            unknown = next((name for name in given if name not in about.arguments()), None)
            if unknown is not None:
                raise AskWhyError(no_such_argument(type(last.steps[-1]), unknown))
            steps = (build(about, given),)
        if program.where is not None and _not_of_another(last, typed=isinstance(program.where, Typed)):
            steps = (build(Predict if conversation.written is None else Generate, {}),)
        return Program(where, (*program.steps[:place], *steps, *program.steps[place + 1 :]))

    @staticmethod
    def _changed(step: Operation, given: dict[str, Any]) -> Operation:
        if isinstance(step, Edit | Undo | Redo):  # their `n` counts places and edits, not what is shown
            return step
        names = type(step).arguments()
        changes = {name: value for name, value in given.items() if name in names}
        if "class" in given and "class" not in names and "to" in names:
            changes["to"] = given["class"]
        if "top" in given and "top" not in names and "n" in names:
            changes["n"] = given["top"]
        return build(type(step), {**step.given(), **changes})


def _of_texts(last: Program) -> bool:
    return all(step.scope == "texts" for step in last.steps)


def _not_of_another(last: Program, *, typed: bool) -> bool:
    """Whether what was asked last cannot be asked of another text, or of one that is `typed`, so that it is just classified."""
    of_rows = any(step.scope != "texts" or isinstance(step, SideBySide) for step in last.steps)
    return any(isinstance(step, OF_EDITS) for step in last.steps) or (typed and of_rows)


def _with_which(program: Program, which: int | str) -> Program:
    """The program with its first edit about another of several places. Raises AskWhyError when it has no edit."""
    for place, step in enumerate(program.steps):
        if isinstance(step, Edit):
            edit = build(Edit, {**step.given(), "which": which})
            return dataclasses.replace(program, steps=(*program.steps[:place], edit, *program.steps[place + 1 :]))
    raise AskWhyError("There is nothing to choose from; name the row by its id, or the words by what they say.")


def _with_label(condition: Condition | None, label: str) -> Condition | None:
    """The condition with the label or prediction that it asks for changed to another."""
    match condition:
        case Compare(field, "=", _) if field in ("label", "prediction"):
            return dataclasses.replace(condition, value=label)
        case And(parts):
            return And(tuple(_with_label(part, label) for part in parts))
        case Or(parts):
            return Or(tuple(_with_label(part, label) for part in parts))
        case Not(part):
            return Not(_with_label(part, label))
    return condition
