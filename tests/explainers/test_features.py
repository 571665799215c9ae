"""What is read inside a model, kept on disk, and compared: hidden states, features of the head, neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explainers import AskWhyError, nearest, sentence_embeddings
from explainers import matrices as module
from explainers.features import final_linear, head_features, layer_states
from explainers.matrices import blocks, stored_rows

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

ALL = list(architectures.CONFIGS)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "CHUNK", 3)
    return tmp_path / "cache"


@pytest.mark.parametrize("name", ALL)
def test_states_are_means_over_the_tokens_of_each_text_alone(name):
    classifier = architectures.build(name)
    found = layer_states(classifier, TEXTS)
    for row, text in enumerate(TEXTS):
        ids = torch.tensor([classifier.encode(text).ids])
        states = classifier.model.base_model(input_ids=ids, output_hidden_states=True).hidden_states
        np.testing.assert_allclose(found[row], torch.stack([state[0].mean(0) for state in states]).detach(), atol=1e-5)
    np.testing.assert_array_equal(layer_states(classifier, TEXTS, [-1])[:, 0], found[:, -1])


@pytest.mark.parametrize("name", ALL)
def test_the_last_layer_makes_the_logits_of_its_features(name):
    classifier = architectures.build(name, labels=3)
    features, head = head_features(classifier, TEXTS), final_linear(classifier)
    logits = classifier.forward([classifier.encode(text) for text in TEXTS])
    np.testing.assert_allclose(head(torch.from_numpy(features)).detach(), logits, atol=1e-4)
    assert not head._forward_hooks


def test_a_head_without_a_linear_end_is_refused(bert):
    classifier = architectures.build("bert")
    classifier.model.classifier = nn.Sequential(nn.Linear(16, 8), nn.Linear(8, 2), nn.Tanh())
    with pytest.raises(AskWhyError, match="does not make its answer alone"):
        head_features(classifier, TEXTS)
    classifier.model.classifier = nn.Bilinear(16, 16, 2)
    with pytest.raises(AskWhyError, match="does not end in a linear layer"):
        final_linear(classifier)


def test_a_layer_that_is_not_there_is_refused(bert):
    with pytest.raises(AskWhyError, match="no layer 3; its layers are 0 .* to 2"):
        layer_states(bert, TEXTS, [3])
    with pytest.raises(AskWhyError, match="no texts"):
        layer_states(bert, [])


def test_rows_are_computed_once_and_mapped(cache):
    asked: list[str] = []

    def compute(texts):
        asked.extend(texts)
        return np.array([[len(text), 1.0] for text in texts])

    texts, told = ["a" * number for number in range(8)], []
    rows = stored_rows("lengths", "model", texts, compute, told.append)
    assert isinstance(rows, np.memmap) and not rows.flags.writeable
    assert rows.dtype == np.float32 and rows.tolist() == [[float(number), 1.0] for number in range(8)]
    assert asked == texts
    assert told == [3 / 8, 6 / 8, 1.0]
    stored_rows("lengths", "model", texts, compute)
    assert asked == texts
    assert [path.name for path in cache.rglob("*.*")] == ["rows.npy"]
    stored_rows("lengths", "other model", texts, compute)
    stored_rows("lengths", "model", ["ab", "c"], compute)
    stored_rows("lengths", "model", ["a", "bc"], compute)
    assert asked == texts + texts + ["ab", "c", "a", "bc"]


def test_an_interrupted_run_goes_on_where_it_was(cache):
    asked: list[str] = []

    def compute(texts):
        if len(asked) >= 6:
            raise KeyboardInterrupt
        asked.extend(texts)
        return np.ones((len(texts), 2))

    texts = [str(number) for number in range(8)]
    with pytest.raises(KeyboardInterrupt):
        stored_rows("ones", "model", texts, compute)
    assert sorted(path.name for path in cache.rglob("*.*")) == ["000000000.npy", "000000003.npy"]
    asked.clear()
    assert stored_rows("ones", "model", texts, compute).shape == (8, 2)
    assert asked == texts[6:]


def test_another_process_may_be_first(cache):
    texts, folder = list("abcdefgh"), cache / "ones"

    def compute(some):
        if some[-1] == "h":  # meanwhile the other one has finished
            stored_rows("other ones", "model", texts, lambda chunk: np.ones((len(chunk), 2)))
            for part in folder.rglob("0*.npy"):
                part.unlink()
            next((cache / "other ones").rglob("rows.npy")).replace(next(folder.iterdir()) / "rows.npy")
        return np.ones((len(some), 2))

    assert stored_rows("ones", "model", texts, compute).tolist() == [[1.0, 1.0]] * 8


@pytest.mark.parametrize("rows", [1, 3, 8, 100])
def test_blocks_of_a_file_and_of_an_array_are_the_same(cache, rows):
    values = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    mapped = stored_rows("random", "model", list("abcdefgh"), lambda texts: values[["abcdefgh".index(text) for text in texts]])
    for matrix, meant in ((mapped, values), (values, values), (mapped[2:], values[2:]), (values.astype(float), values)):
        found = list(blocks(matrix, rows))
        assert [start for start, _ in found] == list(range(0, len(meant), rows))
        np.testing.assert_array_equal(np.concatenate([block for _, block in found]), meant)
        assert all(block.dtype == np.float32 for _, block in found)


def test_the_file_is_what_numpy_writes(cache, tmp_path):
    rows = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    stored_rows("random", "model", list("abcdefgh"), lambda texts: rows[["abcdefgh".index(text) for text in texts]])
    np.testing.assert_array_equal(np.load(next(cache.rglob("rows.npy")), allow_pickle=False), rows)


def test_embeddings_are_the_last_states(bert):
    found = sentence_embeddings(bert, TEXTS)
    np.testing.assert_allclose(found, layer_states(bert, TEXTS)[:, -1], atol=1e-6)
    assert isinstance(found, np.memmap)


def test_nearest_is_by_cosine(monkeypatch):
    matrix = np.random.default_rng(1).normal(size=(50, 7)).astype(np.float32)
    matrix[20] = 3 * matrix[4]
    matrix[30] = 0
    cosines = matrix @ matrix[4] / np.maximum(np.linalg.norm(matrix, axis=1) * np.linalg.norm(matrix[4]), 1e-9)
    expected = [int(row) for row in np.argsort(-cosines, kind="stable") if row != 4]
    for block in (4, 1000):
        monkeypatch.setattr("explainers.neighbours.BLOCK", block)
        found = nearest(4, matrix, 60)
        assert [each.row for each in found[:10]] == expected[:10]
        assert len(found) == 49  # all but itself
        assert found[0].row == 20 and found[0].similarity == pytest.approx(1.0)
        assert next(each for each in found if each.row == 30).similarity == 0.0
    assert nearest(matrix[4], matrix, 2)[1].similarity == pytest.approx(1.0)
    assert nearest(np.int64(4), matrix, 1) == nearest(4, matrix, 1)
    assert found[0].to_dict() == {"row": 20, "similarity": found[0].similarity}


def test_neighbours_of_equal_cosine_are_in_the_order_of_the_rows(monkeypatch):
    monkeypatch.setattr("explainers.neighbours.BLOCK", 3)
    assert [each.row for each in nearest(1, np.ones((8, 2), dtype=np.float32), 4)] == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("query", "n", "said"), [(9, 1, "no row 9"), (-1, 1, "no row -1"), (np.ones(3), 1, "shape"), (0, 0, "At least one")]
)
def test_a_query_that_does_not_fit_is_refused(query, n, said):
    with pytest.raises(AskWhyError, match=said):
        nearest(query, np.ones((4, 2)), n)
