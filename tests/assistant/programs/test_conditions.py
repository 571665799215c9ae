"""Conditions say the same in JSON and in text, and are checked against the schema."""

from __future__ import annotations

import json
import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.programs.conditions import (
    DEEPEST,
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
    depth,
    from_json,
    leaves,
    mended,
    moment,
    name_text,
    operators,
    to_json,
    to_text,
    unquote,
)

from ..strategies import SCHEMAS, conditions

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
    (And((And((Sample(3),)), SPAM)), "(sample 3) and label = spam"),
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
        {"field": "id", "op": "=", "value": [3]}, {"field": "id", "op": "in", "value": []}, {"sample": True}, {"field": "id", "op": "==", "value": 3}, {"and": [{"x": 1}]},
    ],
)  # fmt: skip
def test_json_that_is_no_condition(data):
    with pytest.raises(AskWhyError):
        from_json(data)


def test_conditions_stand_within_each_other_up_to_a_depth():
    data = to_json(SPAM)
    for _ in range(DEEPEST - 1):
        data = {"not": data}
    assert depth(from_json(data)) == DEEPEST
    with pytest.raises(AskWhyError, match="nested more than 50 deep"):
        from_json({"or": [data]})


def test_depth_is_that_of_the_deepest_part():
    assert [depth(SPAM), depth(Not(SPAM)), depth(And((SPAM, Or((Not(SPAM), OLD)))))] == [1, 2, 4]


def test_halves_of_pairs_are_mended():
    assert from_json({"text": "a\ud800"}) == Typed("a\ufffd")
    assert from_json({"field": "note", "op": "in", "value": ["\udfff", "b"]}) == Compare("note", "in", ("\ufffd", "b"))
    assert [unquote(r'"\ud83d\ude42"'), unquote(r'"\ud83d"'), mended("무료 🙂")] == ["🙂", "\ufffd", "무료 🙂"]


def test_a_quoted_text_may_hold_line_breaks_as_they_are():
    assert unquote('"a\nb\tc"') == "a\nb\tc"


def test_a_moment_is_in_utc():
    assert moment("2024-01-31") == datetime(2024, 1, 31)
    assert moment("2024-01-31T18:30+02:00") == datetime(2024, 1, 31, 16, 30)


WRONG = [
    (Compare("lable", "=", "spam"), "did you mean 'label'?"),
    (Compare("label", "=", "spm"), "did you mean 'spam'?"),
    (Compare("sender", "in", ("bank", "frend")), "did you mean 'friend'?"),
    (Compare("age", "contains", "3"), "'age' cannot be compared with 'contains'; it takes =, !=, <"),
    (Compare("label", "<", "spam"), "'label' cannot be compared with '<'; it takes =, !=, in."),
    (Compare("age", "=", "old"), "'age' is a number here, and 'old' is not one."),
    (Compare("id", "=", "three"), "'id' is a whole number here, and 'three' is not one."),
    (Compare("id", "=", 3.5), "'id' is a whole number here, and '3.5' is not one."),
    (Compare("id", "<", 10**18), "1e+18 is too large a number"),
    (Compare("age", ">", math.inf), "'age' is a number here, and 'inf' is not one."),
    (Compare("sender", "=", 3), "'sender' is a text here, and 3 is not one; write it in quotes."),
    (Compare("note", "=", None), "'note' is a text here, and None is not one"),
    (Compare("text", "contains", 5), "'text' is a text here, and 5 is not one"),
    (Compare("text", "contains", " "), "'text contains' needs words to look for."),
    (Compare("sent", ">", 5), "'sent' is a text here, and 5 is not one"),
    (Compare("sent", ">", "yesterday"), "'yesterday' is not a date; write one like 2024-01-31"),
    (Sample(0), "A sample has at least 1 row, not 0."),
    (Sample(-5), "A sample has at least 1 row, not -5."),
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
