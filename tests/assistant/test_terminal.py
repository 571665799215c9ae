"""A reply in the terminal: every kind of block, and nothing that could drive a terminal."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.reply import Bars, Diff, Highlight, Reply, Table
from assistant.terminal import Progress, draw, printable

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


def test_a_long_cell_is_cut():
    drawn = draw(Reply("", (Table("t", ("a", "b"), (("x" * 500, "y"),)),)))
    assert max(map(len, drawn.split("\n"))) < 80
    assert drawn.endswith("y")


def test_diff():
    assert draw(Reply("", (DIFF,))).strip() == "Changes\n  call [-me-]{+us+}"


@given(st.text())
def test_control_characters_are_replaced(text):
    seen = printable(text)
    assert len(seen) == len(text)
    assert all(character.isprintable() or character == "\n" for character in seen)
    assert all(new == old for new, old in zip(seen, text, strict=True) if old.isprintable())


def test_no_text_drives_the_terminal():
    evil = "a\x1b[2Jb\x07\r\x9b"
    blocks = (
        Highlight("t", "spam", ((evil, 0.5),)), Bars("t", ((evil, 0.5),)), Table("t", (evil,), ((evil,),)),
        Diff("t", (("same", evil),)),
    )  # fmt: skip
    drawn = draw(Reply(evil, blocks))
    assert all(character.isprintable() or character == "\n" for character in drawn)
    assert drawn.count("a�[2Jb���") == 6


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
