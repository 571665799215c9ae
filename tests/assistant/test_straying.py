"""Readings that take a visitor's Korean words for a text."""

from __future__ import annotations

import pytest

from assistant.operations import OPERATIONS
from assistant.programs.reader import Language
from assistant.straying import in_korean, is_stray, what_is_asked

from .strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])


@pytest.mark.parametrize(
    ("question", "program", "stray"),
    [
        ("잘 보았습니다. boring이 들어간 평은 몇 개입니까?", 'where text "boring이 들어간 평은 몇 개입니까?" | predict', True),
        ("저는 교사입니다. 판단해 주십시오.", 'where text "so it goes" | edit kind=replace old="저는" new="교사"', True),
        ('"저는 교사입니다" 이건요?', 'where text "저는 교사입니다" | predict', False),
        ("not bad at all 이건요?", 'where text "not bad at all" | predict', False),
        ("이건 왜 그래요?", "attribute", False),
        ("good을 나쁨으로 바꿔", 'edit kind=replace old="good" new="나쁨"', False),
    ],
)
def test_korean_words_that_are_no_text(question, program, stray):
    assert is_stray(LANGUAGE.read(program), question, "so it goes") is stray


def test_korean_words_of_a_korean_text_are_changed():
    assert not is_stray(LANGUAGE.read('edit kind=remove old="저는"'), "저는 빼줘", "저는 교사입니다")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("잘 보았습니다. boring이 들어간 평은 몇 개입니까?", "boring이 들어간 평은 몇 개입니까?"),
        ("왜 그렇게 보았을까요? 무슨 말에 속았는지 궁금합니다.", "왜 그렇게 보았을까요?"),
        ("덕분에 좋은 공부가 되었습니다. 안녕히 계십시오.", "안녕히 계십시오."),
        ('고맙습니다. "So. It goes." 이 글은 왜 그런가요?', '"So. It goes." 이 글은 왜 그런가요?'),
        ("boring이 들어간 평은 몇 개입니까?", None),
        ("그렇군요. 왜요?", None),
    ],
)
def test_the_sentence_that_asks(question, asked):
    assert what_is_asked(question) == asked


def test_data_with_korean_texts():
    assert in_korean(["so it goes", "그렇게 간다"])
    assert not in_korean(["so it goes"])
