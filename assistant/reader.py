"""Reading the compact text form: what a person types after a slash, and what the language model decoded."""

from __future__ import annotations

import json
import re

import lark

from explainers.errors import AskWhyError, closest

from assistant import conditions
from assistant.conditions import FIELDS, And, Compare, Condition, Not, Or, Previous, Sample, Typed
from assistant.grammar import argument_rule, decoding_grammar, grammar
from assistant.operation import Operation
from assistant.program import Program, Registry, make_step
from assistant.schema import Schema

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
        """The program that a text stands for. Raises AskWhyError that points at the place that is wrong."""
        text = text.strip()
        if len(text) > LONGEST:
            raise AskWhyError(f"The command has {len(text)} characters; write it in at most {LONGEST}.")
        try:
            tree = self._parser.parse(text)
        except lark.exceptions.UnexpectedInput as error:
            raise AskWhyError(self._complaint(text, error)) from error
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
            case "previous":
                return Previous()
            case "sample":
                return Sample(int(tree.children[-1]))
            case "typed":
                return Typed(json.loads(tree.children[-1]))
            case "compare":
                return self._compare(branches[0])
        return self._condition(branches[0])

    def _compare(self, tree: lark.Tree) -> Compare:
        field = _unquoted(tree.children[0])
        op = str(tree.children[1])
        kind = conditions.field_type(field, self.schema)
        values = tuple(_value("".join(branch.children), kind) for branch in tree.children if isinstance(branch, lark.Tree))
        return Compare(field, op, values if op == "in" else values[0])

    def _complaint(self, text: str, error: lark.exceptions.UnexpectedInput) -> str:
        place = getattr(error, "pos_in_stream", None)
        place = len(text) if place is None or place < 0 else place
        start = max(text.rfind(mark, 0, place) for mark in (" ", "|", "(", "=")) + 1
        word = re.match(r'"[^"]*"?|[^\s|()]*', text[start:]).group().split("=")[0] or text[place : place + 20]
        word = word if len(word) <= 40 else word[:39] + "…"
        before = text[:start].rstrip()
        where = f"I cannot read the command at '{word}'" if word else "The command stops too early"
        step = re.split(r"\|", before)[-1].split()
        if re.search(r"(^where|\band|\bor|\bnot|\()$", before) and "in (" not in before[-5:]:
            return f"{where}: there is no such column; {closest(word, (*FIELDS, *self.schema.columns))}"
        if re.search(r"\b(label|prediction|class|to) ?(=|!=|in \()$", before):
            return f"{where}: there is no such label; {closest(word, self.schema.labels)}"
        if not step and word:
            return f"{where}: there is no such operation; {closest(word, self.registry)}"
        if step and step[0] in self.registry and word:
            names = tuple(self.registry[step[0]].arguments())
            takes = closest(word, names) if names else "it takes none."
            return f"{where}: '{step[0]}' has no such argument; {takes}"
        return f"{where}; a command reads like: where id = 12 | predict."


def _unquoted(text: str) -> str:
    return json.loads(text) if text.startswith('"') else str(text)


def _value(text: str, kind: str | tuple[str, ...]) -> conditions.Value:
    if isinstance(kind, tuple) or kind in ("text", "string", "date"):
        return _unquoted(text)
    if kind == "flag":
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
