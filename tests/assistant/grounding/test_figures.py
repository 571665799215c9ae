"""Numbers as people say them, in both languages, and which may be said for which."""

from __future__ import annotations

import pytest

from assistant.grounding.figures import Figure, figures, value_figures
from assistant.grounding.words import lexicon


def read(text: str, language: str = "en") -> list[Figure]:
    return figures(text.lower(), lexicon(language))


SAID = [
    ("en", "with 93%", [(93, True, "")]),
    ("en", "about 93 percent of 1,234 messages", [(93, True, ""), (1234, False, "")]),
    ("en", "over 99.9% sure", [(99.9, True, "over")]),
    ("en", "over 40 messages", [(40, False, "")]),
    ("en", "with more than 10 words", [(10, False, "over")]),
    ("en", "at most three words", [(3, False, "under")]),
    ("en", "(+0.05), (-1.42)", [(0.05, False, ""), (-1.42, False, "")]),
    ("en", "nine in ten, or 9 out of 10", [(90, True, ""), (90, True, "")]),
    ("en", "half of them, a third", [(50, True, ""), (33.3, True, "")]),
    ("en", "pages 3-5 of v2.0 and abc12", [(3, False, ""), (5, False, "")]),
    ("ko", "메시지 478개 가운데 93퍼센트예요", [(478, False, ""), (93, True, "")]),
    ("ko", "확률은 98%예요", [(98, True, "")]),
    ("ko", "99.9% 이상", [(99.9, True, "over")]),
    ("ko", "단어 세 개를 두 번", [(3, False, ""), (2, False, "")]),
    ("ko", "10번 중 9번, 열에 아홉", [(90, True, ""), (90, True, "")]),
    ("ko", "절반 정도, 3분의 1", [(50, True, ""), (33.33, True, "")]),
    ("ko", "두드러진 네모", []),
    ("en", "three quarters, two-thirds, one in four", [(75, True, ""), (66.67, True, ""), (25, True, "")]),
    ("en", "forty-two percent, fourteen messages", [(42, True, ""), (14, False, "")]),
    ("en", "4.4 thousand messages, 23 million", [(4400, False, ""), (23e6, False, "")]),
    ("en", "the second, no. 3 and the 4th of 5", [(5, False, "")]),
    ("en", "no longer than 12 words, 3 or fewer", [(12, False, "under"), (3, False, "under")]),
    ("ko", "열두 개, 서른 번, 22.7백만 개", [(12, False, ""), (30, False, ""), (22.7e6, False, "")]),
    ("ko", "4분의 3, 삼분의 이", [(75, True, ""), (66.67, True, "")]),
    ("ko", "두 번째, 3위, 1번째", []),
]


@pytest.mark.parametrize(("language", "text", "expected"), SAID, ids=[text for _, text, _ in SAID])
def test_numbers_are_read(language, text, expected):
    assert [(round(one.value, 2), one.percent, one.bound) for one in read(text, language)] == expected


FITS = [
    ("93%", "93.4%", True), ("93%", "93.6%", False), ("94%", "93.4%", False), ("93.4%", "93%", False), ("93%", "93%", True),
    ("about 90%", "88%", True), ("about 90%", "83%", False), ("90%", "88%", False), ("nine in ten", "93%", True),
    ("nine in ten", "80%", False), ("100%", "over 99.9%", False), ("0%", "0.3%", False), ("over 90%", "93%", True),
    ("over 95%", "93%", False), ("under 5%", "3%", True), ("about 1,200", "1,234", True), ("1,200", "1,234", False),
    ("-0.05", "0.05", False), ("0.05", "-0.05", True), ("+0.05", "-0.05", False), ("0.93", "93%", True), ("93", "93%", False),
    ("10 words", "more than 10 words", False), ("fewer than 10", "more than 10", False), ("18", "18.33", True),
    ("almost a quarter", "21%", True), ("a quarter", "21%", False), ("4 out of 5", "4 messages", True),
    ("3 out of 5", "4 messages", False), ("over 10 words", "more than 10 words", True), ("two", "1.6", False),
    ("23 million", "22.7 million", True), ("two in three", "67%", True), ("nearly a coin toss", "46%", True),
]  # fmt: skip


@pytest.mark.parametrize(("said", "right", "fits"), FITS, ids=[f"{said} for {right}" for said, right, _ in FITS])
def test_which_number_may_be_said_for_another(said, right, fits):
    (one,), (other,) = read(f"it is {said}"), read(f"it is {right}")
    assert one.agrees(other) == fits


def test_a_fact_is_said_as_a_number_or_as_a_percentage():
    for said, fits in (("93%", True), ("0.93", True), ("92%", False), ("1", True), ("nine in ten", True)):
        (one,) = read(f"it is {said}")
        assert any(one.agrees(fact) for fact in value_figures(0.931)) == fits, said
