"""What a question names of the schema."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parsing.linking import MOST, Linker, question_alone
from assistant.programs.schema import Schema

SCHEMA = Schema(
    labels=("very positive", "positive", "not toxic", "waterDamage", "speech_act", "분노"),
    columns={"source": ("TikTok", "news paper"), "word count": "number", "성별": ("남", "여")},
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("why is 12 very positive?", ['label "very positive"']),
        ("is it positive", ["label positive"]),
        ("very positive or just positive", ['label "very positive"', "label positive"]),
        ("show the Not-Toxic ones", ['label "not toxic"']),
        ("water damage, waterdamage, speech acts", ["label waterDamage", "label speech_act"]),
        ("tiktok texts by WORD COUNT", ['"word count"', "source = TikTok"]),
        ("what makes it postive", ["label positive"]),
        ("only the damage", ["label waterDamage"]),
        ("분노라고 한 것", ['label "분노"']),
        ("분노클래스에서 성별이 여인데", ['"성별"', 'label "분노"', '"성별" = "여"']),
        ("여기 뭐 있어", []),
        ("hello there", []),
        ("", []),
    ],
)
def test_names_are_found_by_their_spelling(question: str, named: list[str]) -> None:
    said = Linker(SCHEMA).named(question)
    assert sorted(said.strip().split("; ") if said else []) == sorted(named)


def test_few_names_are_told() -> None:
    labels = tuple(f"kind {number}" for number in range(300))
    assert Linker(Schema(labels=labels)).named(" ".join(labels)).count("label") == MOST


def test_an_empty_schema_names_nothing() -> None:
    assert Linker(Schema()).named("why?") == ""


@given(st.text(max_size=80))
def test_any_question_keeps_its_own_line(question: str) -> None:
    line = " ".join(question.split())
    named = Linker(SCHEMA).named(line)
    assert question_alone(line + named) == line
    assert "\n" not in named[1:]


def test_a_korean_question_is_followed_by_its_gloss_and_by_what_that_names() -> None:
    assert Linker(SCHEMA).told("긍정인 것만 보여줘") == "\n= positive only ones show\nlabel positive"
    assert Linker(SCHEMA).told("why is it positive") == "\nlabel positive"
