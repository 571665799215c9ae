"""data, model, labels and define: what there is, and what the words mean."""

from __future__ import annotations

import pandas as pd
import pytest

from assistant.knowledge.glossary import terms

from ..told import facts, say, told

ROWS = pd.DataFrame({
    "text": ["one two three", " ", "four", "five six", "seven"],
    "label": ["ham", "ham", "spam", "junk", None],
    "sent": pd.to_datetime(["2024-01-01"] * 5),
    "note": [f"note {number}" * 3 for number in range(5)],
    "age": [1, 2, 3, 4, 5],
    "known": [True, False, True, True, None],
})  # fmt: skip


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return told(tmp_path_factory.mktemp("about"), ROWS, label="label")


def test_data(talk, workspace):
    result = talk("data").results[0]
    frame = workspace.dataset.table.to_pandas()
    assert (result.name, result.rows) == ("Tiny", 40)
    assert dict(result.labels) == frame.label.value_counts().to_dict()
    assert dict(result.split) == frame.split.value_counts().to_dict()
    assert result.words == frame.text.str.findall(r"[\w']+").str.len().median()
    assert result.columns == dict(workspace.dataset.columns)
    assert "26 ham and 14 spam" in talk("data").reply.text


def test_data_tells_what_was_left_out_and_what_columns_hold(mixed):
    turn = say(mixed, "data")
    assert (turn.results[0].rows, turn.results[0].left_out) == (4, {"no text": 1})
    assert "Left out on loading: 1 (no text)." in turn.reply.text
    assert turn.results[0].labels == (("ham", 1), ("junk", 1), ("spam", 1))
    kinds = {row[0]: row[1:] for row in turn.reply.blocks[0].rows}
    assert (kinds["sent"], kinds["age"]) == (("date", ""), ("number", ""))
    assert kinds["known"] == ("category", "false, true")


def test_data_without_labels_says_so(tmp_path):
    turn = say(told(tmp_path, ROWS[["text"]]), "data")
    assert "The data has no labels, so nothing can be said about right and wrong." in turn.reply.text
    assert turn.reply.blocks == ()


def test_model(talk, workspace):
    turn = talk("detail level=expert", "model")
    result, classifier = turn.results[0], workspace.classifier
    assert result.parameters == sum(parameter.numel() for parameter in classifier.model.parameters())
    assert (result.architecture, result.layers, result.tokens) == ("Bert", 1, classifier.max_tokens)
    assert (result.labels, result.fingerprint) == (("ham", "spam"), classifier.fingerprint)
    assert f"with {result.parameters:,} parameters in 1 layer." in turn.reply.text
    assert result.fingerprint in turn.reply.text
    assert (result.trained, result.rows) == (workspace.dataset.table["split"].to_pylist().count("train"), 40)
    assert f"Of the 40 messages here, {result.trained} are marked as the ones to train on" in turn.reply.text


def test_what_was_trained_on_is_not_told_where_it_is_not_known(tmp_path):
    turn = say(told(tmp_path, ROWS), "model")
    assert turn.results[0].trained is None and "train on" not in turn.reply.text


def test_labels(talk):
    turn = talk("labels")
    assert turn.results[0].rows == {"ham": 26, "spam": 14}
    assert turn.results[0].unknown == ()
    assert turn.reply.text == "The model knows 2 classes: ham and spam."


def test_labels_that_the_model_does_not_know(mixed):
    turn = say(mixed, "labels")
    assert turn.results[0].rows == {"ham": 1, "spam": 1}
    assert turn.results[0].unknown == (("junk", 1),)
    assert "The data also has labels that the model does not know: junk (1 message)." in turn.reply.text


def test_labels_of_data_without_any(tmp_path):
    result = facts(told(tmp_path, ROWS[["text"]]), "labels")
    assert (result.rows, result.unknown) == (None, ())


def test_define_says_the_definition_and_its_source(talk):
    for term in terms():
        turn = talk(f'define term="{term.name}"')
        assert turn.results[0].term == term
        assert " ".join(term.text.split()) in turn.reply.text
        assert not term.source or f"Source: {term.source}." in turn.reply.text
        assert not any("{" in question for question in turn.reply.suggestions)


def test_define_a_term_that_is_not_there(talk):
    turn = talk('define term="quantum recall of averages"')
    assert turn.results[0].term is None
    assert turn.reply.text.startswith("“quantum recall of averages” is not in my glossary")
    assert all(f"“{name}”" in turn.reply.text for name in turn.results[0].near)


def test_what_may_not_be_said_in_a_template_stays_a_text(talk):
    turn = talk('define term="{{ 7 * 7 }} {% raw %}"')
    assert turn.reply.text.startswith("“{{ 7 * 7 }} {% raw %}” is not in my glossary")


@pytest.mark.parametrize("command", ["define", 'define term=""', 'define term="  "', "ask"])
def test_nothing_to_define_or_ask(talk, command):
    turn = talk(command)
    assert turn.failed or turn.results[0].term is None
    assert turn.reply.text
