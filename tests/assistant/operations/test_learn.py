"""relabel, learn, unlearn and reset: what changes for one visitor, and for nobody else."""

from __future__ import annotations

import numpy as np
import pytest


def label_of(talk, row: int) -> str:
    return talk(f"where id = {row} | predict").results[0].predictions[0].label


@pytest.fixture(scope="module")
def wrong(workspace) -> int:
    """A row that the model gets wrong."""
    said = np.array(workspace.classifier.labels)[workspace.probabilities().argmax(axis=1)]
    return int(np.flatnonzero(said != np.array(workspace.dataset.table["label"].to_pylist()))[0])


def test_relabel_holds_for_the_text_in_focus(talk):
    turn = talk("where id = 3 | relabel to=ham", "predict")
    assert turn.results[0].predictions[0].subject.label == "ham"
    assert turn.results[0].predictions[0].correct
    assert talk("where id = 3 | predict").results[0].predictions[0].subject.label == "spam"
    assert talk("where id = 3 | relabel to=ham").reply.text.startswith(
        "Noted for this conversation: message 3 is ham, not spam as the data says."
    )
    assert ", not " not in talk("where id = 3 | relabel to=spam").reply.text.split(".")[0]


def test_a_label_that_was_said_before_is_none_of_the_data(talk):
    assert "not ham" not in talk("where id = 3 | relabel to=ham", "relabel to=spam").reply.text
    assert talk('where text "call me" | relabel to=ham', "relabel to=spam").results[0].earlier is None


def test_a_typed_text_gets_a_label_and_can_then_be_learned(talk):
    turn = talk('where text "call me tonight" | learn')
    assert turn.failed
    assert turn.reply.text.startswith("I do not know the right class of this text")
    answered = talk('where text "call me tonight" | predict').results[0].predictions[0].label
    other = {"ham": "spam", "spam": "ham"}[answered]
    learned = talk('where text "call me tonight" | predict', f"relabel to={other}", "learn").results[0]
    assert (learned.before.label, learned.after.label) == (answered, other)


def test_what_was_learned_holds_in_this_conversation_alone(talk, workspace, wrong):
    turn = talk(f"where id = {wrong} | learn")
    result, conversation = turn.results[0], turn.conversation
    assert result.label == result.after.label != result.before.label
    assert result.after.probabilities[result.label] >= 0.9
    again = talk("predict", conversation=conversation).results[0].predictions[0]
    assert again.confidence == pytest.approx(result.after.confidence, abs=1e-5)
    assert label_of(talk, wrong) == result.before.label
    assert conversation.adapted.original is workspace


def test_rows_are_chosen_by_the_copys_answers(talk, workspace, wrong):
    turn = talk(f"where id = {wrong} | learn")
    result = turn.results[0]
    before = workspace.probabilities().argmax(axis=1)
    after = turn.conversation.adapted.probabilities().argmax(axis=1)
    assert result.changed == (before != after).sum() > 0
    assert result.rows == 40
    spam = talk("where prediction = spam | count", conversation=turn.conversation).results[0].rows
    assert spam == (after == 1).sum() != talk("where prediction = spam | count").results[0].rows == (before == 1).sum()
    for one, two in result.near:
        assert one.subject == two.subject and one.subject.row != wrong


def test_the_accuracy_is_on_rows_that_training_never_saw(talk, workspace, wrong):
    turn = talk(f"where id = {wrong} | learn")
    scores = [talk("score").results[0].value, talk("score", conversation=turn.conversation).results[0].value]
    assert list(turn.results[0].accuracy) == pytest.approx(scores)
    assert turn.results[0].held_out


def test_unlearn_takes_the_class_of_the_text_away(talk):
    right = next(row for row in range(40) if talk(f"where id = {row} | predict").results[0].predictions[0].correct)
    turn = talk(f"where id = {right} | unlearn")
    result = turn.results[0]
    assert result.forgotten and result.steps > 0
    assert result.after.probabilities[result.label] < 0.5 < result.before.probabilities[result.label]
    assert "has forgotten that" in turn.reply.text


def test_nothing_to_learn_or_forget(talk, wrong):
    learned = talk(f"where id = {wrong} | learn", "learn")
    assert (learned.results[0].steps, learned.results[0].changed) == (0, 0)
    assert "so there is nothing to learn." in learned.reply.text
    assert "so there is nothing to forget." in talk(f"where id = {wrong} | unlearn").reply.text


def test_reset_brings_the_model_back(talk, workspace, wrong):
    turn = talk(f"where id = {wrong} | learn", "reset")
    assert turn.conversation.adapted is None
    assert turn.results[0].after.label == label_of(talk, wrong)
    assert talk("score", conversation=turn.conversation).results[0].value == talk("score").results[0].value


def test_a_result_with_a_model_in_it_is_still_facts(talk, wrong):
    facts = talk(f"where id = {wrong} | learn").results[0].to_json()
    assert "workspace" not in facts
    assert facts["after"]["label"] == facts["label"]
