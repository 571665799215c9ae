"""Rows with several labels at once, and models that give several, against scikit-learn and by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from explainers.dataset import DataSource, load_dataset
from explainers.errors import AskWhyError
from explainers.training import TrainingPlan, train_classifier

from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.workspace import Workspace

from .. import tiny
from ..conftest import workspace_of
from ..told import facts, say

LABELS = ("joy", "rage", "calm", "fear")
ROWS = 80
SKLEARN = {"precision": precision_score, "recall": recall_score, "f1": f1_score}


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    """(rows, labels): which row has which label. No row is of fear; some have no label that applies."""
    made = np.random.default_rng(0).random((ROWS, 4)) < (0.6, 0.4, 0.2, 0.0)
    return made


@pytest.fixture(scope="module")
def chances(truth) -> np.ndarray:
    return np.clip(0.25 + 0.4 * truth + np.random.default_rng(1).normal(0, 0.2, truth.shape), 0.01, 0.99)


def frame(truth: np.ndarray) -> pd.DataFrame:
    lists = [[label for label, has in zip(LABELS, row, strict=True) if has] for row in truth]
    return pd.DataFrame({"text": [f"text {'a ' * (row % 5)}" for row in range(ROWS)], "felt": lists})


def assistant_of(dataset, chances: np.ndarray, *, multi_label: bool = True) -> Assistant:
    classifier = tiny.classifier(list(dataset.texts), LABELS)
    if multi_label:
        classifier.model.config.problem_type = "multi_label_classification"
    made = Workspace(workspace_of(dataset).settings, classifier, dataset)
    made._probabilities = chances
    return Assistant(made, Parser(OPERATIONS, made.schema, None))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory, truth, chances) -> Assistant:
    path = tmp_path_factory.mktemp("several") / "rows.parquet"
    frame(truth).to_parquet(path)
    return assistant_of(load_dataset(DataSource(path, label="felt")), chances)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl", "rows.csv", "lists.csv"])
def test_every_way_to_write_several_labels_is_read_the_same(tmp_path, truth, name):
    rows, options = frame(truth), {}
    if name == "rows.parquet":
        rows.to_parquet(tmp_path / name)
    elif name == "rows.jsonl":
        rows.to_json(tmp_path / name, orient="records", lines=True)
    elif name == "lists.csv":
        rows.assign(felt=rows.felt.map(json.dumps)).to_csv(tmp_path / name, index=False)
    else:
        rows.assign(felt=rows.felt.map(lambda labels: ";".join(labels) or ";")).to_csv(tmp_path / name, index=False)
        options = {"label_separator": ";"}
    made = load_dataset(DataSource(tmp_path / name, label="felt", **options))
    assert made.label_sets.to_pylist() == rows.felt.tolist()
    assert set(made.labels) == {"joy", "rage", "calm"}
    assert made.label_matrix(LABELS, np.arange(ROWS)).tolist() == truth.tolist()
    assert made.label_matrix(LABELS, np.array([7, 2])).tolist() == truth[[7, 2]].tolist()
    assert made.table["label"].to_pylist() == [", ".join(sorted(labels)) or "no class" for labels in rows.felt]
    assert "felt" not in made.table.column_names and "label sets" not in made.table.column_names


def test_cells_without_a_separator_are_one_label(tmp_path):
    (tmp_path / "rows.csv").write_text("text,felt\na,joy;rage\nb,joy\n")
    assert load_dataset(DataSource(tmp_path / "rows.csv", label="felt")).labels == ("joy;rage", "joy")


def test_one_label_as_a_matrix(tmp_path):
    (tmp_path / "rows.csv").write_text("text,felt\na,joy\nb,\nc,odd\n")
    made = load_dataset(DataSource(tmp_path / "rows.csv", label="felt"))
    assert made.label_matrix(("rage", "joy"), np.arange(3)).tolist() == [[False, True], [False, False], [False, False]]


def test_exact_match_is_the_accuracy(assistant, truth, chances):
    turn = say(assistant, "score")
    result = turn.results[0]
    assert (result.value, result.several) == (pytest.approx(accuracy_score(truth, chances >= 0.5)), True)
    assert 0.1 < result.value < 0.9
    assert turn.reply.text.startswith("Messages may have several labels here. The model gives exactly the right ones to ")
    assert f"an exact match of {round(100 * result.value)}%" in turn.reply.text


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("metric", SKLEARN)
def test_averages(assistant, truth, chances, metric, average):
    """A class that no row has is left out of macro averages."""
    used = slice(None) if average == "micro" else slice(3)
    meant = SKLEARN[metric](truth[:, used], chances[:, used] >= 0.5, average=average, zero_division=0)
    assert facts(assistant, f"score metric={metric} average={average}").value == pytest.approx(meant)


@pytest.mark.parametrize("label", ["joy", "rage", "calm"])
def test_of_one_class(assistant, truth, chances, label):
    place = LABELS.index(label)
    for metric, meant in SKLEARN.items():
        value = facts(assistant, f"score metric={metric} class={label}").value
        assert value == pytest.approx(meant(truth[:, place], chances[:, place] >= 0.5))
    area = roc_auc_score(truth[:, place], chances[:, place])
    assert facts(assistant, f"score metric=roc_auc class={label}").value == pytest.approx(area)


def test_the_area_is_over_the_classes_that_some_rows_have(assistant, truth, chances):
    areas = [roc_auc_score(truth[:, place], chances[:, place]) for place in range(3)]
    assert facts(assistant, "score metric=roc_auc").value == pytest.approx(np.mean(areas))
    assert facts(assistant, "score metric=roc_auc average=weighted").value == pytest.approx(
        np.average(areas, weights=truth.sum(0)[:3])
    )
    turn = say(assistant, "score metric=roc_auc class=fear")
    assert turn.failed and "since none of them is labelled fear" in turn.reply.text


def test_slices_by_label_hold_a_row_in_each_of_its_labels(assistant, truth):
    slices = facts(assistant, "score by=label").slices
    assert {item.name: item.rows for item in slices} == {
        f"label {label}": count for label, count in zip(LABELS, truth.sum(axis=0), strict=True) if count
    }


CONDITIONS = {
    "label = joy": lambda truth, said: truth[:, 0],
    "label != joy": lambda truth, said: ~truth[:, 0],
    "label in (rage, calm)": lambda truth, said: truth[:, 1] | truth[:, 2],
    "not label = joy and label = rage": lambda truth, said: ~truth[:, 0] & truth[:, 1],
    "label = fear": lambda truth, said: truth[:, 3],
    "prediction = rage": lambda truth, said: said[:, 1],
    "prediction != rage": lambda truth, said: ~said[:, 1],
    "label = joy and not prediction = joy": lambda truth, said: truth[:, 0] & ~said[:, 0],
    "correct = true": lambda truth, said: (truth == said).all(axis=1),
    "correct = false": lambda truth, said: (truth != said).any(axis=1),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions(assistant, truth, chances, condition):
    meant = CONDITIONS[condition](truth, chances >= 0.5)
    assert facts(assistant, f"where {condition} | count").rows == meant.sum()


def test_rows_are_counted_by_each_of_their_labels(assistant, truth):
    counts = {label: int(count) for label, count in zip(LABELS, truth.sum(axis=0), strict=True) if count}
    assert facts(assistant, "count").labels == counts
    assert dict(facts(assistant, "statistics of=label").counts) == counts
    assert facts(assistant, "labels").rows == counts | {"fear": 0}
    assert dict(facts(assistant, "data").labels) == counts


def test_mistakes_are_sets_that_differ(assistant, truth, chances):
    result = facts(assistant, "mistakes")
    said = chances >= 0.5
    wrong = (truth != said).any(axis=1)
    assert result.wrong == wrong.sum()

    def named(row: np.ndarray) -> str:
        return ", ".join(sorted(label for label, has in zip(LABELS, row, strict=True) if has)) or "no class"

    pairs = pd.Series([(named(t), named(s)) for t, s in zip(truth[wrong], said[wrong], strict=True)]).value_counts()
    assert result.pairs[0][2] == pairs.iloc[0]
    assert all(pairs[truth_, said_] == count for truth_, said_, count in result.pairs)
    assert all(item.correct is False for item in result.shown)
    assert not say(assistant, "mistakes kind=typical").failed


def test_calibration_is_of_each_decision(assistant, truth, chances):
    turn = say(assistant, "calibration")
    result = turn.results[0]
    said = chances >= 0.5
    assert (result.rows, result.decisions) == (ROWS, ROWS * 4)
    assert result.accuracy == pytest.approx((truth == said).mean())
    assert result.confidence == pytest.approx(np.maximum(chances, 1 - chances).mean())
    assert turn.reply.text.startswith("Over 320 decisions for or against a label, of 80 messages, the model is ")


def test_there_is_no_confusion_of_sets(assistant):
    turn = say(assistant, "confusion")
    assert turn.failed
    assert "Rows may have several labels here" in turn.reply.text


def test_a_row_is_right_when_all_its_labels_are(assistant, truth, chances):
    said = chances >= 0.5
    both = int(np.flatnonzero((truth == said).all(axis=1) & (truth.sum(axis=1) == 2))[0])
    turn = say(assistant, f"where id = {both} or id = {both + 1} | compare by=score")
    assert not turn.failed
    assert facts(assistant, f"where id <= {ROWS} | compare with=class:joy").groups[0].accuracy == pytest.approx(
        (truth == said).all(axis=1).mean()
    )


def test_a_model_of_one_answer_is_right_about_rows_of_that_one_label(tmp_path, truth, chances):
    frame(truth).to_parquet(tmp_path / "rows.parquet")
    one = assistant_of(load_dataset(DataSource(tmp_path / "rows.parquet", label="felt")), chances, multi_label=False)
    best = chances.argmax(axis=1)[:, None] == np.arange(4)
    assert facts(one, "score").value == pytest.approx((best == truth).all(axis=1).mean())
    assert facts(one, "where prediction = joy | count").rows == best[:, 0].sum()


def test_labels_that_are_missing_and_labels_that_the_model_does_not_know(tmp_path, chances):
    lists = [["joy"], None, ["joy", "odd"], []] * 20
    table = pa.table({"text": ["a"] * ROWS, "felt": pa.array(lists, pa.list_(pa.string()))})
    parquet.write_table(table, tmp_path / "rows.parquet")
    dataset = load_dataset(DataSource(tmp_path / "rows.parquet", label="felt"))
    said = np.tile([[0.9, 0.1, 0.1, 0.1]] * 3 + [[0.1, 0.1, 0.1, 0.1]], (20, 1))
    made = assistant_of(dataset, said)
    result = facts(made, "score")
    assert (result.rows, result.unlabelled, result.value) == (60, 20, pytest.approx(2 / 3))
    assert [(item.label, item.rows) for item in result.classes] == [("joy", 40), ("odd", 20)]
    assert facts(made, "count").unlabelled == 20
    assert facts(made, "where not label = joy | count").rows == 40
    assert facts(made, "where label != joy | count").rows == 20
    assert dict(facts(made, "labels").unknown) == {"odd": 20}


def test_what_needs_one_label_a_row_says_so(assistant):
    turn = say(assistant, "where id = 1 | influence")
    assert turn.failed and "influence is traced only where each row has one" in turn.reply.text
    with pytest.raises(AskWhyError, match="several labels here; a classifier is trained only on rows of one label"):
        train_classifier("none", assistant.workspace.dataset, Path(), TrainingPlan())


def test_the_answer_names_all_the_labels(assistant, chances):
    said = chances >= 0.5
    texts = {count: int(np.flatnonzero(said.sum(axis=1) == count)[0]) for count in (0, 1, 2)}
    result = facts(assistant, f"where id <= {ROWS} | predict")
    counts = {label: int(count) for label, count in zip(LABELS, said.sum(axis=0), strict=True) if count}
    assert result.counts == counts | {"no class": int((~said.any(axis=1)).sum())}
    shown = {
        item.subject.row: item
        for item in facts(assistant, f"where id in ({', '.join(map(str, texts.values()))}) | predict").predictions
    }
    for row in texts.values():
        meant = ", ".join(sorted(label for label, has in zip(LABELS, said[row], strict=True) if has)) or "no class"
        assert shown[row].said == shown[row].several == meant
        assert shown[row].label == LABELS[chances[row].argmax()]


def test_an_edit_of_rows_flips_sets(assistant, truth, chances):
    edited = facts(assistant, f'where id <= {ROWS} | edit kind=replace old="text" new="word"').edited
    model = assistant.workspace.classifier
    after = model.probabilities([f"word {'a ' * (row % 5)}" for row in range(ROWS)]) >= 0.5
    before = chances >= 0.5
    assert edited.wrong == ((before != truth).any(axis=1).sum(), (after != truth).any(axis=1).sum())
    assert edited.flipped == (before != after).any(axis=1).sum() > 0
    assert all(old != new for old, new, _ in edited.flips)
    assert any(", " in name for flip in edited.flips for name in flip[:2])
    assert all(one.said != two.said for one, two in edited.shown)


def test_two_models_are_compared_by_all_labels(assistant, truth, chances, monkeypatch):
    other = tiny.classifier([f"text {'a ' * (row % 5)}" for row in range(ROWS)], LABELS, seed=5)
    other.model.config.problem_type = "multi_label_classification"
    monkeypatch.setattr(assistant.workspace, "other_model", lambda name: other)
    found = facts(assistant, f'where id <= {ROWS} | compare with=model:"other"').models
    theirs = other.probabilities(list(assistant.workspace.dataset.texts)) >= 0.5
    right = [float((side == truth).all(axis=1).mean()) for side in (chances >= 0.5, theirs)]
    assert found.accuracy == pytest.approx(right) and right[0] > 0
    assert found.different == ((chances >= 0.5) != theirs).any(axis=1).sum()
    assert all(one.said != two.said for one, two in found.shown)
