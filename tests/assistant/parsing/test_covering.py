"""What a reading of a question leaves out of it, and that a fuller reading is preferred."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError

from assistant.parsing.covering import left_out
from assistant.parsing.linking import Linker

from ..strategies import SCHEMAS
from .test_parser import parser

LINKER = Linker(SCHEMAS["plain"])


@pytest.mark.parametrize(
    "question, program, lost",
    [
        ("compare e_0x44 with ed7ypvh", 'where id = "e_0x44" | compare with=row:"ed7ypvh"', 0),
        ("compare e_0x44 with ed7ypvh", 'where id = "e_0x44" | compare with=row:"e_0x44"', 1),
        ("257번 설명해줘", "where id = 257 | attribute", 0),
        ("257번 설명해줘", "attribute", 1),
        ("sure by 95% or more", "where confidence >= 0.95 | show", 0),
        ("longer than 1,000 signs", "where characters > 1000 | show", 0),
        ("the ham that says 'win a phone'", 'where label = ham and text contains "win a phone" | show', 0),
        ("the ham that says 'win a phone'", "where label = ham | show", 1),
        ("the ham that says 'win a phone'", 'where text contains "win a phone" | show', 1),
        ("which come from the bank?", "where sender = bank | show", 0),
        ("which come from the bank?", "show", 1),
        ("is 12 spam?", "where id = 12 | predict", 0),
        ("is 12 spam?", "where id = 12 | attribute", 1),
        ("it's the 100th time that I don't get it", "detail level=plain", 0),
    ],
)
def test_what_is_left_out(question, program, lost):
    assert left_out(question, program, LINKER) == lost


FULLER = "where label = spam and words > 8 | count\n"


@pytest.mark.parametrize(
    "others, read",
    [
        ((("where label = ham | count\n", 0.4), (FULLER, 0.1)), FULLER),
        ((("where label = ham | count\n", 0.4),), "where label = spam | count"),
        ((("decline reason=unsupported\n", 0.4),), "where label = spam | count"),
    ],
)
def test_a_fuller_reading_is_preferred_to_a_likelier_one(others, read):
    one, _ = parser(close=0.9, confidence=0.5, others=others)
    parse = one.parse("how much spam has more than 8 words")
    assert parse.program.to_text(SCHEMAS["plain"]) == read.strip()
    if read == FULLER:
        assert parse.likelihood == 0.1 and parse.second is None


def test_nothing_more_is_asked_where_all_is_kept():
    one, chat = parser()
    one.parse("how much spam")
    assert len(chat.asked) == 1


def test_a_number_too_large_is_tried_where_it_fits():
    said = {"said": "repeat top=80\n", "confidence": 0.6, "close": 0.9}
    fits = ("where words < 80 | repeat\n", 0.1)
    assert parser(**said, others=(fits,))[0].parse("and under 80 words?").program.to_text(SCHEMAS["plain"]) == fits[0].strip()
    cut = parser(**said, others=(("repeat top=8\n", 0.04), ("repeat\n", 0.05)))[0]
    with pytest.raises(AskWhyError, match="'top' of 'repeat' takes a whole number from 1 to 50, not '80'"):
        cut.parse("the top 80 instead")
