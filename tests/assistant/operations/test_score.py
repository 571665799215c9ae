"""score by class, by slice and as ROC AUC, against scikit-learn and by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from assistant.operations.calibration import Bin, CalibrationResult

from ..told import facts, say, says, told

LABELS = ("joy", "rage", "calm")
SKLEARN = {"precision": precision_score, "recall": recall_score, "f1": f1_score}


def three(rows: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows of three classes, and random probabilities that lean to the right class."""
    generator = np.random.default_rng(0)
    truth = generator.choice(LABELS, rows, p=(0.5, 0.3, 0.2))
    odds = generator.normal(size=(rows, 3)) + 1.2 * np.stack([truth == label for label in LABELS], axis=1)
    answers = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    return pd.DataFrame({
        "text": [f"text {'a ' * (row % 7)}" for row in range(rows)],
        "label": truth,
        "sender": generator.choice(["bank", "friend"], rows, p=(0.6, 0.4)),
        "age": generator.integers(18, 80, rows),
    }), answers  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    frame, answers = three()
    frame["said"] = np.array(LABELS)[answers.argmax(axis=1)]
    return frame


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return told(tmp_path_factory.mktemp("score"), *three(), labels=LABELS, label="label")


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("metric", SKLEARN)
def test_of_one_class(assistant, table, metric, label):
    result = facts(assistant, f"score metric={metric} class={label}")
    meant = SKLEARN[metric](table.label, table.said, labels=[label], average=None)[0]
    assert (result.value, result.label, result.average) == (pytest.approx(meant), label, "")


def test_a_class_without_a_metric_means_f1(assistant, table):
    turn = say(assistant, "score class=rage")
    assert turn.results[0].value == pytest.approx(f1_score(table.label == "rage", table.said == "rage"))
    assert "its F1 for rage is" in turn.reply.text


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("metric", SKLEARN)
def test_averages(assistant, table, metric, average):
    result = facts(assistant, f"score metric={metric} average={average}")
    assert result.value == pytest.approx(SKLEARN[metric](table.label, table.said, average=average))
    assert result.average == average


def test_micro_averages_are_the_accuracy_where_each_row_has_one_class(assistant, table):
    right = (table.label == table.said).mean()
    values = [facts(assistant, f"score metric={metric} average=micro").value for metric in SKLEARN]
    assert values == pytest.approx([right] * 3)


def area(inside: np.ndarray, outside: np.ndarray) -> float:
    """The share of pairs of a row of the class and another row that are in the right order; ties count half."""
    return float(np.mean([(one > other) + 0.5 * (one == other) for one in inside for other in outside]))


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(assistant, table):
    _, answers = three()
    areas = [
        area(answers[table.label == label, place], answers[table.label != label, place]) for place, label in enumerate(LABELS)
    ]
    for place, label in enumerate(LABELS):
        assert facts(assistant, f"score metric=roc_auc class={label}").value == pytest.approx(areas[place])
    assert facts(assistant, "score metric=roc_auc").value == pytest.approx(np.mean(areas))
    sizes = [sum(table.label == label) for label in LABELS]
    assert facts(assistant, "score metric=roc_auc average=weighted").value == pytest.approx(np.average(areas, weights=sizes))
    meant = roc_auc_score(table.label, answers[:, np.argsort(LABELS)], multi_class="ovr")
    assert facts(assistant, "score metric=roc_auc").value == pytest.approx(meant)


def test_an_area_is_said_as_a_number(assistant):
    turn = say(assistant, "score metric=roc_auc by=sender")
    assert f"its ROC AUC, averaged over the classes, is {turn.results[0].value:.2f}." in turn.reply.text
    assert [row[1] for row in turn.reply.blocks[0].rows] == [f"{item.value:.2f}" for item in turn.results[0].slices]


