"""A reply in the terminal: every kind of block, and nothing that could drive a terminal."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.reply import Bars, Citations, Diff, File, Files, Highlight, Passage, Reply, Table
from assistant.showing.terminal import Progress, draw, printable

HIGHLIGHT = Highlight("What speaks for spam", "spam", (("free", 0.5), (" ", None), ("call", -0.25), ("!", 0.001)))
BARS = Bars("Probabilities", (("spam", 0.75), ("not spam", 0.25)))
TABLE = Table("Rows", ("id", "text"), (("3", "free call"), ("12", "x")))
DIFF = Diff("Changes", (("same", "call "), ("removed", "me"), ("added", "us")))


def test_words_come_first():
    assert draw(Reply("It is spam.")) == "It is spam."
    assert draw(Reply("It is spam.", (DIFF, TABLE))).startswith("It is spam.\n\nChanges\n")


def test_highlight():
    assert draw(Reply("", (HIGHLIGHT,))).strip() == "What speaks for spam\n  free[+0.50] call[-0.25]!"


def test_bars():
    lines = draw(Reply("", (BARS,))).strip().split("\n")
    assert lines[0] == "Probabilities"
    assert [line.count("█") for line in lines[1:]] == [18, 6]
    assert [line.split()[-1] for line in lines[1:]] == ["75%", "25%"]
    assert lines[1].index("█") == lines[2].index("█")
    before = draw(Reply("", (Bars("t", BARS.bars, (0.5, 0.5)),)))
    assert before.count("(before 50%)") == 2


def test_table():
    assert draw(Reply("", (TABLE,))).strip().split("\n") == ["Rows", "  id  text", "  3   free call", "  12  x"]


def test_files_are_named_by_where_they_lie():
    files = (File("a.html", "x" * 10, "/tmp/1/a.html"), File("a\x1b.md", "é"))
    assert draw(Reply("", (Files("Files", files),))).strip().split("\n") == [
        "Files",
        "  /tmp/1/a.html  (10 bytes)",
        "  a�.md  (2 bytes)",
    ]


def test_a_long_cell_is_wrapped_and_a_very_long_one_cut():
    drawn = draw(
        Reply(
            "",
            (
                Table(
                    "t",
                    ("a", "b"),
                    (("word " * 20, "y"), ("x" * 500, "z")),
                ),
            ),
        )
    )
    assert max(map(len, drawn.split("\n"))) < 80
    assert drawn.count("word") == 20
    assert [line[-1] for line in drawn.strip().split("\n")] == ["t", "b", "y", "d", "z", "x", "…"]


def test_a_cell_is_one_line():
    drawn = draw(Reply("", (Table("t", ("a", "b"), (("1\n2", "c"),)), Bars("t", (("x\ny", 0.5),)))))
    assert "  1 2  c" in drawn.split("\n")
    assert "  x y  " in drawn


def test_diff():
    assert draw(Reply("", (DIFF,))).strip() == "Changes\n  call [-me-]{+us+}"


def harmless(text: str) -> bool:
    return all(
        character.isprintable() or unicodedata.category(character) == "Zs" or character in "\n\u200c\u200d" for character in text
    )


@given(st.text(st.characters(exclude_characters="\r\t")))
def test_control_characters_are_replaced(text):
    seen = printable(text)
    assert harmless(seen)
    assert len(seen) == len(text)
    assert all(new == old for new, old in zip(seen, text, strict=True) if harmless(old))


KEPT = [
    ("무료\u3000쿠폰", "무료\u3000쿠폰"),
    ("👩\u200d👧", "👩\u200d👧"),
    ("a\r\nb\tc\xa0d", "a\nb c\xa0d"),
    ("a\rb\u202ec\ud800", "a�b�c�"),
]


@pytest.mark.parametrize(("text", "seen"), KEPT, ids=ascii)
def test_spaces_and_joiners_of_every_script_stay(text, seen):
    assert printable(text) == seen


def test_no_text_drives_the_terminal():
    evil = "a\x1b[2Jb\x07\r\x9b"
    blocks = (
        Highlight(evil, "spam", ((evil, 0.5),)), Bars(evil, ((evil, 0.5),)), Table(evil, (evil,), ((evil,),)),
        Diff(evil, (("same", evil),)),
        Citations(evil, (Passage(1, evil, evil, evil, evil),)),
    )  # fmt: skip
    drawn = draw(Reply(evil, blocks))
    assert harmless(drawn)
    assert drawn.count("a�[2Jb���") == 15


def test_every_answer_can_be_drawn(assistant):
    for command in ("show", "score", "help", "where id = 3 | attribute", "where id = 3 | counterfactual", "shwo"):
        turn = assistant.ask(f"/{command}", Conversation())
        drawn = draw(turn.reply)
        assert drawn.startswith(turn.reply.text)
        assert all(block.title in drawn for block in turn.reply.blocks)


def test_progress_is_for_terminals_only(monkeypatch, capsys):
    progress = Progress()
    progress("data", 0.0)
    progress.clear()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress("data", 0.0)
    progress("predictions", 0.5)
    progress.clear()
    assert capsys.readouterr().err.split("\r")[1:3] == ["Reading the data ...", "Predicting every row, once  50%"]
