"""show, count and score against pandas and scikit-learn."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser

from ..conftest import commander, frame


@pytest.fixture(scope="module")
def table(workspace) -> pd.DataFrame:
    """The data as pandas knows it, with the model's answers."""
    frame = workspace.dataset.table.to_pandas()
    frame["prediction"] = [workspace.classifier.labels[best] for best in workspace.probabilities().argmax(axis=1)]
    return frame


def test_show_one_row(talk, table):
    turn = talk("where id = 3 | show")
    (subject,) = turn.results[0].subjects
    assert (subject.row, subject.text, subject.label) == (3, table.text[3], table.label[3])
    assert turn.results[0].columns == ({name: str(table[name][3]) for name in ("sender", "age", "split")},)
    assert turn.reply.text == f"Message 3 is labelled spam in the data:\n“{table.text[3]}”"


def test_show_some_of_many(talk, table):
    spam = table[table.label == "spam"]
    turn = talk("where label = spam | show")
    assert [subject.row for subject in turn.results[0].subjects] == spam.id[:5].tolist()
    assert turn.results[0].rows == len(spam)
    assert turn.reply.text == f"There are {len(spam)} messages labelled spam; here are the first 5."
    assert [row[:2] for row in turn.reply.blocks[0].rows] == [(str(row), "spam") for row in spam.id[:5]]
    assert len(talk("where label = spam | show n=12").results[0].subjects) == 12
    assert len(talk("show n=50").results[0].subjects) == 40
    assert [subject.row for subject in talk("where id in (7, 2, 5) | show").results[0].subjects] == [2, 5, 7]


def test_an_id_is_said_as_it_is_spelled(named):
    turn = Assistant(named, Parser(OPERATIONS, named.schema, None)).ask('/where id = "A-3" | show', Conversation())
    assert turn.reply.text.startswith("Message A-3:")
    compared = Assistant(named, Parser(OPERATIONS, named.schema, None)).ask(
        '/where id in ("A-3", "A-4") | compare', Conversation()
    )
    (aligned,) = [block for block in compared.reply.blocks if block.kind == "aligned"]
    assert [name.split(":")[0].casefold() for name in aligned.names] == ["message a-3", "message a-4"]


def test_show_means_the_focus(talk):
    assert talk("where id = 3 | predict", "show").results[0].subjects[0].row == 3
    assert talk("where id = 3 | predict", 'edit old="me" new="us"', "show").reply.text.count("us now") == 1


def test_show_a_row_without_a_label(named):
    assistant = Assistant(named, Parser(OPERATIONS, named.schema, None))
    turn = assistant.ask('/where id in ("A-3", "A-4") | show', Conversation())
    assert [row[:2] for row in turn.reply.blocks[0].rows] == [("A-3", "–"), ("A-4", "–")]


COUNTED = [
    ("label = spam", "label == 'spam'"),
    ("label = spam and prediction = ham", "label == 'spam' and prediction == 'ham'"),
    ("correct = false", "label != prediction"),
    ("not correct = true and age < 40", "label != prediction and age < 40"),
    ('sender in (bank, "a b")', "sender in ('bank', 'a b')"),
    ("split = test", "split == 'test'"),
    ("id >= 10 and id <= 19", "10 <= id <= 19"),
    ('text contains "free"', "text.str.contains(r'\\bfree\\b')"),
]


@pytest.mark.parametrize(("condition", "query"), COUNTED, ids=[condition for condition, _ in COUNTED])
def test_count(talk, table, condition, query):
    meant = table.query(query, engine="python")
    result = talk(f"where {condition} | count").results[0]
    assert 0 < result.rows == len(meant) < result.total == len(table)
    assert result.share == len(meant) / len(table)
    assert result.labels == meant.label.value_counts().to_dict()


def test_count_in_words(talk):
    assert talk("count").reply.text == "There are 40 messages.\nBy label: 26 ham and 14 spam."
    assert talk("where label = spam | count").reply.text == "There are 14 messages labelled spam: 35% of all 40."
    assert talk("where id = 3 | count").reply.text == "There is 1 message with id 3: 2% of all 40."
    nothing = talk("where label = spam and label = ham | count")
    assert nothing.reply.text == "There are no messages labelled spam and labelled ham among all 40."


def test_rows_without_a_label_are_counted_apart(tmp_path):
    rows = frame(12)
    rows["spam"] = rows["spam"].astype(object)
    rows.loc[2, "spam"] = None
    some = commander(tmp_path, rows, label="spam", labels={"0": "ham", "1": "spam"})
    turn = some.ask("/count", Conversation())
    assert (turn.results[0].labels, turn.results[0].unlabelled) == ({"spam": 4, "ham": 7}, 1)
    assert "By label: 7 ham, 4 spam and 1 without a label." in turn.reply.text
    assert "without a label" not in some.ask("/where id > 5 | count", Conversation()).reply.text


