"""The rough gloss of a Korean question."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parsing.glossing import LONGEST, WordList, gloss, word_list

WORDS = WordList(
    stems={"단어": "word", "단어장": "notebook", "바꾸": "change", "확률": "probability", "예측": "predict", "뽑": "pick"},
    alone={"글": "text", "세": "three"},
    endings={"면": "if", "라면": "if so", "만": "only"},
)


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("단어", ["word"]),
        ("단어를", ["word"]),
        ("단어장에", ["notebook"]),
        ("바꾸면", ["change", "if"]),
        ("바꾸라면", ["change", "if so"]),
        ("예측확률", ["predict", "probability"]),
        ("재예측", ["predict"]),
        ("뽑아줘", ["pick"]),
        ("글만", ["text", "only"]),
        ("글", ["text"]),
        ("글쎄", []),
        ("세상", []),
        ("라면", []),
        ("모르는", []),
    ],
)
def test_a_word_is_its_longest_stem_what_else_is_in_it_and_its_ending(word: str, english: list[str]) -> None:
    assert list(WORDS.word(word)) == english


def test_the_order_numbers_and_latin_words_stay_and_quoted_words_are_left_out() -> None:
    assert gloss("12번 글에서 '무료 환불'을 빼면 spam 확률은?") == "12 row text in ... remove if spam probability"


@pytest.mark.parametrize("question", ["", "why is it spam?", "'왜'", "뷁쉙", "3"])
def test_what_is_not_in_the_list_has_no_gloss(question: str) -> None:
    assert gloss(question) == ""


@given(st.text(alphabet="왜단어 바꾸면ㅋ12ab\"'\n<", max_size=400))
def test_a_gloss_is_plain_words_and_no_longer_than_it_may_be(question: str) -> None:
    told = gloss(question)
    assert len(told.split(" ")) <= LONGEST * 3 and not re.search(r"[가-힣\n\"'<]", told)


def test_the_list_is_well_formed() -> None:
    words = word_list()
    for spelling, meaning in {**words.stems, **words.alone, **words.endings}.items():
        assert re.fullmatch("[가-힣ㄱ-ㅎㅏ-ㅣ]+", spelling), spelling
        assert re.fullmatch(r"[a-z0-9][a-z0-9 .'-]*", meaning), (spelling, meaning)
    assert len(words.stems) > 2000 and all(len(spelling) == 1 for spelling in words.alone)
