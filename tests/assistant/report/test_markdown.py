"""The report as Markdown: what it says is read as it is, and no text in it becomes markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.reply import Aligned, Bars, Citations, Diff, Highlight, Passage, Reply, Table
from assistant.report.document import report_of
from assistant.report.markdown import code, escaped, fenced, markdown, reply
from assistant.showing.terminal import printable

commonmark = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = [
    "<script>alert(1)</script>", "**bold** _it_ `code` ~~no~~", "[a](javascript:x) ![b](c)", "# title", "- item", "+ item", "1. one",
    "12) two", "> quote", "---", "===", "| a | b |", "&lt;b&gt; &#60;", "<http://x.example>", "a\\*b*", "```", "    code", "[a]: http://x",
]  # fmt: skip
LINES = st.text(max_size=30) | st.sampled_from(HOSTILE) | st.text(st.sampled_from("\\`*_[]<>|~#+-=.)(!&1a \n"), max_size=12)


def kinds(text: str) -> set[str]:
    """The kinds of everything that a reader of Markdown finds."""
    found = commonmark.parse(text)
    return {part.type for token in found for part in (token, *(token.children or []))}


def read(text: str) -> str:
    """The words of one paragraph as a reader of Markdown shows them."""
    return "".join(part.content for token in commonmark.parse(text) for part in token.children or ())


PLAIN = {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}


@given(LINES)
def test_escaped_text_is_read_as_it_is(text):
    made = escaped(text)
    assert kinds(made) <= PLAIN
    assert read(made).split() == printable(text).split()


@given(LINES)
def test_code_holds_any_text_on_one_line(text):
    line = " ".join(printable(text).split())
    if line:
        (token,) = [part for token in commonmark.parse(code(text)) for part in token.children or ()]
        assert (token.type, token.content) == ("code_inline", line)


@given(LINES)
def test_a_fence_holds_any_text(text):
    tokens = commonmark.parse(fenced(text))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content.strip() == printable(text).strip()


@pytest.mark.parametrize("text", ["http://evil.example", "www.evil.example", "me@evil.example"])
def test_addresses_are_no_links_by_themselves(text):
    assert "\\" in escaped(text)
    assert read(escaped(text)) == text


@given(LINES)
def test_a_table_keeps_its_cells(text):
    made = reply(Reply("x", (Table("t", ("a", text), ((text, "b"), ("c", text))),)))
    tokens = commonmark.parse(made)
    assert sum(token.type == "tr_open" for token in tokens) == 3
    assert sum(token.type in ("td_open", "th_open") for token in tokens) == 6


def test_every_kind_of_evidence():
    blocks = (
        Highlight("What *speaks*", "spam", (("free", 0.5), (" ", None), ("call", -0.25))), Bars("p", (("spam", 0.75),), (0.5,)),
        Diff("d", (("same", "a "), ("removed", "b"), ("added", "c"))),
        Aligned("two", ("one", "other"), ("spam", "ham"), ((("a", 0.5), ("a", -0.5)), (None, ("b", None)))),
        Citations("From", (Passage(1, "LIME", "What it *says*", "```\nwords", "Ribeiro 2016"),)),
    )  # fmt: skip
    made = reply(Reply("one\ntwo\n\nthree", blocks))
    assert made.startswith("one  \ntwo\n\nthree\n\n**What \\*speaks\\***\n\n```text\nfree[+0.50] call[-0.25]\n```")
    assert f"| spam | {'█' * 15}{'░' * 5} | 75% | 50% |" in made
    assert "```text\na [-b-]{+c+}\n```" in made
    assert "one\n\n```text\na[+0.50]\n```" in made and "other\n\n```text\na[-0.50] b\n```" in made
    assert made.endswith("**From**\n\n\\[1\\] LIME · What it \\*says\\*\n\n````text\n```\nwords\n````\n\nRibeiro 2016")


def test_the_whole_conversation(talk, workspace):
    hostile = "# <b>x</b> | `y` ](javascript:z)"
    conversation = talk(f'where text "{hostile}" | predict', "where id = 3 | attribute method=lime", "score").conversation
    made = markdown(report_of(conversation.transcript, workspace))
    found = kinds(made)
    assert not found & {"html_block", "html_inline", "link_open", "image"}
    tokens = commonmark.parse(made)
    assert sum(token.type == "heading_open" for token in tokens) == 1 + 3 + 1
    for turn in conversation.transcript.turns:
        assert f"Command: {code('/' + turn.command)}" in made
    assert re.search(r"attribute: LIME \(samples \d+.*\), seed 13, on the rows where id = 3; computed in [\d.]+ s", made)
    assert workspace.classifier.fingerprint in made and workspace.dataset.fingerprint in made
    assert "[data]" in made
