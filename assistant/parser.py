"""From a question to a program: a language model that decodes under the grammar of programs."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.prompts import ChatPromptTemplate

from explainers.errors import AskWhyError

from assistant.conditions import mended
from assistant.operation import Operation
from assistant.program import Program, Registry
from assistant.reader import Language
from assistant.schema import Schema

LONGEST_QUESTION = 2000  # characters
EXAMPLE = (("row", "rows"), ("negative", "positive"), (12, 7))  # what examples are about where no data is loaded
MOST_NAMES = 40  # labels, or categories of a column, that the prompt names; the grammar has them all


@dataclass(frozen=True)
class Parse:
    """A program for a question; `confidence` is the model's own probability of it, 1 for a command."""

    text: str
    program: Program
    confidence: float
    seconds: float


class Parser:
    """Reads questions about one schema. A question that starts with a slash is read as a command, without the model."""

    def __init__(self, registry: Registry, schema: Schema, chat: BaseChatModel | None) -> None:
        self.language = Language(registry, schema)
        self._chat = chat
        self._schema_text = schema_text(schema)

    def parse(self, question: str) -> Parse:
        """The program that a question means.

        Raises AskWhyError for an empty or overlong question, and for a command that cannot be read.
        """
        started = time.perf_counter()
        question = mended(question).strip()
        if not question:
            raise AskWhyError("The question is empty; ask something about the model, or type /help.")
        if question.startswith("/"):
            program, confidence = self.language.read(question[1:]), 1.0
        else:
            if len(question) > LONGEST_QUESTION:
                raise AskWhyError(
                    f"The question has {len(question):,} characters; say it in at most {LONGEST_QUESTION:,}, "
                    'or give a long text with the command /where text "..." | predict.'
                )
            program, confidence = self._decode(question)
        return Parse(question, program, confidence, time.perf_counter() - started)

    def _decode(self, question: str) -> tuple[Program, float]:
        if self._chat is None:
            raise AskWhyError("No language model is loaded, so only commands that start with / are understood.")
        chain = prompt() | self._chat.bind(grammar=self.language.decoding_grammar(one_line(question)))
        message = chain.invoke({"schema": self._schema_text, "question": one_line(question)})
        return self.language.read(str(message.content)), float(message.response_metadata.get("confidence", 0.0))


@lru_cache(maxsize=1)
def prompt() -> ChatPromptTemplate:
    """What the language model is told: the schema first, since it is the same for every question, then the question."""
    folder = files("prompts") / "parser"
    return ChatPromptTemplate.from_messages([
        ("system", (folder / "system.txt").read_text("utf-8").strip()),
        ("human", "{question}"),
    ])  # fmt: skip


def one_line(question: str) -> str:
    """The question as the model reads it: white space folded."""
    return " ".join(question.split())


def schema_text(schema: Schema) -> str:
    """Labels, columns and the kind of id, in a few words."""

    def names(values: tuple[str, ...]) -> str:
        shown = " | ".join(values[:MOST_NAMES])
        return f"{shown} | ..." if len(values) > MOST_NAMES else shown

    columns = [f"{name} = {names(kind) if isinstance(kind, tuple) else kind}" for name, kind in schema.columns.items()]
    return "\n".join([f"labels: {names(schema.labels)}", f"columns: {'; '.join(columns) or 'none'}", f"ids: {schema.id}"])


def describe(registry: Registry) -> list[dict[str, Any]]:
    """The registry as data: names, arguments, types, docs, examples."""
    return [_described(operation) for operation in registry.values()]


def _described(operation: type[Operation]) -> dict[str, Any]:
    return {
        "name": operation.name,
        "family": operation.family,
        "about": operation.about(),
        "works_on": operation.scope,
        "arguments": [
            {"name": argument.name, "type": argument.kind.kind, "doc": argument.doc, "required": argument.required}
            | {key: value for key, value in asdict(argument.kind).items() if key != "kind"}
            for argument in operation.arguments().values()
        ],
        "examples": list(operation.questions(*EXAMPLE)),
    }