METRICS = {"precision": precision_score, "recall": recall_score, "f1": f1_score}


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("where", "query"), [("", "split == 'test'"), ("where age > 30 | ", "age > 30")])
def test_scores_are_scikit_learns(talk, table, metric, average, where, query):
    rows = table.query(query)
    result = talk(f"{where}score metric={metric} average={average}").results[0]
    assert result.value == pytest.approx(METRICS[metric](rows.label, rows.prediction, average=average, zero_division=0))
    assert (result.metric, result.average, result.rows) == (metric, average, len(rows))
    assert result.correct == (rows.label == rows.prediction).sum()


def test_accuracy_is_the_default_on_the_held_out_rows(talk, table):
    test = table[table.split == "test"]
    turn = talk("score")
    assert turn.results[0].value == pytest.approx(accuracy_score(test.label, test.prediction))
    assert (turn.results[0].metric, turn.results[0].held_out, turn.results[0].rows) == ("accuracy", True, len(test))
    assert "never saw in training" in turn.reply.text
    assert "flatters" not in turn.reply.text


def test_chosen_test_rows_are_held_out(talk):
    turn = talk("where split = test | score")
    assert turn.results[0].held_out
    assert turn.results[0].value == talk("score").results[0].value
    assert "Training saw none of them." in turn.reply.text
    assert "flatters" not in turn.reply.text


def test_a_split_too_small_for_a_test_row_scores_every_row(tmp_path):
    small = commander(tmp_path, frame(20), label="spam", labels={"0": "ham", "1": "spam"}, split={"test": 0.01})
    turn = small.ask("/score", Conversation())
    assert (turn.results[0].rows, turn.results[0].held_out) == (20, False)
    assert "which flatters it" in turn.reply.text


def test_chosen_rows_are_not_held_out(talk):
    turn = talk("where age > 30 | score")
    assert not turn.results[0].held_out
    assert "which flatters it" in turn.reply.text


def test_scores_by_class(talk, table):
    test = table[table.split == "test"]
    for item in talk("score").results[0].classes:
        truth, said = test.label == item.label, test.prediction == item.label
        assert item.precision == pytest.approx((truth & said).sum() / said.sum())
        assert item.recall == pytest.approx((truth & said).sum() / truth.sum())
        assert item.f1 == pytest.approx(2 * (truth & said).sum() / (said.sum() + truth.sum()))
        assert item.rows == truth.sum()


def test_data_without_labels_cannot_be_scored(named):
    assistant = Assistant(named, Parser(OPERATIONS, named.schema, None))
    turn = assistant.ask("/score", Conversation())
    assert turn.failed
    assert turn.reply.text.startswith("The data has no labels")


def test_no_question_that_needs_labels_comes_next_where_there_are_none(named, talk):
    assistant = Assistant(named, Parser(OPERATIONS, named.schema, None))
    commands = ["count", "statistics", "keywords", "help", "model", "labels", "data", "show", "decline reason=out_of_scope"]
    commands += [f'where id in ("A-3", "A-4") | {name}' for name in ("predict", "likelihood", "count", "compare")]
    for command in commands:
        turn = assistant.ask(f"/{command}", Conversation())
        assert not turn.failed, command
        needing = re.compile("accura|wrong|good are you|labels distributed|typical of|calibrat|mistake|confusion")
        assert not [question for question in turn.reply.suggestions if needing.search(question)], command
    assert "How many did you get wrong?" in talk("count").reply.suggestions


OF_ROWS = ["show", "statistics", "keywords", "score", "mistakes", "confusion", "calibration", "predict", "important"]


@pytest.mark.parametrize("command", OF_ROWS)
def test_an_empty_selection_is_told(talk, command):
    turn = talk(f"where label = spam and label = ham | {command}")
    assert turn.failed
    assert turn.reply.text == "None of the 40 messages meets: label = spam and label = ham."


NEEDING = ["score", "score metric=roc_auc", "mistakes", "mistakes kind=typical", "confusion", "calibration"]


@pytest.mark.parametrize(
    "command", [*NEEDING, "where label = spam | count", "where correct = false | count", "statistics of=label"]
)
def test_what_needs_labels_says_so_where_there_are_none(named, command):
    turn = Assistant(named, Parser(OPERATIONS, named.schema, None)).ask(f"/{command}", Conversation())
    assert turn.failed
    assert re.match("The data has no label", turn.reply.text)


def test_a_label_that_the_model_does_not_know_cannot_be_asked_for(tmp_path):
    rows = frame(12)
    rows["spam"] = rows["spam"].astype(str).replace("0", "junk")
    some = commander(tmp_path, rows, label="spam", labels={"1": "spam"})
    turn = some.ask("/where label = junk | count", Conversation())
    assert turn.failed and "'label' has no value 'junk'; choose from ham, spam." in turn.reply.text
    assert "junk (8 messages)" in some.ask("/labels", Conversation()).reply.text
    assert some.ask("/score", Conversation()).results[0].classes[-1].label == "junk"
    assert some.ask("/count", Conversation()).results[0].labels == {"junk": 8, "spam": 4}


def test_a_class_that_no_row_has_shows_no_recall(talk):
    (block,) = talk("where label = ham | score").reply.blocks
    scores = {row[0]: list(row[1:]) for row in block.rows}
    assert scores["spam"][1:3] == ["–", "–"] and "–" not in scores["ham"]
