"""The map of the rows without a browser: where points lie, what they are called, and what a choice of them asks."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from assistant.conversation import Conversation
from assistant.programs.conditions import Compare
from assistant.showing.texts import speaking
from assistant.web import places, scatter
from assistant.web.seen import Seen

from .conftest import commander, frame


@pytest.fixture(scope="module")
def mapped(workspace):
    assert list(scatter.waits(workspace, Conversation(), scatter.Look())) == []
    shares = list(places.made(workspace))
    assert shares == sorted(shares) and all(0 <= share <= 1 for share in shares)
    return workspace


def read(drawn: str) -> list[tuple[int, int, str, int]]:
    told = re.search('data-points="([^"]*)"', drawn)[1]
    return [(int(one[:3]), int(one[3:6]), one[6], int(one[7])) for one in re.findall(".{8}", told)]


def test_it_is_made_when_it_is_asked_for(tmp_path):
    made = commander(tmp_path, frame(12), label="spam", labels={"0": "ham", "1": "spam"}).workspace
    before = scatter.drawn(made, Conversation(), Seen(), scatter.Look())
    assert "canvas" not in before and "Make the map" in before
    assert scatter.picked(made, Conversation(), [1])[0].command == ""
    said = list(scatter.waits(made, Conversation(), scatter.Look(begun=True)))
    assert all("&#37;" in one for one in said)
    assert len(read(scatter.drawn(made, Conversation(), Seen(), scatter.Look(begun=True)))) == 12


def test_points_fill_the_square_and_tell_label_selection_and_focus(mapped, assistant):
    conversation = assistant.ask("/where label = spam | count", Conversation()).conversation
    conversation = assistant.ask("/where id = 3 | predict", conversation).conversation
    conversation = conversation.__class__(focus=conversation.focus, selection=Compare("label", "=", "spam"))
    points = read(scatter.drawn(mapped, conversation, Seen(), scatter.Look()))
    assert {0, 999} <= {x for x, *_ in points} and {0, 999} <= {y for _, y, *_ in points}
    labels = mapped.dataset.table["label"].to_pylist()
    for (_, _, code, on), label, row in zip(points, labels, range(len(labels)), strict=True):
        assert code == {"ham": "0", "spam": "1"}[label]
        assert on == (2 if row == 3 else label == "spam")


def test_right_and_wrong_have_shapes_of_their_own(mapped):
    drawn = scatter.drawn(mapped, Conversation(), Seen(), scatter.Look(by="correct"))
    wrong = mapped.rows.select(Compare("correct", "=", False)).tolist()
    assert [place for place, (_, _, code, _) in enumerate(read(drawn)) if code == "5"] == wrong
    assert f"wrong ({len(wrong)})" in drawn
    assert "where correct &#61; false" in drawn


@pytest.mark.parametrize("told", [None, "x", {}, [], [-1, 10**9, "1", None, True, 2.5]])
def test_what_makes_no_sense_asks_nothing(mapped, told):
    asked, conversation = scatter.picked(mapped, Conversation(), told)
    assert asked.command == ""
    assert conversation.picks == ()


def test_one_point_is_a_focus_few_are_named_and_many_are_kept(mapped, assistant):
    asked, conversation = scatter.picked(mapped, Conversation(), [7])
    assert asked.command == "/where id = 7 | predict"
    asked, conversation = scatter.picked(mapped, conversation, [9, 3, 3])
    assert asked.command == "/where id in (3, 9) | count"
    assert conversation.picks == ()
    many = list(range(35))
    for _ in range(2):  # the same rows are the same choice
        asked, conversation = scatter.picked(mapped, conversation, many)
        assert asked.command == "/where picked 1 | count"
    assert conversation.picks == (tuple(many),)
    assert scatter.picked(mapped, conversation, many[:-1])[0].command == "/where picked 2 | count"
    turn = assistant.ask(asked.command, conversation)
    assert turn.results[0].rows == 35
    marks = [on for *_, on in read(scatter.drawn(mapped, turn.conversation, Seen(), scatter.Look()))]
    assert marks == [1] * 35 + [0] * (len(marks) - 35)


def test_of_many_rows_a_sample_is_drawn_and_said(mapped, monkeypatch):
    monkeypatch.setattr(places, "MOST", 10)
    monkeypatch.setattr(scatter, "MOST", 10)
    monkeypatch.setattr(places, "_kept", {})
    positions = places.sampled(40)
    assert len(positions) == 10 == len(set(positions.tolist()))
    assert (np.diff(positions) > 0).all() and (positions == places.sampled(40)).all()
    drawn = scatter.drawn(mapped, Conversation(), Seen(), scatter.Look(begun=True))
    assert len(read(drawn)) == 10
    assert "10 of the 40 messages&#44; drawn at random" in drawn
    asked, _ = scatter.picked(mapped, Conversation(), [0])
    assert asked.command == f"/where id = {positions[0]} | predict"


def test_texts_are_texts(tmp_path):
    rows = frame(12)
    hostile = "\"><img src=x onerror='x()'> ${alert(1)} {{7*7}}\nnext \u202eevil"
    rows["text"] = [f"{hostile} {row}" for row in range(12)]
    made = commander(tmp_path, rows, label="spam", labels={"0": "ham", "1": "spam"}).workspace
    drawn = scatter.drawn(made, Conversation(), Seen(), scatter.Look(begun=True))
    assert "<img" not in drawn and "${" not in drawn and "{{" not in drawn
    texts = html.unescape(re.search('data-texts="([^"]*)"', drawn)[1]).split("\n")
    assert len(texts) == 12
    assert texts[3].startswith('message 3: "><img src=x')


def test_an_id_of_several_lines_moves_no_other_rows_text(tmp_path):
    rows = frame(12).assign(key=[f"a\n{row}" for row in range(12)])
    made = commander(tmp_path, rows, id="key").workspace
    drawn = scatter.drawn(made, Conversation(), Seen(), scatter.Look(begun=True))
    texts = html.unescape(re.search('data-texts="([^"]*)"', drawn)[1]).split("\n")
    assert len(texts) == 12 and texts[3].startswith("message a 3: ")


def test_rows_are_called_as_the_page_speaks(mapped):
    with speaking("ko"):
        drawn = html.unescape(scatter.drawn(mapped, Conversation(), Seen(), scatter.Look()))
        asked, _ = scatter.picked(mapped, Conversation(), [7])
    assert "메시지 40개" in drawn and "message" not in drawn
    assert asked.said.startswith("메시지 7번")


def test_a_look_takes_only_what_makes_sense():
    look = scatter.Look()
    assert look.changed({"by": "correct", "tool": "loop", "begun": True}) == scatter.Look("correct", "loop", True)
    assert look.changed({"by": "x", "tool": 3, "begun": "no", "other": 1}) == look
