"""What visitors said they meant, kept in a file on this machine: `askwhy train parser --with-corrections` learns from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from explainers.errors import AskWhyError

from assistant.learning.questions import Example
from assistant.lines import Lines
from assistant.programs.program import Program, Registry
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.programs.scripts import UNSPACED

FILE = "corrections.jsonl"
MOST = 2000  # corrections kept; the oldest go first
LONGEST = 20_000  # characters of one, with its schema; a longer one is not kept


@dataclass(frozen=True)
class Corrections:
    """The corrections in a folder, a line of JSON each: the question, the schema it was asked about, the program, and
    the one `before` it."""

    folder: Path

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.path)

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def keep(self, question: str, schema: Schema, program: Program, before: str = "") -> bool:
        """Add what a question meant; False where that cannot be kept, which is no reason to fail."""
        known = {"question": question, "schema": schema.model_dump(mode="json"), "program": program.to_text(schema)}
        known |= {"before": before} if before else {}
        line = json.dumps(known, ensure_ascii=False)
        if len(line) > LONGEST:
            return False
        return self._lines.add(line, MOST)

    def read(self, registry: Registry) -> list[Example]:
        """The corrections as examples to learn from; those that no longer are programs are left out.

        Raises AskWhyError when the file cannot be read.
        """
        try:
            lines = self._lines.read()
        except (OSError, UnicodeError) as error:
            raise AskWhyError(f"The corrections in {self.path} cannot be read: {error}.") from error
        languages: dict[str, Language] = {}  # building one takes longer than reading a program

        def language(schema: Schema) -> Language:
            key = schema.model_dump_json()
            if key not in languages:
                languages[key] = Language(registry, schema)
            return languages[key]

        found = (_example(line, language) for line in lines)
        return [example for example in found if example is not None]


def _example(line: str, language: Callable[[Schema], Language]) -> Example | None:
    try:
        known = json.loads(line)
        schema = Schema.model_validate(known["schema"])
        question = " ".join(str(known["question"]).split())
        program = language(schema).read(str(known["program"])).to_text(schema)
        before = str(known.get("before", ""))
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError, AskWhyError):
        return None
    spoken = "ko" if UNSPACED.search(question) else "en"
    return Example(schema, question, program, "corrections", spoken, before) if question else None
