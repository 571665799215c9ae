"""How numbers, lists and names are said, in each language and at each level."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Edited, Subject
from assistant.saying.wording import decimal, joined, josa, odds_percent, percent, plural, shorten, signed, wording

NOUN = ("message", "messages")


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_probability_is_never_rounded_to_certainty(value):
    said = percent(value)
    assert re.fullmatch(r"(over |under )?\d+(\.\d)?%", said)
    assert float(re.search(r"[\d.]+", said)[0]) not in (0, 100)


@given(st.floats(0, 1))
def test_a_probability_is_said_within_half_a_percent(value):
    assert abs(float(re.search(r"[\d.]+", percent(value))[0]) / 100 - value) <= 0.005 + 1e-9


SAID = [
    (0, "0%"), (1, "100%"), (0.5, "50%"), (0.9996, "over 99.9%"), (0.0004, "under 0.1%"), (0.995, "99.5%"), (0.004, "0.4%"),
    (0.985, "98%"), (0.99, "99%"), (0.01, "1%"), (1.5, "150%"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "said"), SAID)
def test_percent(value, said):
    assert percent(value) == said


@given(st.floats(-30, 30))
def test_log_odds_are_said_as_a_probability(value):
    assert odds_percent(value) == percent(1 / (1 + math.exp(-value)))


@pytest.mark.parametrize(
    ("value", "said"), [(40.0, "over 99.9%"), (800.0, "over 99.9%"), (-800.0, "under 0.1%"), (math.inf, "over 99.9%")]
)
def test_no_log_odds_are_certainty(value, said):
    assert odds_percent(value) == said


def test_signed():
    assert [signed(value) for value in (0.5, -0.256, 0, -0.001)] == ["+0.50", "-0.26", "+0.00", "+0.00"]


def test_nothing_is_minus_nothing():
    assert [decimal(value) for value in (-0.004, -0.0, 0.004, -0.006)] == ["0.00", "0.00", "0.00", "-0.01"]


@given(st.lists(st.text(min_size=1), max_size=6))
def test_joined_names_every_item_in_order(items):
    said = joined(items)
    place = 0
    for item in items:
        place = said.index(item, place) + len(item)
    assert said.endswith(items[-1] if items else "")


def test_joined():
    assert [joined(list("abc")[:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert joined(("a", "b"), "or") == "a or b"


@given(st.text(), st.integers(1, 50))
def test_shorten_is_the_beginning_on_one_line(text, limit):
    said = shorten(text, limit)
    line = " ".join(text.split())
    assert len(said) <= limit
    assert said == line or (said.endswith("…") and line.startswith(said[:-1]))
    assert (said == line) == (len(line) <= limit)


def test_plural():
    assert [plural(count, *NOUN) for count in (0, 1, 2, 1234)] == ["0 messages", "1 message", "2 messages", "1,234 messages"]


LEVELS = {
    "percent": [(0.98543, "99%", "98.54%"), (0.999996, "over 99.9%", "over 99.999%"), (0.99953, "over 99.9%", "99.953%"),
                (0.000004, "under 0.1%", "under 0.001%"), (1, "100%", "100.00%")],
    "odds_percent": [(0.0, "50%", "50.00%"), (40.0, "over 99.9%", "over 99.999%")],
    "signed": [(0.12345, "+0.12", "+0.123"), (-2.0, "-2.00", "-2.000")],
    "decimal": [(0.12345, "0.12", "0.123")],
    "figure": [(1.23456789, "1.235", "1.234568"), (12.0, "12", "12")],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "plain", "expert"), [(name, *case) for name, said in LEVELS.items() for case in said])
def test_an_expert_hears_more_digits(name, value, plain, expert):
    assert wording("en").filters(expert=False)[name](value) == plain
    assert wording("en").filters(expert=True)[name](value) == expert


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_not_even_to_an_expert_a_probability_is_certainty(value):
    assert float(re.search(r"[\d.]+", percent(value, 2))[0]) not in (0, 100)


KOREAN = [
    (lambda ko: ko.percent(0.9999), "99.9% 이상"),
    (lambda ko: ko.percent(0.0001), "0.1% 미만"),
    (lambda ko: ko.percent(0.25), "25%"),
    (lambda ko: ko.joined(["집", "차"]), "집과 차"),
    (lambda ko: ko.joined(["차", "집"]), "차와 집"),
    (lambda ko: ko.joined(["spam", "ham", "기타"]), "spam, ham, 기타"),
    (lambda ko: ko.joined(["spam", "ham"], "or"), "spam 또는 ham"),
    (lambda ko: ko.quoted(["무료", "쿠폰"]), "“무료”와 “쿠폰”"),
    (lambda ko: ko.plural(1234, *ko.noun(NOUN)), "메시지 1,234개"),
    (lambda ko: ko.plural(1, "widget", "widgets"), "widget 1개"),
    (lambda ko: ko.name(Subject("a", row=3), ko.noun(NOUN)), "메시지 3번"),
    (lambda ko: ko.name(Subject("a", edits=(Edited("b", "edit"),)), ko.noun(NOUN)), "입력하신 글의 수정본"),
]  # fmt: skip


@pytest.mark.parametrize(("say", "said"), KOREAN, ids=[said for _, said in KOREAN])
def test_korean(say, said):
    assert say(wording("ko")) == said


JOSA = [
    ("spam", "은/는", "spam은"), ("ham", "이/가", "ham이"), ("positive", "을/를", "positive를"), ("긍정", "으로/로", "긍정으로"),
    ("스팸", "이라고/라고", "스팸이라고"), ("뉴스", "이라고/라고", "뉴스라고"), ("“무료”", "이/가", "“무료”가"), ("93%", "이에요/예요", "93%예요"),
    (12, "은/는", "12는"), (13, "은/는", "13은"), ("메시지 3번", "을/를", "메시지 3번을"), ("URL", "이/가", "URL이"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "pair", "said"), JOSA)
def test_a_particle_fits_the_sound_before_it(words, pair, said):
    assert josa(words, pair) == said


def test_a_full_stop_is_named_as_a_reason_to_experts_only():
    pieces = ["We", ".", "--", "🎁", "무료"]
    assert wording("en").filters(expert=False)["worded"](pieces) == ["We", "🎁", "무료"]
    assert wording("en").filters(expert=True)["worded"](pieces) == pieces
    assert wording("ko").filters(expert=False)["worded"]([".", "!"]) == [".", "!"]
