"""From a question to a program: a language model that decodes under the grammar of programs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.prompts import ChatPromptTemplate
from langsmith import tracing_context

from explainers.errors import AskWhyError

from assistant.parsing import mending, recalling
from assistant.parsing.covering import left_out
from assistant.parsing.doubt import Doubt
from assistant.parsing.expecting import Expecting
from assistant.parsing.linking import Linker
from assistant.parsing.naming import Naming
from assistant.parsing.turning import turned
from assistant.programs.conditions import Typed, mended, normal
from assistant.programs.program import Program, Registry
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.programs.suited import suited

LONGEST_QUESTION = 2000  # characters
COMMAND = re.compile(r"where\s+\w+\s*[=<>!]")
WIDER, FAINT = 4, 0.03  # readings that are looked at where the first leaves something out, and how likely beside it
FAIR = 0.1  # how likely beside the likeliest a program must be to be taken where that one cannot be run
OPEN = 0.3  # ... and to be weighed by a second opinion; of validation questions, a lower bar puts none right and takes time
TOO = 0.2  # ... and to be offered below the answer; of validation questions with one, half are misread
UNLIKELY = 1e-4  # beside the likeliest program, what is less likely is no reading of the question
MOST_NAMES = 40  # labels, or categories of a column, that the prompt names; the grammar has them all


@dataclass(frozen=True)
class Parse:
    """A program for a question; `confidence` is how often such a program is right, 1 for a command.

    `likelihood` is the language model's own probability of the program. `second` is another program that is nearly as
    likely, if there is one, and `closeness` how likely it is beside the first. `others` are further programs that were found
    on the way and are fairly likely, best first.
    """

    text: str
    program: Program
    confidence: float
    seconds: float
    likelihood: float = 1.0
    second: Program | None = None
    closeness: float = 0.0
    others: tuple[Program, ...] = ()


class Parser:
    """Reads questions about one schema. A question that starts with a slash is read as a command, without the model."""

    def __init__(self, registry: Registry, schema: Schema, chat: BaseChatModel | None, doubt: Doubt | None = None) -> None:
        self.language = Language(registry, schema)
        # of a classifier all is decoded, as in training: what it cannot do is said in words; a generator is asked little else
        self._asked = self.language if schema.kind == "classifier" else Language(suited(registry, schema), schema)
        self._chat = chat
        self._doubt = doubt or Doubt()
        self._schema_text = schema_text(schema)
        self._linker = Linker(schema)
        self._opinion = getattr(chat, "opinion", None)
        self._expecting = Expecting(schema, self._linker, self._opinion)
        vectors = getattr(chat, "vectors", None)
        self._naming = None
        if vectors is not None and self._opinion is not None:
            self._naming = Naming(registry, schema, self._linker, vectors, self._opinion.rarity_of)

    def for_schema(self, schema: Schema) -> Parser:
        """One for another schema, with the same language model."""
        return Parser(self.language.registry, schema, self._chat, self._doubt)

    def parse(self, question: str, before: str = "") -> Parse:
        """The program that a question means, asked after the program `before` (its compact text; `recalling.recalled`).

        What can only be a command ("where id = 3 | predict") is read as one without its slash too. Raises AskWhyError for an
        empty or overlong question, and for a command that cannot be read.
        """
        started = time.perf_counter()
        question = mended(question).strip()
        if not question:
            raise AskWhyError("The question is empty; ask something about the model, or type /help.")
        if COMMAND.match(question):
            question = f"/{question}"
        if question.startswith("/"):
            return Parse(question, self.language.read(question[1:]), 1.0, time.perf_counter() - started)
        if len(question) > LONGEST_QUESTION:
            raise AskWhyError(
                f"The question has {len(question):,} characters; say it in at most {LONGEST_QUESTION:,}, "
                'or give a long text with the command /where text "..." | predict.'
            )
        named = self._named(question)
        if named is not None:
            return Parse(question, named, 1.0, time.perf_counter() - started)
        close = self._doubt.close if self._opinion is None else min(OPEN, self._doubt.close)
        said, likelihood, others = self._ask(question, before, others=2, close=close)
        read = list(self._read(others))
        try:
            read.insert(0, (self.language.read(said), likelihood))
        except AskWhyError:  # such as the 30th of February; the next reading that leaves nothing out stands, if there is one
            whole = self._whole(question, before)
            if whole is None:
                raise
            read.insert(0, whole)
        # the likeliest word at each step need not lead to the likeliest program
        (program, likelihood), *others = self._weighed(question, before, read)
        second, chance = next(((other, share) for other, share in others if not same(other, program)), (None, 0.0))
        if second is not None and asks_back(program) and not answers_nothing(second) and chance >= self._doubt.close * likelihood:
            program, likelihood, second, chance = second, chance, None, 0.0  # nobody is helped by a question back
        fuller = self._fuller(question, before, program, likelihood)
        if fuller is not None:
            (program, likelihood), second, chance = fuller, None, 0.0
        program = self._mended(question, before, program)
        if second is not None:  # mended, the two may be the same
            second = self._mended(question, before, second)
            second = None if same(second, program) else second
        confidence = self._doubt.confidence(likelihood)
        closeness = chance / likelihood if second is not None else 0.0
        if closeness < self._doubt.close or (second is not None and (answers_nothing(second) or alike(program, second))):
            second, closeness = None, 0.0
        found = self._others(question, before, [one for one, share in others if share >= TOO * likelihood], (program, second))
        return Parse(question, program, confidence, time.perf_counter() - started, likelihood, second, closeness, found)

    def _others(
        self, question: str, before: str, read: Sequence[Program], without: Sequence[Program | None]
    ) -> tuple[Program, ...]:
        """Readings that answer something, each once and none the same as one of `without`."""
        found: list[Program] = []
        for one in (self._mended(question, before, program) for program in read):
            if not answers_nothing(one) and not any(same(one, other) for other in (*without, *found) if other is not None):
                found.append(one)
        return tuple(found)

    def _weighed(self, question: str, before: str, read: list[tuple[Program, float]]) -> list[tuple[Program, float]]:
        """Readings with their probabilities, by the second opinion too, if there is one; best first."""
        if self._opinion is not None and len(read) > 1:
            read = self._opinion.weighed(question, before, self._expecting.names, read)
        return sorted(read, key=lambda one: -one[1])

    def _fuller(self, question: str, before: str, program: Program, likelihood: float) -> tuple[Program, float] | None:
        """A reading that leaves out less of what the question says than `program`, with its probability, if there is one."""

        def lost(one: Program) -> int:
            return left_out(question, one.to_text(self.language.schema), self._linker)

        least = lost(program)
        if not least or likelihood <= 0 or answers_nothing(program):
            return None
        best = None
        _, _, others = self._ask(question, before, others=WIDER, close=FAINT)
        for other, chance in self._read(others):
            if lost(other) < least and not answers_nothing(other):
                best, least = (other, chance), lost(other)
        return best

    def _whole(self, question: str, before: str) -> tuple[Program, float] | None:
        """The likeliest program that can be read and leaves out nothing of what the question says, with its probability."""
        _, _, others = self._ask(question, before, others=WIDER, close=FAINT)
        for program, chance in self._read(others):
            if not answers_nothing(program) and not left_out(question, program.to_text(self.language.schema), self._linker):
                return program, chance
        return None

    def _mended(self, question: str, before: str, program: Program) -> Program:
        if self._naming is not None:
            program = self._naming.mended(one_line(question), before, program)
        program = turned(question, program, self._linker)
        return mending.mended(one_line(question), program, self.language.registry, self.language.schema)

    def _named(self, question: str) -> Program | None:
        """The operation whose very name the question is ("undo", "Help!"), where that says enough."""
        operation = self._asked.registry.get(question.strip(" .!?").casefold())
        if operation is None or not operation.examples:
            return None
        with suppress(AskWhyError):
            return self.language.read(operation.name)
        return None

    def readings(
        self, question: str, before: str = "", *, most: int, without: Sequence[Program] = (), family: str | None = None
    ) -> tuple[Program, ...]:
        """The likeliest programs for a question asked after `before`, best first, none of them the same as one of `without`; with
        a `family`, those of its operations alone. One that words were mended into is as it was read, where that was not meant."""
        among = self._asked if family is None else self._of_family(family)
        found: list[Program] = []
        for program, read, _ in self._readings(question, before, among=among, others=most + len(without), close=UNLIKELY):
            one = read if any(same(program, other) for other in without) and self._suits(read) else program
            if not answers_nothing(one) and not any(same(one, other) for other in (*without, *found)):
                found.append(one)
        return tuple(found[:most])

    def _suits(self, program: Program) -> bool:
        return all(step.needs in ("any", self.language.schema.kind) for step in program.steps)

    def _of_family(self, family: str) -> Language:
        operations = {name: one for name, one in self._asked.registry.items() if one.family == family}
        return Language(operations, self.language.schema)

    def instead(self, parse: Parse, before: str, possible: Callable[[Program], bool]) -> Parse:
        """The parse with the likeliest program that is `possible` instead of its own, which is not; as it is where no other is at
        least `FAIR` times as likely."""
        for program, _, chance in self._readings(parse.text, before, among=self._asked, others=WIDER, close=FAIR):
            if not answers_nothing(program) and possible(program):
                likelihood = min(1.0, chance / max(1 - parse.likelihood, chance))  # of those that are left
                return replace(parse, program=program, confidence=self._doubt.confidence(likelihood), likelihood=likelihood)
        return parse

    def _readings(
        self, question: str, before: str, *, among: Language, others: int, close: float
    ) -> Iterator[tuple[Program, Program, float]]:
        """The likeliest programs of a language, best first: mended, as they were read, and with their probabilities."""
        question = mended(question).strip()
        said, likelihood, more = self._ask(question, before, among, others=others, close=close)
        for read, chance in self._weighed(question, before, list(self._read([(said, likelihood), *more]))):
            yield self._mended(question, before, read), read, chance

    def _ask(
        self, question: str, before: str, among: Language | None = None, **options: Any
    ) -> tuple[str, float, Sequence[tuple[str, float]]]:
        """What the language model says, its probability of that, and what else it could have said, with theirs; all of it `among`
        the programs of a language, by default of all operations."""
        among = among or self._asked
        if self._chat is None:
            raise AskWhyError("No language model is loaded, so only commands that start with / are understood.")
        asked_before = recalling.line(before)
        grammar = among.decoding_grammar(one_line(question) + asked_before)  # "the other way round" takes words from there
        expected = self._expecting.programs(question, before)
        chain = prompt() | self._chat.bind(grammar=grammar, language=among, expected=expected, **options)
        with tracing_context(enabled=False):  # or LangSmith's variables in the environment would send the question away
            message = chain.invoke(
                {
                    "schema": self._schema_text,
                    "question": one_line(question),
                    "told": self._linker.told(question) + asked_before,
                }
            )
        told = message.response_metadata
        return str(message.content), float(told.get("confidence", 0.0)), told.get("others", ())

    def _read(self, said: Sequence[tuple[str, float]]) -> Iterator[tuple[Program, float]]:
        """The programs among what was said; the grammar does not know how large a number may be."""
        for text, chance in said:
            with suppress(AskWhyError):
                yield self.language.read(text), chance


def answers_nothing(program: Program) -> bool:
    """Whether a program only declines or asks back, which nobody means to ask for."""
    return all(step.name in ("decline", "clarify") for step in program.steps)


def alike(one: Program, other: Program) -> bool:
    """Whether two programs differ only in arguments that one of them leaves out, or in how much of a typed text they hold,
    which is not worth a question."""
    typed = [re.sub(r"^\W+|\W+$", "", where.text) for where in (one.where, other.where) if isinstance(where, Typed)]
    if len(typed) == 2 and (typed[0] in typed[1] or typed[1] in typed[0]):
        other = replace(other, where=one.where)
    if normal(one.where) != normal(other.where) or [step.name for step in one.steps] != [step.name for step in other.steps]:
        return False
    pairs = [(dict(mine), dict(theirs)) for mine, theirs in zip(one.steps, other.steps, strict=True)]
    return all(mine[name] == theirs[name] or None in (mine[name], theirs[name]) for mine, theirs in pairs for name in mine)


def asks_back(program: Program) -> bool:
    """Whether a program only asks the visitor for something that is missing."""
    return all(step.name == "clarify" for step in program.steps)


def same(one: Program, other: Program) -> bool:
    """Whether two programs do the same: "a and b" is "b and a"."""
    return one.steps == other.steps and normal(one.where) == normal(other.where)


@lru_cache(maxsize=1)
def prompt() -> ChatPromptTemplate:
    """What the language model is told: the schema first, since it is the same for every question, then the question in one
    line, and what helps to read it in others: a gloss, what it names of the schema, and what was asked before."""
    folder = files("prompts") / "parser"
    return ChatPromptTemplate.from_messages([
        ("system", (folder / "system.txt").read_text("utf-8").strip()),
        ("human", "{question}{told}"),
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
