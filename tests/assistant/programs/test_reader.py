"""What a person may type after a slash: the canonical text, and freer spellings of it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.programs.conditions import And, Compare, Not, Or, Previous, Sample, Typed
from assistant.programs.program import Program
from assistant.programs.reader import Language
from assistant.programs.schema import Schema

from ..strategies import SCHEMAS, junk, loosely, programs, schemas
from .test_complaints import is_sentence


@cache
def language(name: str) -> Language:
    return Language(OPERATIONS, SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_text_form_reads_back_equal(name, data):
    program = data.draw(programs(SCHEMAS[name]))
    assert language(name).read(program.to_text(SCHEMAS[name])) == program


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_spaces_and_the_order_of_arguments_are_free(name, data):
    program = data.draw(programs(SCHEMAS[name]))
    assert language(name).read(data.draw(loosely(program, SCHEMAS[name]))) == program


@settings(max_examples=25)
@given(st.data())
def test_names_of_any_characters_read_back(data):
    schema = data.draw(schemas())
    program = data.draw(programs(schema))
    assert Language(OPERATIONS, schema).read(program.to_text(schema)) == program


SPAM, SECOND = Compare("label", "=", "spam"), Compare("id", "=", 2)
TYPED = [
    ("where id=2|show", SECOND),
    ("where id = 2\n| show", SECOND),
    ("where  id in(1,2 , 3) | show", Compare("id", "in", (1, 2, 3))),
    ("where label = spam and id = 2 or previous | show", Or((And((SPAM, SECOND)), Previous()))),
    ("where label = spam and (id = 2 or previous) | show", And((SPAM, Or((SECOND, Previous()))))),
    ("where not label = spam and sample 3 | show", And((Not(SPAM), Sample(3)))),
    ("where not (label = spam and id = 2) | show", Not(And((SPAM, SECOND)))),
    ("where (((label = spam))) | show", SPAM),
    (r'where text "say \"no\" | predict\u0041" | show', Typed('say "no" | predictA')),
    ('where text contains "and" | show', Compare("text", "contains", "and")),
    ("where age > 1e3 | show", Compare("age", ">", 1000.0)),
    ("where age > -0.5 | show", Compare("age", ">", -0.5)),
    ('where label = "spam" | show', SPAM),
    ('where "age" > 3 and "label" = "spam" | show', And((Compare("age", ">", 3), SPAM))),
    ('where sender in ("bank", friend) | show', Compare("sender", "in", ("bank", "friend"))),
    ("where label = spam\r\n| show", SPAM),
    ("where\u00a0id\u3000= 2 | show", SECOND),
    ('where text "line one\nline\ttwo" | show', Typed("line one\nline\ttwo")),
    (r'where text "half \ud800" | show', Typed("half \ufffd")),
    ("where (sample 3) and label = spam | show", And((And((Sample(3),)), SPAM))),
    ("where age = 444444444444444444E84 | show", Compare("age", "=", 444444444444444444e84)),
]


@pytest.mark.parametrize(("text", "condition"), TYPED, ids=[text for text, _ in TYPED])
def test_typed_conditions(text, condition):
    assert language("plain").read(text).where == condition


def test_typed_arguments():
    steps = language("plain").read('attribute class = "spam" top =3|edit where=before: "now" new="x" | compare with=row:7').steps
    assert [step.given() for step in steps] == [
        {"top": 3, "class": "spam"},
        {"new": "x", "where": {"before": "now"}},
        {"with": {"row": 7}},
    ]


@pytest.mark.parametrize("name", ["notid", "not_x", "nottext", "orid", "android", "previousor", "sampled", "textual"])
def test_a_column_may_begin_as_a_keyword_does(name):
    schema = Schema(labels=("a", "b"), columns={name: "number", "_x": "number", "d": "number"})
    for condition in (Compare(name, "=", 3), Not(Compare(name, "=", 3)), Or((Previous(), Compare(name, "<", 3)))):
        program = Program(condition, (OPERATIONS["show"](),))
        assert Language(OPERATIONS, schema).read(program.to_text(schema)) == program


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_reads_back(number):
    program = Program(Compare("age", "=", number), (OPERATIONS["show"](),))
    assert language("plain").read(program.to_text(SCHEMAS["plain"])) == program


@pytest.mark.parametrize("name", ["plain", "odd", "unlabelled"])
@settings(max_examples=200)
@given(data=st.data())
def test_junk_is_read_or_complained_about(name, data):
    text = data.draw(junk(SCHEMAS[name]) | st.text())
    try:
        program = language(name).read(text)
    except AskWhyError as error:
        assert is_sentence(str(error))
    else:
        program.check(SCHEMAS[name])


def test_a_schema_without_labels_has_no_label_field():
    with pytest.raises(AskWhyError):
        language("unlabelled").read('where label = "?" | count')
    with pytest.raises(AskWhyError):
        Language(OPERATIONS, Schema()).read("counterfactual to=?")
