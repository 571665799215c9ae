"""Written dialogues with the programs that each turn means, in benchmarks/data/dialogues and dialogues_fresh, and fresh
questions, each a dialogue of one turn, in benchmarks/data/fresh; nothing is trained on them.

A file is about one schema. A blank line stands between dialogues; in each, a question is followed by `> program`, and by
further ones that are as right. Files named `ko_*` are Korean.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from explainers.errors import AskWhyError

from assistant.conversation import Conversation, Subject
from assistant.finding.rows import with_previous
from assistant.learning.questions import Example
from assistant.operations import OPERATIONS
from assistant.parsing.parser import same
from assistant.parsing.recalling import recalled, with_text
from assistant.programs.conditions import Compare, Typed
from assistant.programs.program import Program
from assistant.programs.reader import Language
from assistant.programs.schema import Schema

FOLDER = Path(__file__).parent / "data" / "dialogues"
FRESH_DIALOGUES = Path(__file__).parent / "data" / "dialogues_fresh"
FRESH = Path(__file__).parent / "data" / "fresh"
HEADER = "schema: "


@dataclass(frozen=True)
class Said:
    """A turn: the question, and the programs that are right, the likeliest first."""

    question: str
    programs: tuple[str, ...]


@dataclass(frozen=True)
class Dialogue:
    """The turns of a dialogue about a schema; `name` is its file and place, such as "bicycle_shop 3"."""

    name: str
    schema: Schema
    turns: tuple[Said, ...]

    @property
    def language(self) -> str:
        return "ko" if self.name.startswith("ko_") else "en"

    def done(self, got: Sequence[str | None]) -> list[bool]:
        """For each turn, whether the program that was `got` does what one of the right ones does there, though it may be
        written otherwise: "the same with lime" and "explain it with lime" are one thing after an explanation."""
        language, conversation = Language(OPERATIONS, self.schema), Conversation()
        found = []
        for turn, text in zip(self.turns, got, strict=True):
            right = [_settled(language.read(program), conversation) for program in turn.programs]
            mine = None if text is None else _settled(language.read(text), conversation)
            found.append(mine is not None and any(one is not None and same(mine, one) for one in right))
            conversation = after(language.read(turn.programs[0]), conversation)
        return found

    def examples(self) -> list[tuple[Example, tuple[str, ...]]]:
        """The turns as examples, each asked after the turns before it, with the other programs that are right."""
        language, conversation = Language(OPERATIONS, self.schema), Conversation()
        found = []
        for turn in self.turns:
            before = recalled(conversation, self.schema)
            example = Example(self.schema, turn.question, turn.programs[0], self.name, self.language, before)
            found.append((example, turn.programs[1:]))
            conversation = after(language.read(turn.programs[0]), conversation)
        return found


def after(program: Program, conversation: Conversation) -> Conversation:
    """The conversation after a program, as the runner would leave it, without running anything."""
    with suppress(AskWhyError):  # such as an undo before any edit: all stays as it was
        for step in program.steps:
            program = step.rewrite(program, conversation)
        program = replace(program, where=with_previous(program.where, conversation.selection))
        match program.where:
            case None:
                pass
            case Typed(text):
                conversation = replace(conversation, focus=Subject(text))
            case where:
                row = where.value if isinstance(where, Compare) and (where.field, where.op) == ("id", "=") else None
                focus = conversation.focus if row is None else Subject("", row)
                conversation = replace(conversation, focus=focus, selection=where)
        if all(step.repeatable for step in program.steps):
            conversation = replace(conversation, program=program)
    return conversation


def _settled(program: Program, conversation: Conversation) -> Program | None:
    """The program with all that it refers to put in: the question that is asked again, earlier rows, the text in question;
    None where there is nothing to refer to."""
    try:
        for step in program.steps:
            program = step.rewrite(program, conversation)
        program = replace(program, where=with_previous(program.where, conversation.selection))
    except AskWhyError:
        return None
    return with_text(program, conversation)


def dialogues(folder: Path = FOLDER) -> list[Dialogue]:
    """Every dialogue of every file. Raises ValueError for a file that is not written as it should be."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        header, *blocks = [block.splitlines() for block in path.read_text("utf-8").strip().split("\n\n")]
        (given,) = [line.removeprefix(HEADER) for line in header if line.startswith(HEADER)]
        schema = Schema.model_validate(json.loads(given))
        for number, lines in enumerate(blocks, 1):
            turns: list[Said] = []
            for line in lines:
                if not line.startswith("> "):
                    turns.append(Said(line, ()))
                elif turns:
                    turns[-1] = Said(turns[-1].question, (*turns[-1].programs, line[2:]))
            if not turns or not all(turn.programs for turn in turns):
                raise ValueError(f"{path.name}: dialogue {number} has a question without a program.")
            found.append(Dialogue(f"{path.stem} {number}", schema, tuple(turns)))
    return found
