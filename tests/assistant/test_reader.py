"""What a person may type after a slash: the canonical text, freer spellings of it, and mistakes."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.conditions import And, Compare, Not, Or, Previous, Sample, Typed
from assistant.operations import OPERATIONS
from assistant.reader import LONGEST, Language
from assistant.schema import Schema

from .strategies import SCHEMAS, junk, loosely, programs, schemas


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
]


@pytest.mark.parametrize(("text", "condition"), TYPED, ids=[text for text, _ in TYPED])
def test_typed_conditions(text, condition):
    assert language("plain").read(text).where == condition


def test_typed_arguments():
    steps = language("plain").read('attribute class=spam top=3|edit where=before: "now" new="x" | compare with=row:7').steps
    assert [step.given() for step in steps] == [
        {"top": 3, "class": "spam"},
        {"new": "x", "where": {"before": "now"}},
        {"with": {"row": 7}},
    ]


MISTAKES = [
    ("shwo", "did you mean 'show'?"),
    ("show | predcit", "did you mean 'predict'?"),
    ("where lable = spam | count", "did you mean 'label'?"),
    ("where label = spam and sendr = bank | count", "did you mean 'sender'?"),
    ("where label = spm | count", "did you mean 'spam'?"),
    ("where label in (spm) | count", "did you mean 'spam'?"),
    ("likelihood class=spm", "did you mean 'spam'?"),
    ("counterfactual to=hm", "did you mean 'ham'?"),
    ("attribute tpo=3", "did you mean 'top'?"),
    ("help top=3", "'help' has no such argument; it takes none."),
    ("show n=0", "takes a whole number from 1 to 50, not '0'"),
    ("show n=3 n=4", "'n' of 'show' is given twice."),
    ("clarify", "'clarify' needs the argument 'missing'."),
    ("where id = x | show", "at 'x'"),
    ("where correct = yes | show", "at 'yes'"),
    ("", "stops too early"),
    ("show |", "stops too early"),
    ("where label = spam", "spam"),
    ("where label = spam |", "stops too early"),
    ("x" * (LONGEST + 1), "at most 4000"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text[:50] or "empty" for text, _ in MISTAKES])
def test_a_mistake_is_told_in_one_sentence(text, said):
    with pytest.raises(AskWhyError) as caught:
        language("plain").read(text)
    assert said in str(caught.value)
    assert is_sentence(str(caught.value))


@pytest.mark.parametrize("name", ["plain", "odd", "unlabelled"])
@settings(max_examples=200)
@given(data=st.data())
def test_junk_is_read_or_complained_about(name, data):
    text = data.draw(junk(SCHEMAS[name]) | st.text())
    try:
        program = language(name).read(text)
    except AskWhyError as error:
        assert is_sentence(str(error).replace("\n", " "))
    else:
        program.check(SCHEMAS[name])


def test_a_schema_without_labels_has_no_label_field():
    with pytest.raises(AskWhyError):
        language("unlabelled").read('where label = "?" | count')
    with pytest.raises(AskWhyError):
        Language(OPERATIONS, Schema()).read("counterfactual to=?")


def is_sentence(message: str) -> bool:
    return "\n" not in message and len(message) < 400 and bool(re.search(r"\w.*[.?]$", message))
