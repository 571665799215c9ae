"""Scores against hand-made counts, and a training that is over in a moment."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explainers import AskWhyError, Classifier, DataSource, load_dataset, training
from explainers.training import TrainingPlan, classification_scores, train_classifier, write_record

from tests.explainers import architectures


def rows(predicted: list[int], classes: int) -> np.ndarray:
    return np.eye(classes)[predicted] * 0.5 + 0.1


def test_scores_of_three_classes():
    truth, predicted = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1, 2, 2, 0, 0]
    scores = classification_scores(truth, rows(predicted, 3), ["a", "b", "c"])
    expected = {
        "rows": 10, "accuracy": 6 / 10,
        "a precision": 3 / 5, "a recall": 3 / 4, "a f1": 6 / 9,
        "b precision": 2 / 3, "b recall": 2 / 3, "b f1": 4 / 6,
        "c precision": 1 / 2, "c recall": 1 / 3, "c f1": 2 / 5,
        "macro f1": (6 / 9 + 4 / 6 + 2 / 5) / 3,
    }  # fmt: skip
    assert scores == pytest.approx(expected)


def test_classes_that_never_come_score_nothing():
    scores = classification_scores([0, 0], rows([0, 1], 3), ["a", "b", "c"])
    assert (scores["a precision"], scores["a recall"]) == (1.0, 0.5)
    assert {scores[f"{label} {kind}"] for label in "bc" for kind in ("precision", "recall", "f1")} == {0.0}
    assert scores["macro f1"] == pytest.approx((2 / 3) / 3)


def test_a_record_can_be_read_back(tmp_path):
    write_record(tmp_path, TrainingPlan(epochs=2), {"accuracy": 0.5}, {"base": "tiny"})
    record = json.loads((tmp_path / "training.json").read_text())
    assert record["plan"]["epochs"] == 2
    assert (record["scores"], record["base"]) == ({"accuracy": 0.5}, "tiny")


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text(
        "text,label\n" + "".join(f"{'free prize' if n % 2 else 'see you'} {'a' * (n // 4)},{n % 2}\n" for n in range(40))
    )
    return file


@pytest.mark.parametrize("options", [{}, {"label": "label"}, {"split": {"test": 0.2}}])
def test_rows_without_labels_or_splits_cannot_be_trained_on(source, tmp_path, options):
    with pytest.raises(AskWhyError, match=r"needs a label column and a \[data.split\]"):
        train_classifier("absent", load_dataset(DataSource(source, **options)), tmp_path / "made", TrainingPlan())


@pytest.mark.parametrize("bf16", [False, True])
def test_a_trained_adapter_is_the_model_that_was_measured(source, tmp_path, monkeypatch, bf16):
    averages, own = [], training._averaging
    monkeypatch.setattr(training, "_averaging", lambda model: averages.append(own(model)) or averages[-1])
    monkeypatch.setattr(training, "has_fast_bf16", lambda device: bf16)
    measured, score = [], training.classification_scores
    monkeypatch.setattr(training, "classification_scores", lambda *given: measured.append(given[1]) or score(*given))
    base = architectures.build("bert")
    base.model.bert.save_pretrained(tmp_path / "base")
    base.tokenizer.save_pretrained(tmp_path / "base")
    split = {"test": 0.25, "validation": 0.25}
    dataset = load_dataset(DataSource(source, label="label", labels={"0": "ham", "1": "spam"}, split=split))
    plan = TrainingPlan(epochs=2, batch_size=8, rank=2, tokens=60)
    scores = train_classifier(tmp_path / "base", dataset, tmp_path / "made", plan)
    assert json.loads((tmp_path / "made" / "labels.json").read_text()) == ["ham", "spam"]
    saved = load_file(tmp_path / "made" / "adapter_model.safetensors").values()
    assert averages[0].count == 4  # of 6 steps, from the middle one on
    assert all(any(mean.shape == kept.shape and torch.allclose(mean, kept) for kept in saved) for mean in averages[0].mean)
    loaded = Classifier.load(tmp_path / "base", adapter=tmp_path / "made", device="cpu")
    frame = dataset.table.to_pandas()
    test = frame[frame["split"] == "test"]
    found = loaded.probabilities(test["text"].tolist())
    np.testing.assert_allclose(measured[0], found, atol=1e-6)  # in full precision, however it was trained
    assert classification_scores([loaded.index(label) for label in test["label"]], found, loaded.labels) == pytest.approx(scores)
    assert scores["rows"] == 10


def test_the_mean_is_of_the_second_half():
    model = torch.nn.Linear(1, 1, bias=False)
    averaging = training._averaging(model)
    for step, weight in enumerate([9.0, 9.0, 1.0, 2.0, 6.0], start=1):
        model.weight.data.fill_(weight)
        averaging.on_step_end(None, SimpleNamespace(global_step=step, max_steps=5), None)
    averaging.put_back()
    assert model.weight.item() == pytest.approx(3.0)
