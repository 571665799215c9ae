"""Reading the compact text form: what a person types after a slash, and what the language model decoded."""

from __future__ import annotations

import re

import lark

from explainers.errors import AskWhyError

from assistant.operation import Operation
from assistant.programs import conditions
from assistant.programs.complaints import complaint, nesting
from assistant.programs.conditions import DEEPEST, And, Compare, Condition, Not, Or, Picked, Previous, Sample, Typed, unquote
from assistant.programs.grammar import argument_rule, decoding_grammar, grammar
from assistant.programs.program import Program, Registry, make_step
from assistant.programs.schema import Schema

LONGEST = 4000  # characters of a command; Earley's time grows faster than the text


class Language:
    """The compact text form for one registry and one schema; built once, then used for every question."""

    def __init__(self, registry: Registry, schema: Schema) -> None:
        self.registry = registry
        self.schema = schema
        self._parser = lark.Lark(grammar(registry, schema), parser="earley", keep_all_tokens=True, maybe_placeholders=False)

    def decoding_grammar(self, question: str) -> str:
        return decoding_grammar(self.registry, self.schema, question)

    def read(self, text: str) -> Program:
        """The program that a text stands for. Raises AskWhyError that says what is wrong, and what would fit."""
        text = text.strip()
        if len(text) > LONGEST:
            raise AskWhyError(f"The command has {len(text)} characters; write it in at most {LONGEST}.")
        if nesting(text) > DEEPEST:
            raise AskWhyError(f"The conditions are nested more than {DEEPEST} deep; say it more simply.")
        try:
            tree = self._parser.parse(text)
        except lark.exceptions.UnexpectedInput as error:
            raise AskWhyError(complaint(text, self.registry, self.schema)) from error
        where = next(tree.find_data("where"), None)
        condition = None if where is None else self._condition(where.children[1])
        steps = next(tree.find_data("steps"))
        program = Program(condition, tuple(self._step(step) for step in steps.find_data("step")))
        program.check(self.schema)
        return program

    def _step(self, tree: lark.Tree) -> Operation:
        (do,) = tree.children
        name = do.data.removeprefix("do_")
        arguments = {}
        for said, argument in self.registry[name].arguments().items():
            found = list(do.find_data(argument_rule(name, said)))
            if len(found) > 1:
                raise AskWhyError(f"'{said}' of '{name}' is given twice.")
            if found:
                arguments[said] = argument.kind.from_text("".join(found[0].children))
        return make_step(name, arguments, self.registry)

    def _condition(self, tree: lark.Tree) -> Condition:
        branches = [child for child in tree.children if isinstance(child, lark.Tree)]
        match tree.data:
            case "disjunction" | "conjunction":
                parts = tuple(self._condition(branch) for branch in branches)
                return parts[0] if len(parts) == 1 else (Or if tree.data == "disjunction" else And)(parts)
            case "negated":
                return Not(self._condition(branches[0]))
            case "bracketed":
                inner = self._condition(branches[0])
                return And((inner,)) if isinstance(inner, Sample) else inner
            case "previous":
                return Previous()
            case "sample":
                return Sample(int(tree.children[-1]))
            case "picked":
                return Picked(int(tree.children[-1]))
            case "typed":
                return Typed(unquote(tree.children[-1]))
            case "compare":
                return self._compare(branches[0])
        return self._condition(branches[0])

    def _compare(self, tree: lark.Tree) -> Compare:
        field = _unquoted(tree.children[0])
        op = str(tree.children[1])
        kind = conditions.field_type(field, self.schema)
        values = tuple(_value("".join(branch.children), kind) for branch in tree.children if isinstance(branch, lark.Tree))
        return Compare(field, op, values if op == "in" else values[0])


def _unquoted(text: str) -> str:
    return unquote(text) if text.startswith('"') else str(text)


def _value(text: str, kind: str | tuple[str, ...]) -> conditions.Value:
    if isinstance(kind, tuple) or kind in ("text", "string", "date"):
        return _unquoted(text)
    if kind == "flag":
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
