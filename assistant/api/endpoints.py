"""The endpoints that programs call: `ask`, `run`, and one for each operation, described and typed from the registry."""

from __future__ import annotations

import json
import keyword
import logging
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from explainers.errors import AskWhyError

from assistant.api.limits import Limits
from assistant.api.sessions import Sessions
from assistant.api.told import plain, told
from assistant.dialogue import Assistant, Turn
from assistant.operation import Operation
from assistant.parsing.parser import answers_nothing
from assistant.programs import conditions
from assistant.programs.conditions import Condition, Typed
from assistant.programs.described import describe
from assistant.programs.json_schema import argument_schema, program_schema
from assistant.programs.program import Program, Registry, from_json, make_step
from assistant.programs.suited import suited
from assistant.workspace import Report

log = logging.getLogger(__name__)
LONGEST = 20_000  # characters of everything that one call says, as of a question on the page
NAMED = 100  # choices that a schema lists; of more, it takes any text, which is checked when it is used
TEXT = {"type": "string"}


@dataclass(frozen=True)
class Parameter:
    """An argument of an endpoint; `schema` is its JSON schema, `doc` one line."""

    name: str
    schema: Mapping[str, Any]
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Endpoint:
    """Something that can be called with `parameters` by name. `call` raises AskWhyError, and nothing else, for bad input."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., dict[str, Any]]


class Endpoints:
    """The endpoints of one assistant, and the conversations that are held through them."""

    def __init__(self, assistant: Assistant, limits: Limits | None = None, sessions: Sessions | None = None) -> None:
        self._assistant = assistant
        self._language = assistant.parser.language
        self._limits = limits or Limits(assistant.workspace.settings.server.timeout)
        self._sessions = sessions or Sessions()
        self._noun = assistant.workspace.settings.data.noun

    def all(self) -> tuple[Endpoint, ...]:
        """Every endpoint, the general ones first."""
        general = (
            self._endpoint("ask", (self._parameter("question", TEXT, True), self._session), self._ask),
            self._endpoint("run", (self._parameter("program", _one_of("string", "object"), True), self._session), self._run),
            self._endpoint("describe", (), self._describe),
            self._endpoint("new_session", (), lambda: {"session": self._sessions.new()}),
        )
        taken = {endpoint.name for endpoint in general}
        return (*general, *(self._of(operation, taken) for operation in self._asked().values()))

    def _asked(self) -> Registry:
        """The operations that the model is fit for, and that anyone asks for: they have examples."""
        fit = suited(self._language.registry, self._assistant.workspace.schema)
        return {name: operation for name, operation in fit.items() if operation.examples}

    @property
    def _session(self) -> Parameter:
        return self._parameter("session", TEXT)

    def _parameter(self, name: str, schema: Mapping[str, Any], required: bool = False) -> Parameter:
        one, many = self._noun
        return Parameter(name, schema, texts()["doc"][name].replace("[[nouns]]", many).replace("[[noun]]", one), required)

    def _endpoint(self, name: str, parameters: tuple[Parameter, ...], call: Callable[..., dict[str, Any]]) -> Endpoint:
        return Endpoint(name, texts()["about"][name], parameters, _guarded(call))

    def _of(self, operation: type[Operation], taken: set[str]) -> Endpoint:
        """The endpoint of an operation: its own arguments, and what it is to be about."""
        schema = self._assistant.workspace.schema
        own = []
        for argument in operation.arguments().values():
            found = argument_schema(argument.kind, schema) or TEXT
            own.append(Parameter(identifier(argument.name), _listed(found), _line(argument.doc), argument.required))
        about = [] if operation.scope == "nothing" else [self._parameter("rows", TEXT)]
        about += [self._parameter("text", TEXT)] if operation.scope == "texts" else []
        parameters = sorted([*about, *own, self._session], key=lambda one: not one.required)
        names = {identifier(name): name for name in operation.arguments()}

        def call(rows: Any = None, text: Any = None, session: Any = None, **given: Any) -> dict[str, Any]:
            said = {names[name]: value for name, value in given.items() if value is not None}
            step = make_step(operation.name, said, self._language.registry)
            return self._answer(lambda: Program(self._where(rows, text), (step,)), session)

        name = f"{operation.name}_operation" if operation.name in taken else operation.name
        return Endpoint(name, self._told_about(operation), tuple(parameters), _guarded(call))

    def _told_about(self, operation: type[Operation]) -> str:
        ids = self._assistant.workspace.dataset.table["id"][:4].to_pylist() or [0]
        questions = operation.questions(self._noun, self._assistant.workspace.schema.labels, ids)
        said = texts()["examples"].format(questions=" ".join(f"“{question}”" for question in questions))
        return _line(f"{operation.about()} {said}")

    def _ask(self, question: Any, session: Any = None) -> dict[str, Any]:
        if not isinstance(question, str):
            raise AskWhyError("The question is no text; ask in words, or give a command that starts with a slash.")
        return self._within(session, lambda conversation, report: self._assistant.ask(question, conversation, report))

    def _run(self, program: Any, session: Any = None) -> dict[str, Any]:
        if isinstance(program, str) and program.lstrip().startswith("{"):
            try:
                program = json.loads(program)
            except json.JSONDecodeError as error:
                raise AskWhyError(f"The program is not JSON at character {error.pos + 1}: {error.msg}.") from error
            except ValueError as error:  # which Python has for a number of thousands of digits
                raise AskWhyError("The program holds a number that is too long to read; give a shorter one.") from error
        if isinstance(program, str):
            text = program.strip().removeprefix("/")
            return self._answer(lambda: self._language.read(text), session)
        return self._answer(lambda: from_json(program, self._language.registry), session)

    def _answer(self, program: Callable[[], Program], session: Any) -> dict[str, Any]:
        def work(conversation: Any, report: Report) -> Turn:
            made = program()  # read here, since that takes time, too
            made.check(self._assistant.workspace.schema)
            if answers_nothing(made):
                raise AskWhyError("This program does nothing; ask for an operation (see describe).")
            return self._assistant.run(made, conversation, report)

        return self._within(session, work)

    def _within(self, session: Any, work: Callable[[Any, Report], Turn]) -> dict[str, Any]:
        """The answer of some work in a conversation, which is as it was where that fails."""
        with self._sessions.open(session) as held:
            turn = self._limits.run(lambda report: work(held.conversation, report))
            found = told(turn, self._assistant.workspace.schema)
            held.conversation = turn.conversation
        return found

    def _where(self, rows: Any, text: Any) -> Condition | None:
        if rows is not None and text is not None:
            raise AskWhyError("Both rows and a text are given; give one of the two.")
        if text is not None:
            if not isinstance(text, str):
                raise AskWhyError("The text is no text; give one between quotation marks.")
            return Typed(conditions.mended(text))
        if rows is None:
            return None
        if not isinstance(rows, str):
            raise AskWhyError('Rows are chosen by a condition in text, such as: id = 12, or text contains "free".')
        read = self._language.read(f"where {rows} | count")
        if [step.name for step in read.steps] != ["count"]:
            raise AskWhyError("Rows are chosen by one condition, without an operation after it; give a whole program to run.")
        return read.where

    def _describe(self) -> dict[str, Any]:
        schema = self._assistant.workspace.schema
        registry = self._language.registry
        return plain({
            "operations": describe(self._asked()),
            "data": schema.model_dump(),
            "program": program_schema(registry, schema),
        })  # fmt: skip


def identifier(name: str) -> str:
    """The name of an argument as Python takes it: `class` is `class_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """What programs are told, by name."""
    return tomllib.loads((files("prompts") / "api" / "en.toml").read_text("utf-8"))


def _guarded(call: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The call with its length bounded, and with a sentence for whatever goes wrong."""

    def guarded(**given: Any) -> dict[str, Any]:
        try:
            length = len(json.dumps(given, ensure_ascii=False, default=str))
            if length > LONGEST:
                raise AskWhyError(f"This says {length:,} characters; say it in at most {LONGEST:,}.")
            return call(**given)
        except AskWhyError:
            raise
        except RecursionError as error:
            raise AskWhyError("This is nested too deep; say it more simply.") from error
        except Exception as error:  # as with a turn: nobody is shown a traceback
            log.exception("An endpoint failed")
            raise AskWhyError("Something went wrong here, which is not your fault; the log has the details.") from error

    return guarded


def _line(text: str) -> str:
    return " ".join(text.split())


def _one_of(*types: str) -> dict[str, Any]:
    return {"anyOf": [{"type": one} for one in types]}


def _listed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema, or any text in the place of very many names."""
    return TEXT if len(schema.get("enum", ())) > NAMED else schema
