"""What visitors said they meant, kept in a file on this machine: `askwhy train parser --with-corrections` learns from it."""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from explainers.errors import AskWhyError

from assistant.program import Program, Registry
from assistant.questions import Example
from assistant.reader import Language
from assistant.schema import Schema
from assistant.scripts import UNSPACED

FILE = "corrections.jsonl"
MOST = 2000  # corrections kept; the oldest go first
LONGEST = 20_000  # characters of one, with its schema; a longer one is not kept

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corrections:
    """The corrections in a folder, a line of JSON each: the question, the schema it was asked about, and the program."""

    folder: Path
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def keep(self, question: str, schema: Schema, program: Program) -> bool:
        """Add what a question meant; False where that cannot be kept, which is no reason to fail."""
        known = {"question": question, "schema": schema.model_dump(mode="json"), "program": program.to_text(schema)}
        line = json.dumps(known, ensure_ascii=False)
        if len(line) > LONGEST:
            return False
        try:
            with self._lock:
                lines = [*self._lines(), line]
                if len(lines) > MOST:
                    self._replace(lines[-MOST:])
                else:
                    self.folder.mkdir(parents=True, exist_ok=True)
                    with self.path.open("a", encoding="utf-8") as file:
                        file.write(line + "\n")
                self.path.chmod(0o600)
        except (OSError, UnicodeError):
            log.warning("A correction could not be kept in %s.", self.path)
            return False
        return True

    def read(self, registry: Registry) -> list[Example]:
        """The corrections as examples to learn from; those that no longer are programs are left out.

        Raises AskWhyError when the file cannot be read.
        """
        try:
            lines = self._lines()
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

    def _lines(self) -> list[str]:
        return self.path.read_text("utf-8").splitlines() if self.path.exists() else []

    def _replace(self, lines: list[str]) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        Path(file.name).replace(self.path)


def _example(line: str, language: Callable[[Schema], Language]) -> Example | None:
    try:
        known = json.loads(line)
        schema = Schema.model_validate(known["schema"])
        question = " ".join(str(known["question"]).split())
        program = language(schema).read(str(known["program"])).to_text(schema)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError, AskWhyError):
        return None
    return Example(schema, question, program, "corrections", "ko" if UNSPACED.search(question) else "en") if question else None
