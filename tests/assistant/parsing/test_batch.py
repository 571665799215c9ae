"""Many questions as lines of JSON."""

from __future__ import annotations

import json

import pytest

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parsing.batch import parse_lines
from assistant.parsing.parser import Parser

from ..strategies import SCHEMAS

PARSER = Parser(OPERATIONS, SCHEMAS["plain"], None)


def test_each_line_is_answered_in_order():
    lines = [
        '{"text": "/where label = spam | count"}',
        "",
        "  ",
        '{"text": "/shwo", "more": 1}',
        '{"text": "/무료"}',
        '{"text": "hi"}',
    ]
    answers = [json.loads(json.dumps(answer)) for answer in parse_lines(lines, PARSER, "q.jsonl")]
    assert [answer["text"] for answer in answers] == ["/where label = spam | count", "/shwo", "/무료", "hi"]
    where = {"field": "label", "op": "=", "value": "spam"}
    assert answers[0]["program"] == {"where": where, "steps": [{"op": "count"}]}
    assert (answers[0]["confidence"], set(answers[0])) == (1.0, {"text", "program", "confidence", "seconds"})
    for answer, said in zip(answers[1:], ("did you mean 'show'?", "no operation", "No language model"), strict=True):
        assert (answer["program"], answer["confidence"]) == (None, 0.0)
        assert said in answer["error"]


@pytest.mark.parametrize("line", ["nope", "{", "[]", "{}", "3", "null", '"text"', '{"question": "x"}'])
def test_a_line_that_is_no_question_is_told_by_its_number(line):
    with pytest.raises(AskWhyError) as caught:
        list(parse_lines(['{"text": "/help"}', "", line], PARSER, "q.jsonl"))
    assert str(caught.value) == 'Line 3 of q.jsonl is not an object with a "text".'


def test_no_lines_no_answers():
    assert list(parse_lines([], PARSER, "q.jsonl")) == []
