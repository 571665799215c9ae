"""What is wrong with a command that cannot be read: the first thing in it that does not fit, and what would."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.errors import AskWhyError

from assistant.operation import no_such_argument
from assistant.programs.arguments import Kind
from assistant.programs.conditions import COMPARISONS, FIELDS, Compare, check, field_type, operators, quote, unquote, value_text
from assistant.programs.program import Registry, no_such_operation
from assistant.programs.schema import Schema

QUOTED = r'"(?:[^"\\]|\\.)*"'
TOKEN = re.compile(rf"{QUOTED}|[<>!]?=|[<>()|,\"]|[^\s\"()|,=<>!]+|\S", re.DOTALL)
LIKE = "a command reads like: where id = 12 | predict."
SHOWN = 40  # characters of the command that a sentence repeats


def nesting(text: str) -> int:
    """How deep the conditions of a command stand within each other, counting brackets and `not`."""
    deepest, pending, levels = 0, 0, [0]
    for token in TOKEN.findall(text):
        if token == "(":
            levels.append(levels[-1] + 1 + pending)
        elif token == ")" and len(levels) > 1:
            levels.pop()
        pending = pending + 1 if token == "not" else 0
        deepest = max(deepest, levels[-1] + pending)
    return deepest


def complaint(text: str, registry: Registry, schema: Schema) -> str:
    """One sentence for a command that the grammar refuses."""
    tokens = TOKEN.findall(text)
    if '"' in tokens:
        return f"The quotation mark before {_short(text[text.rindex(chr(34)) + 1 :])} is never closed."
    segments = list(_segments(tokens))
    try:
        if segments[0][:1] == ["where"]:
            _condition(iter(segments[0][1:]), schema)
            if len(segments) == 1:
                return "The command names rows, but not what to do with them; add a step, such as: | show."
            segments = segments[1:]
        for segment in segments:
            _step(segment, registry, schema)
    except StopIteration:
        return f"The command stops too early; {LIKE}"
    except AskWhyError as error:
        return str(error)
    return f"I cannot read this command; {LIKE}"


def _segments(tokens: list[str]) -> Iterator[list[str]]:
    segment: list[str] = []
    for token in tokens:
        if token == "|":
            yield segment
            segment = []
        else:
            segment.append(token)
    yield segment


def _step(segment: list[str], registry: Registry, schema: Schema) -> None:
    """Raise what is wrong with a step: AskWhyError, or StopIteration where it ends too early."""
    tokens = iter(segment)
    name = next(tokens)
    if name == "where":
        raise AskWhyError("'where' comes first and once, before the steps.")
    if name not in registry and (name == "not" or name in (*FIELDS, *schema.columns)):
        raise AskWhyError(f"A condition begins with 'where', as in: where {' '.join(segment)[:SHOWN]} | show.")
    if name not in registry:
        raise AskWhyError(no_such_operation(_plain(name), registry))
    arguments = registry[name].arguments()
    for argument in tokens:
        if argument not in arguments:
            raise AskWhyError(no_such_argument(registry[name], _plain(argument)))
        if next(tokens, "") != "=":
            raise AskWhyError(f"Give '{argument}' of '{name}' a value after an equals sign.")
        value = next(tokens)
        if value.endswith(":"):
            value += next(tokens)
        try:
            _argument(argument, arguments[argument].kind, value, schema)
        except AskWhyError as error:
            raise AskWhyError(f"'{argument}' of '{name}' {error}") from error


def _argument(name: str, kind: Kind, raw: str, schema: Schema) -> None:
    try:
        value = kind.from_text(raw)
    except ValueError:  # what is neither quoted nor a number
        value = raw
    kind.check(value, schema)
    if kind.to_text(value) != raw and not raw.startswith('"'):
        raise AskWhyError(f"is written like this: {name}={_short(kind.to_text(value), quoted=False)}.")


def _condition(tokens: Iterator[str], schema: Schema) -> None:
    """Raise what is wrong with a condition: AskWhyError, or StopIteration where it ends too early."""
    opened = 0
    while True:
        token = next(tokens)
        while token in ("(", "not"):
            opened += token == "("
            token = next(tokens)
        following = _leaf(token, tokens, schema)
        while following == ")":
            opened -= 1
            following = next(tokens, "")
        if opened < 0:
            raise AskWhyError("A bracket is closed that was never opened.")
        if not following:
            break
        if following not in ("and", "or"):
            raise AskWhyError(f"I cannot read the command at {_short(following)}; join conditions with 'and' or 'or'.")
    if opened:
        raise AskWhyError("A bracket is opened and never closed.")


def _leaf(token: str, tokens: Iterator[str], schema: Schema) -> str:
    """Check one comparison or keyword; returns the token that follows it, or nothing at the end."""
    if token == "previous":
        return next(tokens, "")
    if token in ("sample", "picked"):
        if not re.fullmatch(r"-?\d+", next(tokens)):
            takes = "a number of rows" if token == "sample" else "the number of what was picked by hand"
            raise AskWhyError(f"'{token}' takes {takes}, as in: {token} {10 if token == 'sample' else 1}.")
        return next(tokens, "")
    op = next(tokens, "") if token == "text" else ""
    if op.startswith('"'):
        return next(tokens, "")
    field = _unquoted(token)
    kind = field_type(field, schema)
    if kind == () and schema.kind == "generator":
        raise AskWhyError(f"The model is generative and has no classes, so '{field}' cannot be asked for.")
    if kind == ():
        raise AskWhyError(f"The model's classes are not known here, so '{field}' cannot be asked for.")
    op = op or next(tokens)
    if op not in (*COMPARISONS, "in", "contains"):
        raise AskWhyError(f"'{field}' needs a comparison before {_short(op)}, as in: {field} {operators(field, schema)[0]} ...")
    if op != "in":
        _value(field, op, kind, next(tokens), schema)
        return next(tokens, "")
    if next(tokens) != "(":
        raise AskWhyError(f"'in' takes a list in brackets, as in: {field} in (..., ...).")
    mark = ","
    while mark == ",":
        _value(field, "in", kind, next(tokens), schema)
        mark = next(tokens)
    if mark != ")":
        raise AskWhyError(f"I cannot read the list after 'in' at {_short(mark)}; write commas between its values.")
    return next(tokens, "")


def _value(field: str, op: str, kind: str | tuple[str, ...], raw: str, schema: Schema) -> None:
    value: str | float | bool = _unquoted(raw)
    if kind == "flag":
        value = {"true": True, "false": False}.get(raw, raw)
    elif kind in ("integer", "number") and not raw.startswith('"'):
        try:
            value = int(raw) if re.fullmatch(r"-?\d+", raw) else float(raw)
        except ValueError:
            value = raw
    check(Compare(field, op, (value,) if op == "in" else value), schema)
    written = value_text(value, named=isinstance(kind, tuple))
    if raw not in (written, quote(value) if isinstance(value, str) else written):
        raise AskWhyError(f"Write {_short(raw)} like this: {_short(written, quoted=False)}.")


def _unquoted(token: str) -> str:
    try:
        return unquote(token) if token.startswith('"') else token
    except ValueError as error:
        raise AskWhyError(f'I cannot read {_short(token)}; write a backslash twice, as in: "a \\\\ b".') from error


def _plain(token: str) -> str:
    return token if len(token) <= SHOWN else token[: SHOWN - 1] + "…"


def _short(text: str, *, quoted: bool = True) -> str:
    return f"'{_plain(text)}'" if quoted else _plain(text)
