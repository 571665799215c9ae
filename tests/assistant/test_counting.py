"""Numbers in words become digits where they name rows, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.counting import in_digits

NOUN = ("message", "messages")
SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("open message three hundred and twelve", "open message 312"),
        ("and three hundred and thirteen", "and 313"),
        ("what about forty-two?", "what about 42?"),
        ("the first twenty five", "the first 25"),
        ("one thousand two hundred and five please", "1205 please"),
        ("삼백이십이 번 보여줘", "322번 보여줘"),
        ("사십이번 왜?", "42번 왜?"),
        ("오십 자 이하", "50자 이하"),
        ("음 삼백이십 번 아니 삼백이십이 번 리뷰", "음 322번 리뷰"),
        ("message 12, no sorry 13", "message 13"),
        ("more than 12 wait 13 days", "more than 13 days"),
        ("12 is spam, no?", "12 is spam, no?"),
        # no numbers of rows, or not one number
        ("is it worth a hundred and ten pounds", "is it worth a hundred and ten pounds"),
        ('what about "message forty two"', 'what about "message forty two"'),
        ("messages one two three", "messages one two three"),
        ("message forty twelve", "message forty twelve"),
        ("show me three or four", "show me three or four"),
        ("show three", "show three"),
        ("이번 거", "이번 거"),
        ("이 번호는", "이 번호는"),
        ("백 개 하면", "백 개 하면"),
        ("삼백이십 번째", "삼백이십 번째"),
        ("/where id = 3 | predict", "/where id = 3 | predict"),
    ],
)
def test_dictated_numbers(question, wanted):
    assert in_digits(question, NOUN) == wanted


@given(st.integers(21, 9999).filter(lambda number: number % 10 or number % 100 > 20))
def test_every_number_that_is_said_in_english(number):
    said = english(number)
    wanted = f"message {number}" if len(said.replace("-", " ").split()) > 1 else f"message {said}"
    assert in_digits(f"message {said}", NOUN) == wanted


@given(st.integers(11, 9999))
def test_every_number_that_is_said_in_korean(number):
    said = korean(number)
    assert in_digits(f"{said} 번", NOUN) == (f"{number}번" if len(said) > 1 else f"{said} 번")


def english(number: int) -> str:
    if number >= 1000:
        rest = number % 1000
        return f"{english(number // 1000)} thousand" + (f" {'and ' if rest < 100 else ''}{english(rest)}" if rest else "")
    if number >= 100:
        return f"{SMALL[number // 100]} hundred" + (f" and {english(number % 100)}" if number % 100 else "")
    if number < 20:
        return SMALL[number]
    return TENS[number // 10 - 2] + (f"-{SMALL[number % 10]}" if number % 10 else "")


def korean(number: int) -> str:
    said = ""
    for unit, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("" if digit == 1 and name else "일이삼사오육칠팔구"[digit - 1]) + name
    return said
