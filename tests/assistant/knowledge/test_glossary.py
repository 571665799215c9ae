"""The glossary: terms are found as people write them, and the knowledge base holds together."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.knowledge.glossary import _plain, find_term, terms

FOUND = [
    ("recall", "recall"),
    ("Recall", "recall"),
    ("recal", "recall"),
    ("recalls", "recall"),
    ("the recall", "recall"),
    ("recall?", "recall"),
    ("  'recall' ", "recall"),
    ("true-positive rate", "recall"),
    ("TPR", "recall"),
    ("precission", "precision"),
    ("F1-score", "F1"),
    ("f1 scores", "F1"),
    ("an F1", "F1"),
    ("macro averaged", "macro average"),
    ("macro-average", "macro average"),
    ("auc", "ROC AUC"),
    ("그래디언트", "gradient"),
    ("재현율", "recall"),
    ("혼동 행렬", "confusion matrix"),
    ("통합 그래디언트", "integrated gradients"),
    ("샵", "SHAP"),
]


@pytest.mark.parametrize(("asked", "name"), FOUND, ids=[asked for asked, _ in FOUND])
def test_a_term_is_found_as_it_is_written(asked, name):
    term, near = find_term(asked)
    assert term is not None and term.name == name
    assert near == ()


@pytest.mark.parametrize("asked", ["banana bread", "", "?", "a", "the", "無料"])
def test_what_is_no_term_is_not_found(asked):
    term, near = find_term(asked)
    assert term is None
    assert len(near) <= 3
    assert set(near) <= {known.name for known in terms()}


def test_a_part_of_a_name_leads_to_the_terms_that_hold_it():
    term, near = find_term("recall of the rare class")
    assert (term, near[0]) == (None, "recall")
    for name in find_term("average")[1]:
        known = next(term for term in terms() if term.name == name)
        assert any("average" in _plain(said) for said in (known.name, *known.also))


def test_every_name_is_found_and_leads_to_its_own_term():
    for term in terms():
        for name in (term.name, *term.also):
            assert find_term(name)[0] == term, name


def test_no_name_is_used_twice():
    names = Counter(_plain(name) for term in terms() for name in {_plain(said) for said in (term.name, *term.also)})
    assert [name for name, times in names.items() if times > 1] == []


def test_every_related_term_exists_and_is_another_one():
    known = {term.name for term in terms()}
    for term in terms():
        assert set(term.see) <= known, f"{term.name}: {set(term.see) - known}"
        assert term.name not in term.see


def test_every_term_has_a_definition_of_a_sentence_or_more():
    for term in terms():
        assert len(term.text.split()) >= 8, term.name
        assert term.text.endswith((".", "!", "?", ")")), term.name
        assert "  " not in term.text


def test_examples_are_questions_with_known_slots():
    for term in terms():
        filled = term.example.replace("{label}", "").replace("{nouns}", "").replace("{noun}", "")
        assert "{" not in filled, term.name
