"""Conditions say the same in JSON and in text, and are checked against the schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.conditions import (
    FIELDS,
    KEYWORDS,
    And,
    Compare,
    Not,
    Or,
    Previous,
    Sample,
    Typed,
    check,
    from_json,
    leaves,
    name_text,
    operators,
    to_json,
    to_text,
)

from .strategies import SCHEMAS, conditions

PLAIN = SCHEMAS["plain"]
SPAM, OLD, LONG = Compare("label", "=", "spam"), Compare("age", ">", 30), Compare("words", ">=", 9)

WRITTEN = [
    (SPAM, "label = spam"),
    (Compare("id", "in", (3, 67, 450)), "id in (3, 67, 450)"),
    (Compare("sender", "in", ("bank", "friend")), "sender in (bank, friend)"),
    (Compare("text", "contains", 'say "no"\n'), r'text contains "say \"no\"\n"'),
    (Compare("correct", "=", False), "correct = false"),
    (Compare("confidence", "<", 0.6), "confidence < 0.6"),
    (Compare("sent", ">=", "2024-01-31"), 'sent >= "2024-01-31"'),
    (And((SPAM, OLD, LONG)), "label = spam and age > 30 and words >= 9"),
    (Or((And((SPAM, OLD)), LONG)), "(label = spam and age > 30) or words >= 9"),
    (And((Or((SPAM, OLD)), Not(LONG))), "(label = spam or age > 30) and not words >= 9"),
    (Not(And((SPAM, OLD))), "not (label = spam and age > 30)"),
    (Not(Not(SPAM)), "not not label = spam"),
    (And((Previous(), Sample(3))), "previous and sample 3"),
    (Typed("Call me"), 'text "Call me"'),
]


@pytest.mark.parametrize(("condition", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_text_form(condition, text):
    assert to_text(condition, PLAIN) == text


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_json_form_reads_back_equal_and_fits_the_schema(name, data):
    condition = data.draw(conditions(SCHEMAS[name]))
    assert from_json(json.loads(json.dumps(to_json(condition)))) == condition
    check(condition, SCHEMAS[name])


def test_json_form_is_the_contract():
    condition = And((Compare("id", "in", (3, 4)), Or((Not(Previous()), Typed("a"))), Sample(10)))
    assert to_json(condition) == {
        "and": [
            {"field": "id", "op": "in", "value": [3, 4]},
            {"or": [{"not": {"previous": True}}, {"text": "a"}]},
            {"sample": 10},
        ]
    }


@pytest.mark.parametrize(
    "data",
    [
        None, [], "label", {}, {"field": "id"}, {"field": 1, "op": "=", "value": 1}, {"and": []}, {"or": {}}, {"not": 3},
        {"previous": False}, {"sample": 0}, {"sample": "3"}, {"text": 3}, {"sample": 1, "previous": True},
        {"field": "id", "op": "=", "value": 1, "more": 2}, {"field": "id", "op": "in", "value": 3},
        {"field": "id", "op": "=", "value": [3]}, {"field": "id", "op": "==", "value": 3}, {"and": [{"x": 1}]},
    ],
)  # fmt: skip
def test_json_that_is_no_condition(data):
    with pytest.raises(AskWhyError):
        from_json(data)


WRONG = [
    (Compare("lable", "=", "spam"), "did you mean 'label'?"),
    (Compare("label", "=", "spm"), "did you mean 'spam'?"),
    (Compare("sender", "in", ("bank", "frend")), "did you mean 'friend'?"),
    (Compare("age", "contains", "3"), "'age' cannot be compared with 'contains'; it takes =, !=, <"),
    (Compare("label", "<", "spam"), "'label' cannot be compared with '<'; it takes =, !=, in."),
    (Compare("age", "=", "old"), "'age' is a number here, and 'old' is not one."),
    (Compare("id", "=", "three"), "'id' is a number here, and 'three' is not one."),
    (Compare("words", "=", True), "'words' is a number here, and 'True' is not one."),
    (Compare("correct", "=", "yes"), "'correct' is true or false, not 'yes'."),
]


@pytest.mark.parametrize(("condition", "said"), WRONG, ids=[said for _, said in WRONG])
@pytest.mark.parametrize("within", [lambda c: c, Not, lambda c: And((SPAM, Or((c, OLD))))], ids=["alone", "not", "and or"])
def test_check_names_what_would_fit(condition, said, within):
    with pytest.raises(AskWhyError) as caught:
        check(within(condition), PLAIN)
    assert said in str(caught.value)


def test_operators_by_kind():
    assert operators("id", PLAIN) == ("=", "!=", "<", "<=", ">", ">=", "in")
    assert operators("id", SCHEMAS["odd"]) == ("=", "!=", "in")
    assert operators("text", PLAIN) == ("contains",)
    assert operators("note", PLAIN) == ("contains", "=", "!=")
    assert operators("correct", PLAIN) == ("=",)


@given(st.text(max_size=12))
def test_a_name_is_bare_only_when_it_reads_as_one_word(name):
    text = name_text(name)
    if text == name:
        assert name.isascii() and name.replace("_", "a").replace("-", "a").isalnum() and name.lower() not in KEYWORDS
    else:
        assert json.loads(text) == name


@pytest.mark.parametrize("name", [*sorted(KEYWORDS), "And", "TRUE"])
def test_keywords_are_quoted(name):
    assert name_text(name) == f'"{name}"'


def test_leaves_in_order():
    assert list(leaves(Or((And((SPAM, Not(OLD))), Previous())))) == [SPAM, OLD, Previous()]


def test_every_field_has_comparisons():
    assert all(operators(field, PLAIN) for field in FIELDS)
