"""What visitors think of answers, kept in a file on this machine: nobody else is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from assistant.lines import Lines

FILE = "feedback.jsonl"
MOST = 5000  # judgements kept; the oldest go first
LONGEST = 4000  # characters of a question or a command that are kept
REASONS = ("wrong", "question", "unclear", "slow", "other")  # why an answer was no good; their words are in prompts/page


@dataclass(frozen=True)
class Feedback:
    """The judgements in a folder, a line of JSON each."""

    folder: Path

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.path)

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def keep(self, question: str, command: str, model: str, good: bool, reason: str | None = None) -> bool:
        """Add one: what was asked, what was understood, of which model (its fingerprint). False where it cannot be kept."""
        told = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": question[:LONGEST],
            "command": command[:LONGEST],
            "model": model,
            "good": good,
            "reason": reason,
        }
        return self._lines.add(json.dumps(told, ensure_ascii=False), MOST)
