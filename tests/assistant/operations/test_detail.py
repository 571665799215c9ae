"""The last answer again, more simply or in more detail, without computing it anew."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.conversation import Conversation
from assistant.operations import OPERATIONS
from assistant.operations.detail import DetailResult
from assistant.programs.conditions import Picked
from assistant.results import Selected


def test_the_last_answer_is_said_again_at_the_level_asked_for(talk):
    first = talk("where id = 3 | attribute")
    detailed = talk("detail level=expert", conversation=first.conversation)
    simple = talk("detail level=plain", conversation=detailed.conversation)
    assert simple.reply.text == first.reply.text != detailed.reply.text
    assert detailed.results[0].results == first.results
    assert simple.reply.blocks == first.reply.blocks


def test_what_was_said_plainly_is_said_in_sentences(talk, monkeypatch):
    first = talk("where id = 3 | attribute")
    sentences = talk("where id = 3 | rationalize").reply.text
    monkeypatch.setattr(OPERATIONS["rationalize"], "run", None)
    simpler = talk("detail level=plain", conversation=first.conversation)
    note = "This is as plain as I can say it. If a word in it is strange, ask what it means."
    assert simpler.reply.text.splitlines()[0] == sentences.splitlines()[0] != first.reply.text.splitlines()[0]
    assert simpler.reply.text.endswith(note) and simpler.reply.blocks == first.reply.blocks
    assert talk("detail level=plain", conversation=talk("count").conversation).reply.text.endswith(note)
    assert note not in talk("where id = 3 | attribute", "detail level=expert", "detail level=plain").reply.text


def test_nothing_is_computed_anew(talk, monkeypatch):
    first = talk("where id = 3 | attribute | predict")
    for name in ("attribute", "predict"):
        monkeypatch.setattr(OPERATIONS[name], "run", None)
    turn = talk("detail level=expert", conversation=first.conversation)
    assert [type(one).__name__ for one in turn.results[0].results] == ["AttributeResult", "PredictResult"]
    assert not turn.failed


@pytest.mark.parametrize("level", ["plain", "expert"])
def test_with_nothing_said_yet_it_tells_the_level(talk, level):
    turn = talk(f"detail level={level}")
    assert turn.conversation.level == level
    assert turn.reply.text == {
        "plain": "From now on I answer in plain words.",
        "expert": "From now on I answer with method, figures and parameters.",
    }[level]  # fmt: skip


def test_the_level_stays_for_the_answers_after_it(talk):
    before = talk("where id = 3 | attribute", "detail level=expert")
    after = talk("where id = 4 | attribute", conversation=before.conversation)
    alone = talk("where id = 4 | attribute")
    assert after.reply.text != alone.reply.text
    assert after.conversation.answered == after.results


def test_it_is_no_question_to_repeat(talk):
    turn = talk("where id = 3 | predict", "detail level=expert", "where id = 4 | repeat")
    assert (turn.understood, turn.conversation.program) == ("where id = 4 | repeat", talk("where id = 4 | predict").program)
    assert turn.results[0].operation == "predict"


def test_an_answer_that_failed_leaves_the_one_before_it(talk):
    first = talk("where id = 3 | predict")
    failed = talk("where id = 99 | show", conversation=first.conversation)
    assert failed.failed
    assert failed.conversation.answered == first.results


def test_the_level_must_be_one_of_two(talk):
    turn = talk("detail level=easy")
    assert turn.failed
    assert "plain" in turn.reply.text


def test_another_answer_takes_the_place_of_the_last(talk):
    turn = talk("where id = 3 | predict", "count", "detail level=expert")
    assert [one.operation for one in turn.results[0].results] == ["count"]
    assert dataclasses.replace(turn.conversation, level=None) == talk("where id = 3 | predict", "count").conversation


def test_a_fresh_conversation_has_no_level_of_its_own():
    assert (Conversation().level, Conversation().language) == (None, None)


def test_rows_picked_by_hand_are_not_told_one_by_one():
    selected = Selected(rows=2, condition="picked 1", total=9, where=Picked(1, (4, 5)))
    told = DetailResult(level="plain", results=(), plainest=False, selected=selected).to_json()
    assert told["selected"]["where"] == {"number": 1} and told["results"] == []
