"""The panes without a browser: chips, words, and what was seen."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.explanation import Explanation, Piece
from explainers.spans import Reference, find
from explainers.units import is_word, units

from assistant.programs.conditions import And, Compare, Or, Sample
from assistant.programs.schema import Schema
from assistant.web import words
from assistant.web.chips import chips
from assistant.web.markup import attribute
from assistant.web.pane import asked, changed
from assistant.web.seen import Seen

SCHEMA = Schema(labels=("ham", "spam"), columns={}, id="integer", rows=9)
SPAM, SURE, WORD = Compare("label", "=", "spam"), Compare("confidence", ">", 0.5), Compare("text", "contains", "a b")


class Event:
    def __init__(self, data):
        self._data = data


def explained(text: str, *scores: float) -> Explanation:
    pieces = [Piece(one.start(), one.end(), one[0], score) for one, score in zip(re.finditer(r"\w+", text), scores, strict=True)]
    return Explanation(text, "spam", "lime", "word", tuple(pieces), 0.0, 0.9, 2.0)


def test_each_chip_leaves_the_others():
    found = chips(And((SPAM, SURE, WORD)), SCHEMA)
    assert [chip.text for chip in found] == ["label = spam", "confidence > 0.5", 'text contains "a b"']
    assert found[1].command == '/where label = spam and text contains "a b" | count'
    assert chips(And((SPAM, SURE)), SCHEMA)[0].command == "/where confidence > 0.5 | count"


@pytest.mark.parametrize("selection", [SPAM, Or((SPAM, SURE)), Sample(3)])
def test_what_is_one_condition_is_one_chip_that_clears(selection):
    assert [chip.command for chip in chips(selection, SCHEMA)] == ["/clear"]


def test_no_selection_has_no_chip():
    assert chips(None, SCHEMA) == []


def test_words_carry_sign_and_strength_in_text():
    made = words.drawn("free old cash", explained("free old cash", 2.0, -0.4, 0.01))
    buttons = re.findall(r"<button.*?</button>", made)
    assert len(buttons) == 3
    labels = [html.unescape(re.search('aria-label="(.*?)"', one)[1]) for one in buttons]
    assert labels == [
        "free speaks for spam: +2.00, strong", "old speaks against spam: -0.40, noticeable", "cash speaks for spam: +0.01, weak",
    ]  # fmt: skip
    assert "aw-neg" in buttons[1] and "<sup>-0.40</sup>" in buttons[1]
    assert "<sup" not in buttons[2]


def test_an_explanation_of_another_text_shades_nothing():
    assert "<sup" not in words.drawn("free cash", explained("free old", 2.0, 1.0))


def test_a_repeated_word_says_which_it_is():
    assert re.findall('data-which="(.)"', words.drawn("Win or win, win!", None)) == ["1", "1", "2", "3"]


@pytest.mark.parametrize(
    "text", ["free-for-all Free, it's free", "well-known 'known' don't don", "it's a free-for-all for all", "그-글 글"]
)
def test_the_word_that_is_clicked_is_the_one_that_an_edit_finds(text):
    told = re.findall('data-word="(.*?)" data-which="(.*?)"', words.drawn(text, None))
    found = [find(text, Reference(html.unescape(word), None, int(which))).spans for word, which in told]
    assert found == [(span,) for span in units(text, "word") if is_word(span.of(text))]


def test_half_of_a_character_is_drawn_all_the_same():
    assert re.findall('data-which="(.*?)"', words.drawn("!\u0301a !\u0301a-b", None)) == ["1", "1"]


def test_the_first_word_is_reached_by_the_tab_key_whatever_stands_before_it():
    for text in ('"Free" prize', "free prize", "... 😀 (free) free"):
        assert re.findall('tabindex="(.*?)"', words.drawn(text, None)) == ["0", "-1"]


def test_only_so_many_words_can_be_clicked():
    made = words.drawn("a " * 1000, None)
    assert made.count("<button") == words.MOST
    assert len(re.sub("<.*?>", "", made)) == 2000


@given(st.text())
def test_an_attribute_gives_the_text_back_and_ends_nowhere(text):
    made = attribute(text)
    assert not set(made) & set("<>\"'`{}$=")
    if (
        not re.search("[\x00\r\x80-\x9f\ud800-\udfff\x01-\x08\x0b-\x1f\x7f\ufdd0-\ufdef]|[\ufffe\uffff]", text)
        and max(text, default="") < "\U0001fffe"
    ):
        assert html.unescape(made) == text


@pytest.mark.parametrize("data", [None, 3, {}, {"ask": 4}, {"ask": None}, [], {"view": "x"}])
def test_what_makes_no_sense_asks_and_changes_nothing(data):
    assert asked(Event(data)).command == ""
    assert changed(Event(data)) == {}


def test_what_is_clicked_is_bounded():
    assert len(asked(Event({"ask": "x" * 100_000})).command) == 20_000


def test_seen_is_of_one_text_and_one_model():
    seen = Seen(explanation=explained("free", 1.0))
    assert seen.of("free", "").explanation is not None
    assert seen.of("other", "").explanation is None
    assert seen.of("free", "another model").explanation is None
