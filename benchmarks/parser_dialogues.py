"""Written dialogues with the programs that each turn means, in benchmarks/data/dialogues, and fresh questions, each a dialogue
of one turn, in benchmarks/data/fresh; nothing is trained on them.

A file is about one schema. A blank line stands between dialogues; in each, a question is followed by `> program`, and by
further ones that are as right. Files named `ko_*` are Korean.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from assistant.learning.questions import Example
from assistant.programs.schema import Schema

FOLDER = Path(__file__).parent / "data" / "dialogues"
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

    def examples(self) -> list[tuple[Example, tuple[str, ...]]]:
        """The turns as examples, each with the other programs that are right."""
        return [
            (Example(self.schema, turn.question, turn.programs[0], self.name, self.language), turn.programs[1:])
            for turn in self.turns
        ]


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
