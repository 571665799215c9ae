"""Predictions of a whole dataset, and the scores that cards are written from."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import DataSource, load_dataset, predict_dataset
from explainers import matrices as module
from explainers.predictions import is_predicted
from explainers.training import classification_scores

from tests.explainers import architectures


def test_predictions_are_kept_and_go_on_where_they_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "CHUNK", 4)
    file = tmp_path / "rows.csv"
    file.write_text("text\n" + "\n".join(f"free prize {number}" for number in range(10)) + "\n")
    classifier, dataset = architectures.build("bert"), load_dataset(DataSource(file))
    assert not is_predicted(classifier, dataset)
    told = []
    rows = predict_dataset(classifier, dataset, lambda done, total: told.append((done, total)))
    np.testing.assert_allclose(rows, classifier.probabilities(dataset.texts), atol=1e-5)
    assert told == [(4, 10), (8, 10), (10, 10)]
    assert is_predicted(classifier, dataset)
    told.clear()
    np.testing.assert_array_equal(predict_dataset(classifier, dataset, lambda *seen: told.append(seen)), rows)
    assert told == []


def test_scores_by_hand():
    truth = [0, 0, 0, 1, 1]
    rows = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7], [0.6, 0.4]])
    scores = classification_scores(truth, rows, ["ham", "spam"])
    assert scores["accuracy"] == pytest.approx(3 / 5)
    assert scores["ham precision"] == pytest.approx(2 / 3)
    assert scores["ham recall"] == pytest.approx(2 / 3)
    assert scores["spam precision"] == pytest.approx(1 / 2)
    assert scores["spam f1"] == pytest.approx(1 / 2)
    assert scores["macro f1"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert scores["rows"] == 5
