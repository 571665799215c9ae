"""The kinds of argument that operations take. Each kind knows its grammar rule and its text and JSON forms.

An operation declares its arguments as pydantic fields annotated with a kind, for example
`top: Annotated[int | None, Count(1, 50)] = None`; grammar, help, checks and tools are made from that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError, closest

from assistant.programs.conditions import name_text, quote, unquote
from assistant.programs.schema import Schema

TEXT_RULE = "STRING"
NUMBER_RULE = "INTEGER"
COUNT_RULE = "COUNT"  # a language model writes no negative count


def literal(text: str) -> str:
    """A Lark string literal; llguidance refuses a bare U+007F."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def alternatives(names: tuple[str, ...]) -> str:
    return "(" + " | ".join(literal(name) for name in names) + ")"


def _said(value: Any) -> str:
    return ":".join(map(str, next(iter(value.items())))) if isinstance(value, dict) and value else str(value)


@dataclass(frozen=True)
class Count:
    """A whole number between `low` and `high`."""

    low: int = 1
    high: int = 1000
    kind: str = "count"

    def rule(self, schema: Schema) -> str:
        return COUNT_RULE if self.low > 0 else NUMBER_RULE

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
            raise AskWhyError(f"takes no '{value}'; {closest(str(value), self.choices)}")


@dataclass(frozen=True)
class Label:
    """A class of the model, by its name."""

    kind: str = "label"

    def rule(self, schema: Schema) -> str:
        return "LABEL" if schema.labels else literal("?")

    def to_text(self, value: str) -> str:
        return name_text(value)

    def from_text(self, text: str) -> str:
        return unquote(text) if text.startswith('"') else text

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
        return unquote(text)

    def check(self, value: Any, schema: Schema) -> None:
        if not isinstance(value, str):
            raise AskWhyError(f"takes a text, not '{value}'.")


@dataclass(frozen=True)
class Partner:
    """What to compare with: "edit" (the text before and after its edits), "previous" (the selection before this
    one), or `{"row": id}`, `{"class": label}`, `{"method": name}`, `{"model": name}`."""

    methods: tuple[str, ...] = ()
    kind: str = "partner"

    def rule(self, schema: Schema) -> str:
        identity = NUMBER_RULE if schema.id == "integer" else TEXT_RULE
        forms = [literal("edit"), literal("previous"), f'"row:" {identity}', f'"class:" {Label().rule(schema)}']
        forms += [f'"method:" {alternatives(self.methods)}', f'"model:" {TEXT_RULE}']
        return f"({' | '.join(forms)})"

    def to_text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        sort, name = next(iter(value.items()))
        if sort in ("class", "method"):
            return f"{sort}:{name_text(name)}"
        return f"{sort}:{name if isinstance(name, int) else quote(name)}"

    def from_text(self, text: str) -> Any:
        sort, found, name = text.partition(":")
        if not found:
            return text
        if name.startswith('"'):
            return {sort: unquote(name)}
        return {sort: name if sort in ("class", "method") else int(name)}

    def check(self, value: Any, schema: Schema) -> None:
        if value in ("edit", "previous"):
            return
        sort, name = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else ("", None)
        if sort == "class":
            Label().check(name, schema)
        elif sort == "method":
            Choice(self.methods).check(name, schema)
        elif not (sort == "model" and isinstance(name, str)):
            wanted = int if schema.id == "integer" else str
            if sort != "row" or type(name) is not wanted:
                row = "row:ID" if schema.id == "integer" else 'row:"ID"'
                forms = f'{row}, class:LABEL, method:NAME, model:"NAME", edit or previous'
                raise AskWhyError(f"takes {forms}, not '{_said(value)}'.")


@dataclass(frozen=True)
class Ordinal:
    """Which one of several: a number from 1, or one of a few fixed words such as "last"."""

    words: tuple[str, ...] = ("last",)
    high: int = 1000
    kind: str = "ordinal"

    def rule(self, schema: Schema) -> str:
        return f"({COUNT_RULE} | {' | '.join(map(literal, self.words))})"

    def to_text(self, value: int | str) -> str:
        return str(value)

    def from_text(self, text: str) -> int | str:
        return text if text in self.words else int(text)

    def check(self, value: Any, schema: Schema) -> None:
        if value not in self.words and (type(value) is not int or not 1 <= value <= self.high):
            raise AskWhyError(f"takes a number from 1 to {self.high}, or {' or '.join(self.words)}, not '{value}'.")


PLACES = ("start", "end", "before", "after")


@dataclass(frozen=True)
class Place:
    """Where in a text: "start", "end", `{"before": words}` or `{"after": words}`; "before" or "after" what other arguments
    name."""

    kind: str = "place"

    def rule(self, schema: Schema) -> str:
        return f'("start" | "end" | "before" | "after" | "before:" {TEXT_RULE} | "after:" {TEXT_RULE})'

    def to_text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        side, words = next(iter(value.items()))
        return f"{side}:{quote(words)}"

    def from_text(self, text: str) -> Any:
        side, found, words = text.partition(":")
        return {side: unquote(words)} if found else side

    def check(self, value: Any, schema: Schema) -> None:
        sides = isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("before", "after")
        if value not in PLACES and not (sides and isinstance(next(iter(value.values())), str)):
            raise AskWhyError(f"takes start, end, before or after some words, not '{_said(value)}'.")


@dataclass(frozen=True)
class Field:
    """Something that every row has: one of `built_in`, or a column of the data."""

    built_in: tuple[str, ...]
    kind: str = "field"

    def _names(self, schema: Schema) -> tuple[str, ...]:
        return (*self.built_in, *schema.columns)

    def rule(self, schema: Schema) -> str:
        return alternatives((*self.built_in, *(name_text(column) for column in schema.columns)))

    def to_text(self, value: str) -> str:
        return value if value in self.built_in else name_text(value)

    def from_text(self, text: str) -> str:
        return unquote(text) if text.startswith('"') else text

    def check(self, value: Any, schema: Schema) -> None:
        if value not in self._names(schema):
            raise AskWhyError(f"takes a field or column, and '{value}' is none; {closest(str(value), self._names(schema))}")


Kind = Count | Choice | Label | Text | Partner | Place | Ordinal | Field