def test_by_a_column(assistant, table):
    turn = say(assistant, "score by=sender")
    result = turn.results[0]
    right = table.label == table.said
    assert [(item.name, item.rows, item.correct) for item in result.slices] == [
        (f"sender {name}", sum(table.sender == name), sum(right[table.sender == name])) for name in ("bank", "friend")
    ]
    assert [item.value for item in result.slices] == [
        pytest.approx(right[table.sender == item.name[7:]].mean()) for item in result.slices
    ]
    assert result.value == pytest.approx(right.mean())
    assert "By sender, it is lowest for" in turn.reply.text


@pytest.mark.parametrize("metric", ["accuracy", "recall class=joy", "roc_auc class=calm", "f1 average=macro"])
def test_slices_are_the_score_of_their_rows(assistant, table, metric):
    result = facts(assistant, f"score metric={metric} by=age")
    assert sum(item.rows for item in result.slices) == len(table)
    for item in result.slices:
        low, high = item.name.removeprefix("age ").split(" to ")
        alone = facts(assistant, f"where age >= {low} and age <= {high} | score metric={metric}")
        assert (item.value, item.rows, item.correct) == (pytest.approx(alone.value), alone.rows, alone.correct)


def test_few_rows_are_marked_and_never_called_the_lowest(tmp_path):
    rows = pd.DataFrame({"text": ["x"] * 45, "label": ["ham"] * 45, "sender": ["a"] * 21 + ["b"] * 21 + ["c"] * 3})
    answers = says(["ham"] * 21 + ["spam"] + ["ham"] * 20 + ["spam"] * 3)
    turn = say(told(tmp_path, rows, answers, label="label"), "score by=sender")
    assert [row[2] for row in turn.reply.blocks[0].rows] == ["21", "21", "3 (few)"]
    assert "By sender, it is lowest for sender b (95%) and highest for sender a (100%)." in turn.reply.text


def test_rows_outside_the_slices_are_counted(tmp_path):
    rows = pd.DataFrame({"text": ["x"] * 25, "label": ["ham"] * 25, "place": [*map(str, range(23)), None, None]})
    turn = say(told(tmp_path, rows, says(["ham"] * 25), label="label"), "score by=place")
    assert len(turn.results[0].slices) == 20
    assert "5 messages with a rarer value of place, or none, are not in the table." in turn.reply.text


def test_a_slice_where_the_metric_is_not_defined_has_no_value(tmp_path):
    rows = pd.DataFrame({"text": ["x"] * 6, "label": ["ham", "ham", "spam", "ham", "spam", "ham"], "who": list("aabbbb")})
    turn = say(told(tmp_path, rows, says(["ham"] * 6), label="label"), "score metric=recall class=spam by=who")
    assert {item.name: item.value for item in turn.results[0].slices} == {"who a": None, "who b": 0.0}
    assert ("who a", "–", "2 (few)") in turn.reply.blocks[0].rows


def test_rows_without_a_label_are_left_out(tmp_path):
    rows = pd.DataFrame({"text": list("abcd"), "label": ["ham", None, "spam", None]})
    turn = say(told(tmp_path, rows, says(["ham"] * 4), label="label"), "score")
    assert (turn.results[0].rows, turn.results[0].correct, turn.results[0].unlabelled) == (2, 1, 2)
    assert "2 messages without a label are left out." in turn.reply.text


def test_one_class_only(tmp_path):
    rows = pd.DataFrame({"text": list("abcd"), "label": ["ham"] * 4})
    one = told(tmp_path, rows, says(["ham", "ham", "spam", "ham"]), label="label")
    assert facts(one, "score").value == 0.75
    assert facts(one, "score metric=recall").value == 0.75  # the macro average leaves out a class without rows
    assert facts(one, "score metric=precision class=spam").value == 0.0
    assert [(item.label, item.rows) for item in facts(one, "score").classes] == [("ham", 4), ("spam", 0)]
    for command in ("score metric=roc_auc", "score metric=roc_auc class=ham", "score metric=recall class=spam"):
        turn = say(one, command)
        assert turn.failed
        assert " cannot be told from these rows, since " in turn.reply.text
    assert "since none of them is labelled spam" in say(one, "score metric=recall class=spam").reply.text


