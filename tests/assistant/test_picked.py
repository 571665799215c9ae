"""Rows that were picked by hand: a short name for thousands of ids, which the conversation and its report hold."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explainers.errors import AskWhyError

from assistant.conversation import Conversation
from assistant.finding.rows import with_picked
from assistant.programs.conditions import And, Compare, Not, Or, Picked, from_json, to_json, to_text
from assistant.report.document import report_of
from assistant.report.html import html
from assistant.report.replay import Recorded, replay

SPAM = Compare("label", "=", "spam")
IDS = (3, 4, 9, 10, 30)


@pytest.fixture
def picked(assistant):
    """A conversation in which rows were picked."""
    return Conversation(picks=((1, 2), IDS))


def test_a_picked_condition_is_written_read_and_kept_short(assistant, workspace):
    condition = And((Picked(2, IDS), SPAM))
    assert to_text(condition, workspace.schema) == "picked 2 and label = spam"
    assert from_json(to_json(condition)) == And((Picked(2), SPAM))
    read = assistant._hearing.parser.parse("/where picked 2 and (not picked 1 or label = spam) | count").program
    assert read.where == And((Picked(2), Or((Not(Picked(1)), SPAM))))
    assert with_picked(read.where, ((1, 2), IDS)) == And((Picked(2, IDS), Or((Not(Picked(1, (1, 2))), SPAM))))


def test_no_question_is_decoded_into_it(assistant):
    assert "picked" not in assistant._hearing.parser.language.decoding_grammar("which of these are spam")


def test_rows_that_were_picked_are_chosen(workspace):
    ids = np.asarray(workspace.dataset.table["id"])[workspace.rows.select(And((Picked(1, IDS), Not(Compare("id", "=", 9)))))]
    assert ids.tolist() == [3, 4, 10, 30]


def test_ids_that_are_texts_are_chosen(named):
    assert named.rows.select(Picked(1, ("A-3", "A-7", "no such id"))).tolist() == [3, 7]


def test_later_questions_go_on_from_what_was_picked(assistant, picked):
    turn = assistant.ask("/where picked 2 | count", picked)
    assert turn.results[0].rows == len(IDS)
    assert "picked by hand" in turn.reply.text
    assert turn.conversation.selection == Picked(2, IDS)
    narrowed = assistant.ask("/where previous and label = spam | count", turn.conversation)
    assert narrowed.results[0].selected.condition == "picked 2 and label = spam"
    assert narrowed.results[0].rows == sum(assistant.workspace.dataset.table["label"][place].as_py() == "spam" for place in IDS)
    assert "picked_ids" not in json.dumps([result.to_json() for result in narrowed.results])


def test_a_number_that_nothing_was_picked_under_is_refused(assistant, picked):
    turn = assistant.ask("/where picked 3 | count", picked)
    assert turn.failed
    assert "number 3" in turn.reply.text
    with pytest.raises(AskWhyError, match="number 1"):
        with_picked(Picked(1), ())


def test_a_report_holds_the_ids_and_is_replayed(assistant, picked, workspace):
    conversation = assistant.ask("/where picked 2 | count", picked).conversation
    conversation = assistant.ask("/where previous and label = spam | count", conversation).conversation
    made = report_of(conversation.transcript, workspace, conversation.picks)
    assert "picked 1" in html(made).replace("&#32;", " ")
    recorded = Recorded.model_validate(json.loads(json.dumps(made.to_json())))
    assert [item.kind for item in replay(recorded, assistant)] == ["same", "same"]
