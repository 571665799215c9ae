"""Units of texts in many scripts, and the tokens that lie in them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.units import Span, assign, count_units, units

SCRIPTS = {
    "hangul": "가나다한글무료상품ㄱㅏ .!?\n",
    "chinese": "今天免费领奖你好。！？，、\n",
    "japanese": "こんにちはカタカナー漢字。！？「」 \n",
    "emoji": "👍🏽👨‍👩‍👧🎁❤️ ab.\n",
    "marks": "e\u0301a\u0308n\u0303हिन्दीक्षि ไทยกำ \n",
    "arabic": "مرحبا بالعالم ٣٤ ؟\n",
    "latin": "abcXYZ019_'’-.,!?;:()[]{}@#$%&*\"/\\ \t\n\r",
    "spaces": "a.\u00a0\u2003\u3000\u200b\u2028 \r\n\t",
    "separators": "a.!\x1c\x1d\x1e\x1f\x85\x0b\n ",
}


@pytest.mark.parametrize("unit", ["word", "sentence", "line", "paragraph"])
@pytest.mark.parametrize("script", SCRIPTS)
@given(data=st.data())
def test_every_script_is_cut_in_order_and_whole(unit, script, data):
    text = data.draw(st.text(alphabet=SCRIPTS[script], max_size=50))
    spans = units(text, unit)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert not any(span.of(text).isspace() for span in spans)
    held = {place for span in spans for place in range(span.start, span.end)}
    assert all(place in held for place, character in enumerate(text) if character.isalnum())
    if unit == "word":
        assert all(place not in held for place, character in enumerate(text) if character.isspace())
    if unit == "paragraph":
        assert all(line.strip() for span in spans for line in span.of(text).split("\n"))
        lines = [line.of(text).strip() for line in units(text, "line")]
        assert [line.strip() for span in spans for line in span.of(text).split("\n")] == lines
    if unit == "line":
        assert not any("\n" in span.of(text) for span in spans)
        assert len(spans) == sum(not line.isspace() and line != "" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't you’re e-mail", ["Don't", "you’re", "e-mail"]),
        ("win £1,000!!", ["win", "£", "1", ",", "000", "!!"]),
        ("-a- 'b'", ["-", "a", "-", "'", "b", "'"]),
        ("cafe\u0301 hi", ["cafe\u0301", "hi"]),
        ("l'e\u0301te\u0301", ["l'e\u0301te\u0301"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("무료 상품을!", ["무료", "상품을", "!"]),
        ("a_b\tc", ["a_b", "c"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_words(text, expected):
    assert [span.of(text) for span in units(text, "word")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 3.50 now. Buy!", ["It costs 3.50 now.", "Buy!"]),
        ("今日は。元気？はい！", ["今日は。", "元気？", "はい！"]),
        ("What?! Really...", ["What?!", "Really..."]),
        ("first line\nsecond line", ["first line", "second line"]),
    ],
)
def test_sentences(text, expected):
    assert [span.of(text) for span in units(text, "sentence")] == expected


def test_lines_keep_their_inside():
    text = "  a b \n\n \nc.d\r\n"
    assert [span.of(text).strip() for span in units(text, "line")] == ["a b", "c.d"]


def test_paragraphs_end_at_lines_that_look_empty():
    text = "\n a b.\nc d \n \t\r\n\n e\r\nf\r\n\r\ng\n"
    assert [span.of(text).strip() for span in units(text, "paragraph")] == ["a b.\nc d", "e\r\nf", "g"]
    assert count_units(text, "paragraph") == 3


def test_counts_leave_punctuation_out():
    assert count_units("... !!! 👍", "word") == 0
    assert count_units("... a!!! b_ _", "word") == 2
    assert count_units("a\n\n...\nb", "line") == 2


def test_tokens_go_to_the_unit_of_their_first_visible_character():
    text = "You won't  go"
    spans = [Span(0, 3), Span(4, 9), Span(11, 13)]
    offsets = [(0, 0), (0, 3), (3, 7), (7, 9), (9, 10), (10, 13), (0, 0)]
    assert assign(text, offsets, spans) == [-1, 0, 1, 1, -1, 2, -1]
    assert assign(text, [(0, 3)], []) == [-1]
    assert assign(text, [(2, 5)], spans) == [0]


@pytest.mark.parametrize(
    ("unit", "said"), [("words", "did you mean 'word'"), ("zz", "choose from token, word, sentence, line, paragraph")]
)
def test_unknown_units(unit, said):
    with pytest.raises(AskWhyError, match=said):
        units("a", unit)
