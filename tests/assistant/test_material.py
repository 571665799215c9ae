"""What counterfactuals of a workspace draw on."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from assistant import material
from assistant.material import material_of, negations


def test_it_is_of_the_data(workspace):
    made = workspace.material
    assert made is workspace.material
    assert set(made.markers) == set(workspace.classifier.labels)
    assert {"free", "home"} <= set(made.lexicon.words)
    assert made.contrasts.nearest("free prize", "spam")
    assert made.fluency is None  # nothing is loaded for a workspace that is made of its parts


def test_a_visitors_copy_shares_it(workspace):
    assert workspace.adapted(workspace.classifier, workspace.probabilities()).material is workspace.material


def test_of_much_data_some_is_read(workspace, monkeypatch):
    monkeypatch.setattr(material, "READ", 10)
    assert len(material_of(workspace).contrasts.texts) == 10


def test_contraries_are_of_the_languages_that_the_data_is_in():
    assert negations(["free", "is"]).swaps == {}
    english = negations(["is", "was", "never", "prize"])
    assert english.swaps["is"][0] == "is not" and "not" in english.words and "있다" not in english.swaps
    korean = negations(["있다", "없는", "좋은"])
    assert korean.swaps["있다"] == ("없다",) and "not" not in korean.words


def test_the_lists_are_whole():
    told = tomllib.loads((files("prompts") / "words" / "negation.toml").read_text("utf-8"))
    assert set(told) == {"en", "ko"}
    for entry in told.values():
        assert entry["words"]
        assert all(others and word not in others and word == word.lower() for word, others in entry["swaps"].items())
