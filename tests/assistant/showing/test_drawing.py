"""Drawing for the page and the report: whatever a text holds, it is text there, never markup."""

from __future__ import annotations

import dataclasses
import html
import re
import string
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.dialogue import Turn
from assistant.reply import Aligned, Bars, Citations, Diff, File, Files, Highlight, Passage, Plot, Reply, Table, cited, joined
from assistant.showing import drawing, terminal
from assistant.showing.texts import speaking
from assistant.web import draw

DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "</div></p>", "&lt;b&gt; &#60; &amp",
    "**bold** _it_ `code` ~~no~~", "[a](javascript:x) ![b](c)", "# title\n- item\n1. one\n> quote", "| a | b |\n|---|---|",
    "\n\n---\n\n```\ncode\n```", "$x^2$ \\(y\\) http://evil.example", "{{x}} {%x%}", "\u202etxet", "\x00\x1b[2J\t\r\n",
    "    code", "🙂 무료",
]  # fmt: skip
TEXTS = st.text() | st.sampled_from(HOSTILE) | st.text(st.sampled_from(string.punctuation + "\n " + DIRECTION + "a1"))


class Tags(HTMLParser):
    """Collects tags, attributes and text, and sees that tags are closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.attributes, self.text, self.names = [], [], "", set()
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes += attributes
        self.text += "\n" if tag == "br" else ""
        self.open += [tag] if tag != "br" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)


@given(TEXTS)
def test_no_character_that_html_or_markdown_reads_is_left(text):
    bare = re.sub(r"&#\d+;|<br>|\[U\+[0-9A-F]{4}\]", "", drawing.escaped(text))
    assert not set(bare) & set(string.punctuation)
    assert not set(bare) & set(DIRECTION + "\n\r\t\x00\x1b")


@given(TEXTS.map(lambda text: "".join(c for c in text if c == "\n" or (c.isprintable() and c not in DIRECTION))))
def test_printable_text_is_spelled_as_it_is(text):
    assert html.unescape(drawing.escaped(text).replace("<br>", "\n")) == text


@given(TEXTS)
def test_what_is_not_printable_is_shown_as_something_else(text):
    seen = html.unescape(drawing.escaped(text).replace("<br>", "\n"))
    assert all(character.isprintable() or character == "\n" for character in seen)
    assert sum(seen.count(f"[U+{ord(mark):04X}]") for mark in DIRECTION) >= sum(text.count(mark) for mark in DIRECTION)


SCORES = st.none() | st.floats(-9, 9)
WORDS = st.none() | st.tuples(TEXTS, SCORES)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple)
BLOCKS = st.one_of(
    st.builds(Highlight, TEXTS, TEXTS, st.lists(st.tuples(TEXTS, SCORES), max_size=4).map(tuple)),
    st.builds(Aligned, TEXTS, st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS), PAIRS),
    st.builds(Bars, TEXTS, st.lists(st.tuples(TEXTS, st.floats(0, 1)), max_size=3).map(tuple)),
    st.builds(lambda title, row: Table(title, row[:2], (row[2:],)), TEXTS, st.tuples(TEXTS, TEXTS, TEXTS, TEXTS)),
    st.builds(lambda name, said: Bars(name, ((name, 0.5),), (), (said,), (3,), (name,)), TEXTS, TEXTS),
    st.builds(
        lambda form, name, said: Plot(
            name,
            (name,) * 4,
            ((name,) * 4,),
            form,
            ((0.2, 0.3, 4.0, 0.5, 1.0)[: None if form == "calibration" else 3],),
            ((said,) * 3,),
        ),
        st.sampled_from(["matrix", "calibration", "scores"]),
        TEXTS,
        TEXTS,
    ),
    st.builds(Diff, TEXTS, st.lists(st.tuples(st.sampled_from(["same", "removed", "added"]), TEXTS), max_size=4).map(tuple)),
    st.builds(lambda title, name, address: Files(title, (File(name, "text", address),)), TEXTS, TEXTS, TEXTS),
    st.builds(lambda title, text, source: Citations(title, (Passage(1, title, text, text, source),)), TEXTS, TEXTS, TEXTS),
)


@given(TEXTS, TEXTS, st.lists(BLOCKS, max_size=3))
def test_a_turn_is_whole_html_of_known_tags_only(text, understood, blocks):
    turn = Turn(text, None, understood, 1.0, (), Reply(text, tuple(blocks)), Conversation(), {})
    seen = Tags(draw.turn(turn, stage=text))
    known = {
        "div",
        "p",
        "code",
        "span",
        "sup",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "del",
        "ins",
        "ul",
        "ol",
        "li",
        "a",
    }
    known |= {"details", "summary", "button", "small"}
    assert seen.names <= known
    names = {
        "class",
        "style",
        "title",
        "tabindex",
        "role",
        "href",
        "download",
        "type",
        "value",
        "scope",
        "id",
        "lang",
        "aria-hidden",
    }
    assert {name for name, _ in seen.attributes} <= names
    for name, value in seen.attributes:
        assert name not in ("class", "style") or re.fullmatch(r"[\w\s:%.;-]*", value), (name, value)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_hostile_text_is_read_on_the_page_as_it_is(text):
    blocks = (
        Highlight(text, text, ((text, 0.5), (text, None))), Bars(text, ((text, 0.5),)), Table(text, (text,), ((text,),)),
        Diff(text, (("same", text),)), Files(text, (File(text, ""),)), Citations(text, (Passage(1, text, text, text, text),)),
    )  # fmt: skip
    seen = Tags(drawing.reply(Reply(text, blocks)))
    assert seen.text.count(text) >= 1 + 3 + 2 + 3 + 2 + 2


def test_a_highlight_marks_words_by_their_share_of_the_strongest():
    drawn = drawing.reply(Reply("x", (Highlight("t", "spam", (("free", 2.0), (" ", None), ("call", -0.5), ("me", 0.001))),)))
    assert re.findall(r'aw-(pos|neg)" style="--aw:([\d.]+)" title="([^"]*)">', drawn)[:2] == [
        ("pos", "1.00", "speaks for spam&#58; &#43;2&#46;00"),
        ("neg", "0.25", "speaks against spam&#58; &#45;0&#46;50"),
    ]
    assert "<span>me</span>" in drawn


def test_texts_that_are_mostly_the_same_stand_word_over_word_and_are_heard_once():
    pairs = ((("free", 2.0), ("Free", 0.5)), (("call", -0.5), ("text", 0.0)), (("me", None), None))
    block = Aligned("t", ("as it was", "as edited"), ("spam", "spam"), (pairs[0], *pairs))
    seen = drawing.reply(Reply("x", (block,)))
    assert seen.count("<li") == 4 and 'class="aw-two"' not in seen
    heard = [html.unescape(one) for one in re.findall(r'class="aw-heard">(.*?)</span>', seen)]
    assert heard[1:] == [
        "free. as it was: speaks for spam: +2.00; as edited: speaks for spam: +0.50",
        "as it was: call, speaks against spam: -0.50; as edited: text, speaks against spam: +0.00",
        "as it was: me; as edited: no such word",
    ]
    assert 'aw-word aw-neg aw-out"' in seen and '<span class="aw-in">text</span>' in seen


def test_other_texts_stand_in_columns_with_their_shared_words_marked():
    pairs = ((("free", 2.0), ("free", 0.5)), (("call", -0.5), None), (None, ("home", 1.0)))
    seen = drawing.reply(Reply("x", (Aligned("t", ("message 1", "message 2"), ("spam", "spam"), pairs),)))
    assert seen.count("aw-both") == 2 and "<li" not in seen
    assert re.search("message 1.*free.*call.*message 2.*free.*home", Tags(seen).text, re.DOTALL)


def test_bars_are_as_long_as_their_values():
    drawn = drawing.reply(Reply("x", (Bars("t", (("spam", 0.75), ("ham", 0.25)), (0.5, 0.5)),)))
    assert re.findall(r'aw-fill" style="width:([\d.]+%)', drawn) == ["75.0%", "25.0%"]
    assert re.findall(r'aw-mark" style="left:([\d.]+%)', drawn) == ["50.0%", "50.0%"]


def test_bars_beside_those_of_something_else_say_its_name():
    block = Bars("t", (("spam", 0.75),), (0.98,), other="message <4>")
    drawn = drawing.reply(Reply("x", (block,)))
    assert "message <4>: 98%" in Tags(drawn).text and "before" not in Tags(drawn).text
    assert "(message <4>: 98%)" in terminal.draw(Reply("x", (block,)))


def test_an_answer_is_drawn_in_its_own_language_whatever_the_page_speaks():
    blocks = (Highlight("t", "spam", (("free", 2.0), ("me", -1.0))), Bars("t", (("spam", 0.9999),), (0.5,)))
    korean, english = Reply("x", blocks, language="ko"), Reply("x", blocks)
    assert drawing.reply(korean) != drawing.reply(english)
    with speaking("ko"):
        assert re.search("speaks for.*over 99.9%.*before", drawing.reply(english))
    said = drawing.reply(korean)
    assert not re.search("speaks|over|before [0-9]", said) and "이전" in said
    assert joined(Reply(""), korean).language == "ko" == joined(korean, Reply("")).language


def test_a_diff_is_marked_for_eyes_that_see_no_colours():
    drawn = drawing.reply(Reply("x", (Diff("t", (("same", "a"), ("removed", "b"), ("added", "c"))),)))
    assert "<span>a</span><del>−b</del><ins>+c</ins>" in drawn


def test_a_passage_opens_where_it_is_cited():
    passage = Passage(2, "LIME", "What it says", "Words\nare hidden.", "Ribeiro 2016")
    drawn = drawing.reply(Reply("x", (Citations("Where this is from", (passage,)),)))
    assert "<summary>&#91;2&#93; LIME · What it says</summary>" in drawn
    assert "Words<br>are hidden&#46;" in drawn and "Ribeiro 2016" in drawn


def test_a_mark_leads_to_its_passage_and_other_brackets_stay():
    passage = Passage(2, "LIME", "What it says", "Words are hidden.", "Ribeiro 2016")
    drawn = drawing.reply(Reply("It hides words [2], see [1] and [x].", (Citations("Where this is from", (passage,)),)))
    (place,) = re.findall(r'<a class="aw-cite" href="#([\w-]+)">&#91;2&#93;</a>', drawn)
    assert f'<details class="aw-passage" id="{place}">' in drawn
    assert "&#91;1&#93; and &#91;x&#93;" in drawn


def test_passages_of_two_replies_are_numbered_on():
    one, two = (Passage(1, title, "", "text", "source") for title in ("A", "B"))
    both = joined(Reply("a [1]", (Citations("t", (one,)),)), Reply("b [1] [7]", (Citations("t", (two,)),)))
    assert both.text == "a [1]\n\nb [2] [7]"
    assert [passage.number for passage in cited(both)] == [1, 2]
    assert joined(Reply("a"), Reply("b [1]", (Citations("t", (two,)),))).text == "a\n\nb [1]"


def test_paragraphs_are_apart():
    assert drawing.reply(Reply("one\ntwo\n\nthree")) == "<p>one<br>two</p><p>three</p>"


def test_a_file_is_a_link_once_it_lies_somewhere():
    file = File("a report.html", "x" * 1500)
    assert "<a" not in drawing.reply(Reply("x", (Files("t", (file,)),)))
    seen = Tags(drawing.reply(Reply("x", (Files("t", (dataclasses.replace(file, address="file=/tmp/a b"),)),))))
    assert ("href", "file=/tmp/a b") in seen.attributes
    assert ("download", "a report.html") in seen.attributes
    assert "2 kB" in seen.text


@pytest.mark.parametrize(("count", "said"), [(0, "0 bytes"), (999, "999 bytes"), (41_424, "41 kB"), (2_340_000, "2.3 MB")])
def test_sizes_as_people_say_them(count, said):
    assert drawing.file_size(count) == said
