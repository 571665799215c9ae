"""Schemas, and what hypothesis can say about them: conditions, programs, and typed commands in a free hand."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from assistant.operation import Operation, build
from assistant.operations import OPERATIONS
from assistant.programs.arguments import PLACES, Choice, Count, Field, Label, Ordinal, Partner, Place, Text
from assistant.programs.conditions import FIELDS, And, Compare, Condition, Not, Or, Previous, Sample, Typed, field_type, operators
from assistant.programs.program import Program
from assistant.programs.schema import Schema

SCHEMAS = {
    "plain": Schema(
        labels=("ham", "spam"),
        columns={"sender": ("bank", "friend"), "age": "number", "sent": "date", "note": "text"},
        rows=100,
    ),
    "odd": Schema(
        labels=(
            "not spam",
            "del\x7f",
            "and",
            'so "called"',
            "true",
            "back\\slash",
            "new\nline",
            "1",
            "",
            "스팸",
            "😀",
            "a|b",
            "(c)",
            "{d}",
        ),
        columns={
            "name with space": ("a b", "and", "x(y)", "in"),
            "where": "number",
            "국적": ("한국", "en"),
            'quo"te': "text",
            "select *; --": "date",
            "predict": ("show", "where", "_x"),
            "sample": "number",
            "top=": "number",
        },
        id="string",
        rows=7,
    ),
    "korean": Schema(labels=("긍정", "부정"), columns={"언어": ("한국어", "영어"), "길이": "number"}, rows=3, languages=("ko",)),
    "bare": Schema(labels=("0", "1"), rows=1),
    "unlabelled": Schema(columns={"a": "text"}, id="string"),
    "many": Schema(labels=tuple(f"class_{number}" for number in range(60)), columns={"b-c": ("d-e", "F1")}),
}

TEXTS = st.text(max_size=30)
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
DATES = st.sampled_from(["2024-01-31", "2024-02-01T18:30"])
IDENTITIES = st.integers(-(10**17), 10**17)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Any schema: names of any characters."""
    names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
    taken = {*FIELDS, "previous"}
    columns = draw(st.lists(names.filter(lambda name: name not in taken), max_size=3, unique=True))
    kinds = st.sampled_from(["number", "date", "text"]) | st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)
    return Schema(
        labels=tuple(draw(st.lists(names, min_size=1, max_size=4, unique=True))),
        columns={column: draw(kinds) for column in columns},
        id=draw(st.sampled_from(["integer", "string"])),
    )


def values(field: str, schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Any]:
    """The values that a field can be compared with; free text is drawn from `texts`."""
    kind = field_type(field, schema)
    if isinstance(kind, tuple):
        return st.sampled_from(kind)
    return {"integer": IDENTITIES, "number": NUMBERS, "date": DATES, "flag": st.booleans()}.get(kind, texts)


@st.composite
def comparisons(draw: st.DrawFn, schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> Compare:
    fields = [field for field in (*FIELDS, *schema.columns) if field_type(field, schema) != ()]
    field = draw(st.sampled_from(fields))
    op = draw(st.sampled_from(operators(field, schema)))
    one = values(field, schema, texts.filter(str.strip) if op == "contains" else texts)
    return Compare(field, op, tuple(draw(st.lists(one, min_size=1, max_size=4))) if op == "in" else draw(one))


def conditions(schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Condition]:
    leaves = comparisons(schema, texts) | st.just(Previous()) | st.integers(1, 10**6).map(Sample) | texts.map(Typed)

    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        drawn_first = st.integers(1, 10**6).map(lambda count: Not(And((Sample(count),))))
        return several.map(And) | several.map(Or) | parts.map(Not) | drawn_first

    return st.recursive(leaves, joined, max_leaves=6)


def argument(kind: Any, schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Any]:
    match kind:
        case Count(low, high):
            return st.integers(low, high)
        case Choice(choices):
            return st.sampled_from(choices)
        case Ordinal():
            return st.integers(1, kind.high) | st.sampled_from(kind.words)
        case Label():
            return st.sampled_from(schema.labels) if schema.labels else st.none()
        case Text():
            return texts
        case Partner(methods):
            forms = {"row": IDENTITIES if schema.id == "integer" else texts, "model": texts}
            forms |= {"method": st.sampled_from(methods)} if methods else {}
            forms |= {"class": st.sampled_from(schema.labels)} if schema.labels else {}
            named = [st.fixed_dictionaries({sort: values}) for sort, values in forms.items()]
            return st.sampled_from(["edit", "previous"]) | st.one_of(named)
        case Field():
            return st.sampled_from((*kind.built_in, *schema.columns))
        case Place():
            side = st.sampled_from(["before", "after"])
            return st.sampled_from(PLACES) | st.builds(lambda where, words: {where: words}, side, texts)
    raise AssertionError(f"The tests know no arguments of the kind {kind}.")


def needs_label(operation: type[Operation]) -> bool:
    return any(argument.required and isinstance(argument.kind, Label) for argument in operation.arguments().values())


@st.composite
def steps(draw: st.DrawFn, schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> Operation:
    operation = draw(st.sampled_from([one for one in OPERATIONS.values() if schema.labels or not needs_label(one)]))
    given = {}
    for name, said in operation.arguments().items():
        if said.required or draw(st.booleans()):
            given[name] = draw(argument(said.kind, schema, texts))
    return build(operation, given)


def programs(schema: Schema, texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Program]:
    several = st.lists(steps(schema, texts), min_size=1, max_size=4).map(tuple)
    return st.builds(Program, st.none() | conditions(schema, texts), several)


@st.composite
def loosely(draw: st.DrawFn, program: Program, schema: Schema) -> str:
    """The program as a person may type it: arguments in any order, spaces and line breaks at will."""
    parts = [] if program.where is None else [Program(program.where, ()).to_text(schema)]
    for step in program.steps:
        kinds = type(step).arguments()
        said = [f"{name}={kinds[name].kind.to_text(value)}" for name, value in step.given().items()]
        parts.append(" ".join([step.name, *draw(st.permutations(said))]))
    spaces = st.sampled_from([" ", "  ", "\t", "\n ", " \n"])
    quoted_or_not = re.split(r'("(?:[^"\\]|\\.)*")', draw(st.sampled_from(["|", " | ", "\n|"])).join(parts))
    for place in range(0, len(quoted_or_not), 2):  # what stands between quoted strings
        quoted_or_not[place] = re.sub(" ", lambda _: draw(spaces), quoted_or_not[place])
        quoted_or_not[place] = re.sub("[(),]", lambda match: match[0] + draw(st.sampled_from(["", " "])), quoted_or_not[place])
    return draw(st.sampled_from(["", " "])) + "".join(quoted_or_not) + draw(st.sampled_from(["", "\n"]))


@st.composite
def junk(draw: st.DrawFn, schema: Schema) -> str:
    """What is nearly a command: its words in any order, with anything between."""
    words = ["where", "|", "and", "or", "not", "(", ")", "in", ",", "=", "<=", "contains", '"', '"a"', '"\\', "sample", "-1", "7"]
    words += ["text", "previous", "top=", "class=", "with=row:", "0.5", "1e999", "\n", "\x00", "é"]
    words += [*FIELDS, *schema.columns, *schema.labels, *OPERATIONS]
    return draw(st.sampled_from(["", " "])).join(draw(st.lists(st.sampled_from(words) | st.text(max_size=4), max_size=14)))
