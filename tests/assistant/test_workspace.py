"""A workspace: a settings file's model and data, loaded once and never changed."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.errors import AskWhyError

from assistant.settings import ModelSettings
from assistant.workspace import Workspace

from . import tiny
from .conftest import frame

SETTINGS = """
title = "Loaded"
[[models]]
name = "tiny filter"
path = "./model"
labels = ["ham", "spam"]
[data]
path = "rows.csv"
noun = ["message", "messages"]
label = "spam"
labels = { "0" = "ham", "1" = "spam" }
"""


@pytest.fixture
def folder(tmp_path):
    rows = frame(12)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    made = tiny.classifier(rows.text.tolist())
    made.model.save_pretrained(tmp_path / "model")
    made.tokenizer.save_pretrained(tmp_path / "model")
    (tmp_path / "askwhy.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def test_the_schema_is_drawn_from_model_and_data(workspace, named):
    assert workspace.schema.labels == ("ham", "spam")
    assert workspace.schema.columns == {
        "sender": ("a b", "bank", "friend"), "age": "number", "split": ("test", "train", "validation")
    }  # fmt: skip
    assert (workspace.schema.id, workspace.schema.rows) == ("integer", 40)
    assert (named.schema.id, named.schema.rows) == ("string", 12)


def test_predictions_are_the_classifiers_and_made_once(workspace, monkeypatch):
    known = workspace.probabilities()
    assert known == pytest.approx(workspace.classifier.probabilities(workspace.dataset.texts), abs=1e-5)
    monkeypatch.setattr(type(workspace.classifier), "probabilities", None)
    assert workspace.probabilities() is known
    assert workspace.predicted


def test_the_tiny_models_answers_vary(workspace):
    """Else the other tests would prove little."""
    best = workspace.probabilities().argmax(axis=1)
    right = np.array(workspace.classifier.labels)[best] == workspace.dataset.table["label"].to_pylist()
    assert 0.2 < best.mean() < 0.8
    assert 0.2 < right.mean() < 0.8
    assert np.ptp(workspace.probabilities().max(axis=1)) > 0.3


def test_a_settings_file_is_loaded(folder):
    told = []
    loaded = Workspace.load(folder / "askwhy.toml", lambda stage, share: told.append(stage))
    assert (loaded.settings.title, loaded.classifier.name, len(loaded.dataset)) == ("Loaded", "tiny filter", 12)
    assert list(dict.fromkeys(told)) == ["data", "model"]
    assert not loaded.predicted
    loaded.probabilities()
    assert loaded.predicted
    again = Workspace.load(folder / "askwhy.toml")
    assert again.predicted
    assert np.array_equal(again.probabilities(), loaded.probabilities())


WRONG = [
    ('path = "./model"', 'path = "./other"', "There is no model folder .*other"),
    ('labels = ["ham", "spam"]', 'labels = ["ham"]', "2 classes, but 1 label names are given"),
    ('path = "rows.csv"', 'path = "gone.csv"', "There is no data file .*gone.csv"),
    ('label = "spam"', 'label = "lable"', "has no column 'lable' for the label"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[new for _, new, _ in WRONG])
def test_what_is_missing_is_told(folder, old, new, said):
    (folder / "askwhy.toml").write_text(SETTINGS.replace(old, new), "utf-8")
    with pytest.raises(AskWhyError, match=said):
        Workspace.load(folder / "askwhy.toml")


def test_words_that_mark_a_class_come_from_the_data(workspace, named):
    assert set(workspace.material.markers) == {"ham", "spam"}
    assert {"home", "dinner", "tonight"} <= set(workspace.material.markers["ham"])
    assert {"free", "home", "you"} <= workspace.material.common
    assert set(named.material.markers) <= {"ham", "spam"}


def test_a_model_is_found_by_its_whole_name_first(workspace, monkeypatch):
    names = ("tiny filter", "base large", "base", "base small")
    models = tuple(ModelSettings(path=name, name=name) for name in names)
    monkeypatch.setattr("assistant.workspace.load_model", lambda model, resolver, device: model.name)
    made = Workspace(workspace.settings.model_copy(update={"models": models}), workspace.classifier, workspace.dataset)
    assert [made._other(name, "classifier")[1] for name in ("Base", "large", "small")] == ["base", "base large", "base small"]
    with pytest.raises(AskWhyError, match="did you mean 'base'"):
        made._other("bose", "classifier")
