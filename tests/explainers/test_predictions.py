"""Predictions on disk: computed once for each model and each data, and only what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import DataSource, load_dataset, predict_dataset
from explainers import matrices as module
from explainers.predictions import Predictions, is_predicted

from tests.explainers import architectures


class Broken(Exception):
    pass


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "CHUNK", 3)
    file = tmp_path / "rows.csv"
    file.write_text("text\n" + "".join(f"{'free ' * number}prize\n" for number in range(8)))
    return load_dataset(DataSource(file))


@pytest.fixture
def asked(monkeypatch, bert):
    """The texts that were run through the model, in turn."""
    texts, own = [], bert.probabilities

    def probabilities(some, progress=None):
        texts.extend(some)
        return own(some, progress)

    monkeypatch.setattr(bert, "probabilities", probabilities)
    return texts


def test_nothing_is_computed_twice(dataset, bert, asked, tmp_path):
    rows = predict_dataset(bert, dataset)
    assert (rows.shape, rows.dtype) == ((8, 2), np.float32)
    assert asked == dataset.texts
    np.testing.assert_allclose(rows, bert.probabilities(dataset.texts), atol=1e-5)
    asked.clear()
    assert np.array_equal(predict_dataset(bert, dataset), rows)
    assert asked == []
    assert isinstance(rows, np.memmap)
    assert [path.name for path in (tmp_path / "cache" / "predictions").rglob("*.*")] == ["rows.npy"]


def test_an_interrupted_run_keeps_its_chunks(dataset, bert, asked, monkeypatch):
    counting = bert.probabilities

    def breaks(some, progress=None):
        if len(asked) >= 6:
            raise Broken
        return counting(some, progress)

    monkeypatch.setattr(bert, "probabilities", breaks)
    with pytest.raises(Broken):
        predict_dataset(bert, dataset)
    assert not is_predicted(bert, dataset)
    monkeypatch.setattr(bert, "probabilities", counting)
    rows = predict_dataset(bert, dataset)
    assert asked == dataset.texts
    assert is_predicted(bert, dataset)
    np.testing.assert_allclose(rows, counting(dataset.texts), atol=1e-5)


def test_another_model_or_other_rows_are_computed_anew(dataset, bert, tmp_path):
    rows = predict_dataset(bert, dataset)
    other = architectures.build("bert", 3)
    assert not is_predicted(other, dataset)
    assert predict_dataset(other, dataset).shape == (8, 3)
    file = tmp_path / "fewer.csv"
    file.write_text("text\nprize\n")
    fewer = load_dataset(DataSource(file))
    assert not is_predicted(bert, fewer)
    np.testing.assert_allclose(predict_dataset(bert, fewer), rows[:1], atol=1e-5)


def test_what_probabilities_say(monkeypatch):
    monkeypatch.setattr("explainers.predictions.BLOCK", 2)
    chances = np.array([[0.7, 0.2, 0.1], [0.5, 0.1, 0.6], [0.2, 0.3, 0.4]], dtype=np.float32)
    one = Predictions(chances, "abc")
    assert (one.best.tolist(), one.confidence.tolist()) == ([0, 2, 2], pytest.approx([0.7, 0.6, 0.4]))
    assert one.decided(np.array([2, 0])).tolist() == [[False, False, True], [True, False, False]]
    several = Predictions(chances, "abc", multi_label=True)
    assert several.decided(np.arange(3)).tolist() == [[True, False, False], [True, False, True], [False, False, False]]
