"""The kinds of argument that operations take. Each kind knows its grammar rule and its text and JSON forms.

An operation declares its arguments as pydantic fields annotated with a kind, for example
`top: Annotated[int | None, Count(1, 50)] = None`; grammar, help, checks and tools are made from that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError, closest

from assistant.conditions import name_text, quote
from assistant.schema import Schema

TEXT_RULE = "STRING"
NUMBER_RULE = "INTEGER"


def literal(text: str) -> str:
    """A Lark string literal."""
    return json.dumps(text, ensure_ascii=False)


def alternatives(names: tuple[str, ...]) -> str:
    return "(" + " | ".join(literal(name) for name in names) + ")"


@dataclass(frozen=True)
class Count:
    """A whole number between `low` and `high`."""

    low: int = 1
    high: int = 1000
    kind: str = "count"

    def rule(self, schema: Schema) -> str:
        return NUMBER_RULE

    def to_text(self, value: int) -> str:
        return str(value)

    def from_text(self, text: str) -> int:
        return int(text)

    def check(self, value: Any, schema: Schema) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise AskWhyError(f"takes a whole number from {self.low} to {self.high}, not '{value}'.")


@dataclass(frozen=True)
class Choice:
    """One of a few fixed words."""

    choices: tuple[str, ...]
    kind: str = "choice"

    def rule(self, schema: Schema) -> str:
        return alternatives(self.choices)

    def to_text(self, value: str) -> str:
        return value

    def from_text(self, text: str) -> str:
        return text

    def check(self, value: Any, schema: Schema) -> None:
        if value not in self.choices:
            raise AskWhyError(f"takes one of {', '.join(self.choices)}, not '{value}'.")


@dataclass(frozen=True)
class Label:
    """A class of the model, by its name."""

    kind: str = "label"

    def rule(self, schema: Schema) -> str:
        return "LABEL" if schema.labels else literal("?")

    def to_text(self, value: str) -> str:
        return name_text(value)

    def from_text(self, text: str) -> str:
        return json.loads(text) if text.startswith('"') else text

    def check(self, value: Any, schema: Schema) -> None:
        if value not in schema.labels:
            raise AskWhyError(f"takes a class of the model, and '{value}' is none; {closest(str(value), schema.labels)}")


@dataclass(frozen=True)
class Text:
    """Free text, copied from what the person said."""

    kind: str = "text"

    def rule(self, schema: Schema) -> str:
        return TEXT_RULE

    def to_text(self, value: str) -> str:
        return quote(value)

    def from_text(self, text: str) -> str:
        return json.loads(text)

    def check(self, value: Any, schema: Schema) -> None:
        if not isinstance(value, str):
            raise AskWhyError(f"takes a text, not '{value}'.")


@dataclass(frozen=True)
class Partner:
    """What to compare with: `{"row": id}`, or the word "edit" for the text before and after its edits."""

    kind: str = "partner"

    def rule(self, schema: Schema) -> str:
        identity = NUMBER_RULE if schema.id == "integer" else TEXT_RULE
        return f'("edit" | "row:" {identity})'

    def to_text(self, value: Any) -> str:
        if value == "edit":
            return "edit"
        identity = value["row"]
        return f"row:{identity if isinstance(identity, int) else quote(identity)}"

    def from_text(self, text: str) -> Any:
        return "edit" if text == "edit" else {"row": json.loads(text.removeprefix("row:"))}

    def check(self, value: Any, schema: Schema) -> None:
        if value == "edit":
            return
        wanted = int if schema.id == "integer" else str
        if not (isinstance(value, dict) and set(value) == {"row"} and type(value["row"]) is wanted):
            raise AskWhyError(f"takes a row id or the word 'edit', not '{value}'.")


@dataclass(frozen=True)
class Place:
    """Where in a text: "start", "end", `{"before": words}` or `{"after": words}`."""

    kind: str = "place"

    def rule(self, schema: Schema) -> str:
        return f'("start" | "end" | "before:" {TEXT_RULE} | "after:" {TEXT_RULE})'

    def to_text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        side, words = next(iter(value.items()))
        return f"{side}:{quote(words)}"

    def from_text(self, text: str) -> Any:
        side, found, words = text.partition(":")
        return {side: json.loads(words)} if found else side

    def check(self, value: Any, schema: Schema) -> None:
        sides = isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("before", "after")
        if value not in ("start", "end") and not (sides and isinstance(next(iter(value.values())), str)):
            raise AskWhyError(f"takes start, end, before or after some words, not '{value}'.")


Kind = Count | Choice | Label | Text | Partner | Place
