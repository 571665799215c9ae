"""What an operation is: its arguments, what it works on, and how it runs. The registry is a plain dict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from explainers.errors import AskWhyError, closest

from assistant.programs.arguments import Kind
from assistant.programs.schema import Schema

if TYPE_CHECKING:
    from assistant.context import Context
    from assistant.conversation import Conversation
    from assistant.programs.program import Program
    from assistant.results import Result

Scope = Literal["nothing", "rows", "texts"]
Needs = Literal["any", "classifier", "generator"]


@dataclass(frozen=True)
class Argument:
    """An argument as the registry tells it: `kind` makes its grammar, `doc` is one sentence."""

    name: str
    kind: Kind
    doc: str
    required: bool


class Operation(BaseModel):
    """One explanation operation. Subclass it, name it, declare its arguments, and write `run`.

    `scope` is what it works on: "rows" (a selection, or every row), "texts" (one or a few: the selection, or
    the focus), or "nothing". `needs` is the kind of model that it can be asked of. `family` groups it in the help.
    `examples` are questions that lead to it, for the help page; {noun}, {nouns}, {label}, {label2}, {id} and {id2} in
    them stand for what the data has. The class docstring's first line is its description. An argument whose name is a
    Python keyword takes a trailing underscore here and loses it everywhere else.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, validate_by_name=False, alias_generator=lambda name: name.rstrip("_")
    )

    name: ClassVar[str]
    family: ClassVar[str]
    scope: ClassVar[Scope]
    needs: ClassVar[Needs] = "any"
    examples: ClassVar[tuple[str, ...]] = ()
    continues: ClassVar[bool] = False  # naming the focus again means the text as it is edited, not the row afresh
    first_only: ClassVar[bool] = False  # of several texts chosen it looks at the first, and the answer says so
    empty_is_fine: ClassVar[bool] = False  # a selection of no rows is an answer, not an error
    repeatable: ClassVar[bool] = True  # "again" may mean it
    may_fail: ClassVar[bool] = False  # where it cannot run, the steps after it are done all the same
    pages: ClassVar[bool] = False  # "more" may mean it: it shows a part of what there is
    turns_page: ClassVar[bool] = False  # it asks for the next part of the last answer
    recorded: ClassVar[bool] = True  # a report tells of it
    says_anew: ClassVar[bool] = True  # its answer is the last one, which can be said again at another level

    def needs_text(self) -> bool:
        """Whether it is about texts, and asks for one where there is none."""
        return self.scope == "texts"

    def possible(self, conversation: Conversation) -> bool:
        """Whether it can be done with the text in focus, if that is what it is about; told without running a model."""
        return True

    def rewrite(self, program: Program, conversation: Conversation) -> Program:
        """The program that this step stands for within `program`; only references to earlier turns differ."""
        return program

    def run(self, context: Context) -> Result:
        """The facts that answer the step. Raises AskWhyError for what a person can mend."""
        raise AskWhyError(f"'{self.name}' cannot run.")

    def remember(self, conversation: Conversation, result: Result) -> Conversation:
        """The conversation after this step; most operations change nothing beyond the focus."""
        return conversation

    @classmethod
    def about(cls) -> str:
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    @cache
    def arguments(cls) -> dict[str, Argument]:
        """The arguments by name, in the order in which they are written."""
        hints = get_type_hints(cls, include_extras=True)
        found = {}
        for name, field in cls.model_fields.items():
            kind = next(item for item in hints[name].__metadata__ if isinstance(item, Kind))
            said = name.rstrip("_")
            found[said] = Argument(said, kind, field.description or "", field.is_required())
        return found

    @classmethod
    def questions(cls, noun: tuple[str, str], labels: Sequence[str], ids: Sequence[int | str]) -> tuple[str, ...]:
        """The examples about some data: what a row is called, some labels and some ids of it."""
        said = example_values(noun, labels, ids)
        return tuple(example.format_map(said) for example in cls.examples if labels or "{label" not in example)

    def given(self) -> dict[str, Any]:
        """The arguments that were said, by name; what the question left open is absent."""
        values = {name.rstrip("_"): getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if value is not None}

    def check(self, schema: Schema) -> None:
        """Raise AskWhyError when an argument does not fit the schema."""
        for name, value in self.given().items():
            try:
                type(self).arguments()[name].kind.check(value, schema)
            except AskWhyError as error:
                raise AskWhyError(f"'{name}' of '{self.name}' {error}") from error


def example_values(noun: tuple[str, str], labels: Sequence[str], ids: Sequence[int | str]) -> dict[str, int | str]:
    """What stands in the places of examples."""
    label, label2, *_ = [*labels[::-1], "?", "?"]
    return {"noun": noun[0], "nouns": noun[1], "label": label, "label2": label2, "id": ids[0], "id2": ids[-1]}


def build(operation: type[Operation], arguments: dict[str, Any]) -> Operation:
    """An operation with its arguments. Raises AskWhyError that names the argument that is wrong."""
    try:
        return operation(**arguments)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "extra_forbidden":
            raise AskWhyError(no_such_argument(operation, name)) from error
        if first["type"] == "missing":
            raise AskWhyError(f"'{operation.name}' needs the argument '{name}'.") from error
        raise AskWhyError(f"'{name}' of '{operation.name}' is wrong: {first['msg']}.") from error


def no_such_argument(operation: type[Operation], name: str) -> str:
    """The sentence for an argument that an operation does not take."""
    names = tuple(operation.arguments())
    return f"'{operation.name}' has no argument '{name}'; {closest(name, names) if names else 'it takes none.'}"
