"""Influence of training rows: Captum's numbers are those of the gradients taken one by one."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional

from explainers import AskWhyError, influence, matrices
from explainers.features import final_linear

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

LABELS = ["LABEL_0", "LABEL_1", "LABEL_1", "LABEL_0", "LABEL_2", "LABEL_1"]
QUERY = "free prize, call now"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))


def gradient(classifier, text, label):
    """(parameters,) gradient of the loss over all parameters of the last layer, by autograd through the whole model."""
    head = final_linear(classifier)
    parameters = list(head.parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    logits = classifier.model(input_ids=torch.tensor([classifier.encode(text).ids])).logits
    target = torch.tensor([classifier.index(label)])
    if classifier.multi_label:
        loss = functional.binary_cross_entropy_with_logits(logits, functional.one_hot(target, 3).float(), reduction="sum")
    else:
        loss = functional.cross_entropy(logits, target)
    found = torch.cat([part.flatten() for part in torch.autograd.grad(loss, parameters)])
    for parameter in parameters:
        parameter.requires_grad_(False)
    return found.numpy()


@pytest.mark.parametrize("options", [{}, {"problem_type": "multi_label_classification"}])
@pytest.mark.parametrize("name", ["bert", "roberta", "distilbert", "electra", "gpt2", "llama"])
def test_influence_is_the_dot_product_of_gradients(name, options):
    classifier = architectures.build(name, labels=3, **options)
    found = influence(classifier, TEXTS, LABELS, QUERY, "LABEL_1", n=10)
    own = gradient(classifier, QUERY, "LABEL_1")
    expected = [float(gradient(classifier, text, label) @ own) for text, label in zip(TEXTS, LABELS, strict=True)]
    rows = {row.row: row for row in (*found.proponents, *found.opponents)}
    assert [rows[place].influence for place in range(6)] == pytest.approx(expected, rel=1e-3, abs=1e-5)
    assert all(row.influence > 0 for row in found.proponents)
    assert all(row.influence < 0 for row in found.opponents)
    assert [row.influence for row in found.proponents] == sorted((row.influence for row in found.proponents), reverse=True)
    assert [row.influence for row in found.opponents] == sorted(row.influence for row in found.opponents)
    for place, row in rows.items():
        assert (row.text, row.label, row.agrees) == (TEXTS[place], LABELS[place], LABELS[place] == "LABEL_1")
    share = sum(value for value, label in zip(expected, LABELS, strict=True) if value > 0 and label == "LABEL_1")
    assert found.agreeing == pytest.approx(share / sum(value for value in expected if value > 0), rel=1e-3)


def test_learning_a_proponent_lowers_the_loss_of_the_query():
    classifier = architectures.build("bert", labels=3)
    found = influence(classifier, TEXTS, LABELS, QUERY, "LABEL_1", n=10)
    head, rate = final_linear(classifier), 1e-3

    def loss():
        logits = classifier.forward([classifier.encode(QUERY)])
        return float(functional.cross_entropy(logits.double(), torch.tensor([1])))

    before = loss()
    for row in (found.proponents[0], found.opponents[0]):
        step = torch.from_numpy(gradient(classifier, row.text, row.label))
        with torch.no_grad():
            head.weight -= rate * step[: head.weight.numel()].view_as(head.weight)
            head.bias -= rate * step[head.weight.numel() :]
        assert before - loss() == pytest.approx(rate * row.influence, rel=0.05)
        with torch.no_grad():
            head.weight += rate * step[: head.weight.numel()].view_as(head.weight)
            head.bias += rate * step[head.weight.numel() :]


def test_the_predicted_class_is_the_default_and_features_are_kept(bert, monkeypatch):
    first = influence(bert, TEXTS, ["LABEL_0"] * 6, QUERY, n=2)
    assert first.target == bert.labels[int(bert.probabilities([QUERY])[0].argmax())]
    assert (first.rows, first.checkpoints, len(first.proponents) <= 2) == (6, 1, True)
    bert.work.reset()
    again = influence(bert, TEXTS, ["LABEL_0"] * 6, QUERY, first.target, n=2)
    assert bert.work.rows == 1  # the query alone
    assert again.proponents == first.proponents
    assert json.loads(json.dumps(first.to_dict()))["rows"] == 6


def test_chunks_change_nothing(bert, monkeypatch):
    labels = ["LABEL_0", "LABEL_1"] * 3
    whole = influence(bert, TEXTS, labels, QUERY, n=6)
    monkeypatch.setattr(matrices, "CHUNK", 2)
    monkeypatch.setattr(sys.modules["explainers.influence"], "BATCH", 4)  # the package's name is the function
    parts = influence(bert, list(reversed(TEXTS)), list(reversed(labels)), QUERY, n=6)
    assert [row.text for row in parts.proponents] == [row.text for row in whole.proponents]
    np.testing.assert_allclose(
        [row.influence for row in parts.opponents], [row.influence for row in whole.opponents], rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"labels": ["LABEL_0"]}, "6 training texts but 1 labels"),
        ({"labels": ["eggs"] * 6}, "no class 'eggs'"),
        ({"target": "eggs"}, "no class 'eggs'"),
        ({"texts": [], "labels": []}, "no texts"),
        ({"n": 0}, "At least one row"),
    ],
)
def test_bad_input_is_refused(bert, options, said):
    with pytest.raises(AskWhyError, match=said):
        influence(bert, **({"texts": TEXTS, "labels": ["LABEL_0"] * 6, "query": QUERY} | options))
