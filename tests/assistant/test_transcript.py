"""What is kept of a conversation: every turn within bounds, of the oldest only the command, and nothing that is heavy."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from assistant import transcript
from assistant.conversation import Conversation
from assistant.reply import File, Files, Reply, Table
from assistant.transcript import Said, Transcript, plain, record

SMALL = Said("why?", "predict", "2026-01-01T00:00:00+00:00", 0.1, Reply("x" * 400), "[]")


def test_every_answered_turn_is_kept_in_order(talk):
    turns = talk("where id = 3 | predict", "attribute", "where id = 99 | show").conversation.transcript.turns
    assert [(turn.question, turn.command) for turn in turns] == [
        ("/where id = 3 | predict", "where id = 3 | predict"),
        ("/attribute", "attribute"),
    ]  # a turn that failed changed nothing, and is not told of
    assert [turn.results[0]["operation"] for turn in turns] == ["predict", "attribute"]
    assert turns[0].results[0]["provenance"]["model"]
    assert [block.kind for block in turns[1].reply.blocks] == ["highlight"]


def test_asking_for_the_report_is_not_told_of(talk):
    turns = talk("where id = 3 | predict", "report", "report").conversation.transcript.turns
    assert [turn.command for turn in turns] == ["where id = 3 | predict"]


def test_a_report_among_other_steps_is_told_of_without_its_files(talk):
    turns = talk("count", "where id = 3 | predict | report").conversation.transcript.turns
    assert [turn.command for turn in turns] == ["count", "where id = 3 | predict | report"]
    assert [block.kind for block in turns[1].reply.blocks] == ["bars"]
    assert turns[1].size < 5000


def test_visitors_share_nothing(talk):
    first = talk("count").conversation
    second = talk("where id = 3 | predict").conversation
    assert len(first.transcript.turns) == len(second.transcript.turns) == 1
    assert Conversation().transcript == Transcript()


def test_it_does_not_tell_conversations_apart(talk):
    before = talk("where id = 3 | predict").conversation
    assert talk("decline", conversation=before).conversation == before


def test_a_copy_of_the_model_is_not_held(talk):
    turn = talk("where id = 3 | learn")
    kept = turn.conversation.transcript.turns[0]
    assert "workspace" not in kept.results[0]
    assert kept.results[0]["steps"] == turn.results[0].steps


def test_the_oldest_lose_their_evidence_first(monkeypatch):
    monkeypatch.setattr(transcript, "MOST_CHARACTERS", 3 * SMALL.size)
    made = Transcript()
    for number in range(5):
        made = made.after(replace(SMALL, command=f"predict{number}"))
    assert [turn.command for turn in made.turns] == [f"predict{number}" for number in range(5)]
    assert [turn.facts is None and turn.reply is None for turn in made.turns] == [True, True, True, False, False]
    assert sum(turn.size for turn in made.turns) <= transcript.MOST_CHARACTERS
    assert made.forgotten == 0


def test_one_turn_that_is_too_large_keeps_its_command(monkeypatch):
    monkeypatch.setattr(transcript, "MOST_CHARACTERS", 1000)
    made = Transcript().after(SMALL).after(replace(SMALL, facts="x" * 2000))
    assert [(turn.command, turn.facts is None) for turn in made.turns] == [("predict", False), ("predict", True)]


def test_the_number_of_turns_is_bounded(monkeypatch):
    monkeypatch.setattr(transcript, "MOST_TURNS", 3)
    made = Transcript()
    for number in range(5):
        made = made.after(replace(SMALL, command=f"predict{number}"))
    assert [turn.command for turn in made.turns] == ["predict2", "predict3", "predict4"]
    assert made.forgotten == 2


def test_long_questions_are_bounded_too(monkeypatch):
    monkeypatch.setattr(transcript, "MOST_CHARACTERS", 5000)
    made = Transcript()
    for _ in range(9):
        made = made.after(replace(SMALL, question="why? " * 200, reply=None, facts=None))
    assert sum(turn.size for turn in made.turns) <= 5000
    assert len(made.turns) + made.forgotten == 9
    assert made.turns


def test_files_are_no_part_of_a_turn():
    reply = Reply("here", (Table("t", ("a",), (("b",),)), Files("f", (File("a.html", "x" * 10_000),))), ("more?",))
    kept = record("q", "report", "now", 0.12345, reply, ())
    assert [block.kind for block in kept.reply.blocks] == ["table"]
    assert kept.size < 500
    assert kept.seconds == 0.123


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ((1, 2.5, "a", None, True), [1, 2.5, "a", None, True]),
        ({3: np.float32(0.5), "b": np.int64(7)}, {"3": 0.5, "b": 7}),
        ([float("nan"), float("inf")], [None, None]),
        (np.float64(0.25), 0.25),
        ({"where": object}, {"where": str(object)}),
    ],
    ids=str,
)
def test_facts_are_plain_json(value, same):
    made = plain(value)
    assert made == same
    assert json.loads(json.dumps(made, allow_nan=False)) == same