def test_labels_that_the_model_does_not_know_are_always_wrong(tmp_path):
    rows = pd.DataFrame({"text": list("abc"), "label": ["ham", "junk", "spam"]})
    result = facts(told(tmp_path, rows, says(["ham", "ham", "spam"]), label="label"), "score")
    assert result.value == pytest.approx(2 / 3)
    assert [item.label for item in result.classes] == ["ham", "spam", "junk"]


def test_hundreds_of_classes(tmp_path):
    labels = [f"class {number:03}" for number in range(300)]
    rows = pd.DataFrame({"text": ["a b"] * 600, "label": labels * 2})
    wrong = [*labels, *labels[1:], labels[0]]
    many = told(tmp_path, rows, says(wrong, labels), labels=labels, label="label")
    assert facts(many, "score").value == 0.5
    result = facts(many, "confusion")
    assert (len(result.classes), result.left_out, result.wrong) == (12, 288, 300)
    turn = say(many, "labels")
    assert len(turn.reply.blocks[0].rows) == 50
    assert turn.reply.text.startswith("The model knows 300 classes.\n")
    assert "The table has the first 50." in turn.reply.text
    for command in (
        "where id = 3 | predict",
        "where id = 3 | attribute",
        "model",
        "calibration",
        "mistakes",
        "help",
        "important",
    ):
        assert not say(many, command).failed, command
        assert len(say(many, command).reply.text) < 1200


BAD = [
    ("score metric=bleu", "'metric' of 'score' takes no 'bleu'"),
    ("score class=anger", "'class' of 'score' takes a class of the model, and 'anger' is none"),
    ("score by=colour", "'by' of 'score' takes a field or column, and 'colour' is none"),
    ('where text "free" | score', "This needs rows of the data"),
]


@pytest.mark.parametrize(("command", "said"), BAD, ids=[command for command, _ in BAD])
def test_what_cannot_be_told(assistant, command, said):
    turn = say(assistant, command)
    assert turn.failed
    assert turn.reply.text.startswith(said)


def test_by_a_date_a_truth_value_and_a_length(tmp_path):
    rows = pd.DataFrame({
        "text": ["a", "a b", "a b c", "a b c d"] * 2,
        "label": ["ham"] * 8,
        "sent": pd.date_range("2024-01-01", periods=8),
        "known": [True, False] * 4,
    })  # fmt: skip
    made = told(tmp_path, rows, says(["ham", "ham", "ham", "spam"] * 2), label="label")
    known = [(item.name, item.value) for item in facts(made, "score by=known").slices]
    assert known == [("known false", 0.5), ("known true", 1.0)]
    words = [(item.name, item.value) for item in facts(made, "score by=words").slices]
    assert words == [("words 1", 1.0), ("words 2", 1.0), ("words 3", 1.0), ("words 4", 0.0)]
    sent = facts(made, "score by=sent").slices
    assert sent[0].name == "sent 2024-01-01 to 2024-01-02"
    assert [item.value for item in sent] == [1.0, 0.5, 1.0, 0.5]


def test_calibration_tells_the_bin_that_is_furthest_off():
    few, near, far = Bin(0.5, 0.6, 5, 0.55, 0.1), Bin(0.7, 0.8, 90, 0.75, 0.72), Bin(0.8, 0.9, 60, 0.85, 0.77)

    def furthest(*bins):
        facts = {"error": 0.1, "worst": 0.1, "confidence": 0.8, "accuracy": 0.8, "rows": 155, "held_out": True, "unlabelled": 0}
        return CalibrationResult(bins=bins, **facts).furthest

    assert furthest(few, near, far) == far and furthest(few, near) is None


def test_scores_by_label_are_those_by_class(assistant):
    for metric in ("precision", "f1"):
        split, whole = (facts(assistant, f"score metric={metric}{by}") for by in (" by=label", ""))
        assert dataclasses.replace(split, provenance=whole.provenance) == whole
    assert facts(assistant, "score by=label").by == "label"
