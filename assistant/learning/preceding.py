"""What may have been asked just before a training question: a program that leaves its meaning as it is.

A question that leans on what was said is given a program that it can lean on, one that stands by itself any other; so the
model learns from context where it matters, and to pass it over where it does not. Question files say it themselves where
the same words mean one thing or another (`< program`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from assistant.learning.questions import Family
from assistant.learning.writers import of_any_model, writes
from assistant.operations import OPERATIONS

LEANS = ("repeat", "more", "undo", "redo", "reset", "edits", "clear")
TALK = ("help", "decline", "clarify", "detail", "report", *LEANS)  # no question leans on these
CHANGES = ("edit",)
SHARES = {True: 0.65, False: 0.4}  # how often a question has one: of those that lean on what was said, and of others
ONE = re.compile(r'where (?:id = \S+|text "[^"]*")(?: \||$)')
ARGUMENT = re.compile(r" (\w+)=")
CLASS = re.compile(r"where (?:label|prediction) = \S+ \|| class=| to=")


class Preceding:
    """Programs of training families, by what a question could lean on: "one" text, "many" rows, or "all" of them."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._by_kind: dict[str, list[str]] = {"one": [], "many": [], "all": []}
        for program in sorted({family.program for family in families if not family.before}):
            kind = _kind(program)
            if kind:
                self._by_kind[kind].append(program)

    def __call__(self, family: Family, question: str, generator: random.Random) -> str:
        """A program, with its slots, that may stand before a question of a family; "" for none."""
        if generator.random() >= SHARES[_leans(family.program)]:
            return ""
        fitting = _fitting(family.program, question)
        for _ in range(40):
            kind = generator.choice(fitting) if fitting else ""
            program = generator.choice(self._by_kind[kind]) if kind else ""
            if program and _of_one_model(program, family.program) and _carries(program, family.program):
                return program
        return ""


def _of_one_model(before: str, program: str) -> bool:
    return writes(before) or of_any_model(before) if writes(program) else not writes(before)


def _names(program: str) -> list[str]:
    steps = program.split(" | ")
    return [step.split()[0] for step in (steps[1:] if program.startswith("where ") else steps)]


def _kind(program: str) -> str:
    """What is in question after a program; "" for one that nothing leans on, or that itself leans on more than a text."""
    names = _names(program)
    if "previous" in program or any(name in TALK or not OPERATIONS[name].repeatable for name in names):
        return ""
    if program.startswith("where "):
        return "one" if ONE.match(program) else "many"
    return "" if any(OPERATIONS[name].scope == "texts" for name in names) else "all"


def _leans(program: str) -> bool:
    about_a_text = not program.startswith("where ") and OPERATIONS[_names(program)[0]].scope == "texts"
    return "previous" in program or about_a_text or any(name in LEANS for name in _names(program))


def _fitting(program: str, question: str) -> tuple[str, ...]:
    """The kinds of programs that may stand before a question without changing what it means."""
    names = _names(program)
    if "clarify" in names:
        return ()
    if "previous" in program or "clear" in names:
        return ("many",)
    if any(name in ("undo", "redo", "reset", "edits") for name in names) or "with=edit" in program:
        return ("one",)
    if "repeat" in names:
        return ("one",) if ONE.match(program) else ("one", "many", "all")
    if "more" in names or all(OPERATIONS[name].scope == "nothing" for name in names) or ONE.match(program):
        return ("one", "many", "all")
    if program.startswith("where "):  # "spam with 'free'" said after some rows would be of those; "messages with" is of all
        return ("one", "many", "all") if re.search(r"\{nouns?\}", question) else ("one",)
    return ("one",) if any(OPERATIONS[name].scope == "texts" for name in names) else ("one", "all")


def _carries(before: str, program: str) -> bool:
    """Whether what a program takes up is there: an edit to undo, a list to go on with, a setting to change."""
    names, earlier = _names(program), _names(before)
    if any(name in ("undo", "redo", "reset", "edits") for name in names) or "with=edit" in program or "which=" in program:
        return any(name in CHANGES for name in earlier)
    if "more" in names:
        return any(OPERATIONS[name].pages for name in earlier)
    if "repeat" not in names:
        return True
    if program.startswith("where ") and not ONE.match(program):  # after `show`, other rows are a narrowing
        return "show" not in earlier and not ONE.match(before)
    return all(_takes(before, earlier, argument) for argument in ARGUMENT.findall(f" {program}"))


def _takes(before: str, names: list[str], argument: str) -> bool:
    if argument == "class":
        return bool(CLASS.search(before)) or any(name in ("predict", "attribute", "likelihood") for name in names)
    taken = {"top": ("top", "n")}.get(argument, (argument,))
    return any(name in OPERATIONS[step].arguments() for step in names for name in taken)
