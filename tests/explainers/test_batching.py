"""The queue: every row once, in its place, within the budget, and again in smaller batches when memory runs out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.batching import TOKEN_BUDGETS, Queue

from tests.explainers import architectures


def ran(queue: Queue, lengths, **options):
    """Every batch that was computed, and the results."""
    batches: list[list[int]] = []

    def compute(rows):
        batches.append(rows)
        return torch.tensor([[row, lengths[row]] for row in rows], dtype=torch.float64)

    return batches, queue.run(lengths, compute, **options)


@given(lengths=st.lists(st.integers(1, 80), max_size=40), budget=st.integers(1, 200), pad=st.booleans())
def test_every_row_comes_back_in_its_place(lengths, budget, pad):
    queue = Queue("cpu")
    queue.budget = budget
    batches, results = ran(queue, lengths, pad=pad)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget
        longest = max(lengths[row] for row in batch)
        assert sum(longest - lengths[row] for row in batch) <= (queue.slack if pad else 0)
    if lengths:
        assert results.dtype == torch.float32
        assert results.tolist() == [[row, length] for row, length in enumerate(lengths)]


def test_rows_share_batches():
    assert len(ran(Queue("cpu"), [10] * 1000)[0]) == -(-10_000 // TOKEN_BUDGETS["cpu"])
    assert len(ran(Queue("cpu"), [5, 9, 7, 8])[0]) == 1
    assert len(ran(Queue("cpu"), [5, 9, 5, 8], pad=False)[0]) == 3
    assert ran(Queue("cpu"), [5, 60, 5, 5, 60])[0] == [[0, 2, 3], [1, 4]]
    assert Queue("cuda:1").budget == TOKEN_BUDGETS["cuda"] > Queue("other").budget == TOKEN_BUDGETS["cpu"]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("... can't allocate memory: you")])
def test_memory_that_runs_out_halves_the_batches_for_good(error):
    queue, sizes = Queue("cpu"), []

    def compute(rows):
        sizes.append(len(rows))
        if len(rows) > 5:
            raise error
        return torch.tensor([[float(row)] for row in rows])

    assert queue.run([10] * 40, compute)[:, 0].tolist() == list(range(40))
    assert sizes == [40, 20, 10, *[5] * 8]
    assert queue.budget == 50


def test_a_row_that_never_fits_is_told():
    def compute(rows):
        raise torch.OutOfMemoryError

    with pytest.raises(AskWhyError, match=r"One text of 300 tokens is too much for the memory"):
        Queue("cpu").run([300, 301], compute)


def test_other_errors_and_cancelling_pass_through():
    def fails(rows):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        Queue("cpu").run([1], fails)

    class Cancelled(BaseException):
        pass

    told = []

    def cancel(share):
        told.append(share)
        if len(told) == 2:
            raise Cancelled

    queue = Queue("cpu")
    queue.budget = 10
    with pytest.raises(Cancelled):
        ran(queue, [10] * 5, progress=cancel)
    assert told == [0.2, 0.4]


def test_rows_that_are_alike_run_once():
    classifier = architectures.build("bert")
    encoding, other = classifier.encode("you won free now"), classifier.encode("love")
    everything = np.ones(len(encoding.ids), dtype=bool)
    less = everything.copy()
    less[2] = False
    classifier.work.reset()
    rows = [encoding, other, encoding, encoding, encoding]
    found = classifier.forward(rows, keep=[everything, np.ones(len(other.ids), dtype=bool), everything, less, less.copy()])
    assert (classifier.work.rows, classifier.work.forwards) == (3, 1)
    assert classifier.work.tokens == 3 * len(encoding.ids)
    assert torch.equal(found[0], found[2])
    assert torch.equal(found[3], found[4])
    assert not torch.equal(found[0], found[3])
    torch.testing.assert_close(found[1:2], classifier.forward([other]), atol=1e-5, rtol=0)
    classifier.work.reset()
    assert (classifier.work.forwards, classifier.work.rows, classifier.work.tokens) == (0, 0, 0)


def test_bfloat16_is_near_and_does_not_reach_gradients():
    exact, fast = architectures.build("bert"), architectures.build("bert")
    fast.bf16 = True
    texts = architectures.TEXTS
    near = np.abs(exact.probabilities(texts) - fast.probabilities(texts)).max()
    assert 1e-7 < near < 0.05
    assert fast.probabilities(texts).dtype == np.float32
    assert exact.fingerprint != fast.fingerprint
    encoding = exact.encode(texts[0])
    both = [classifier.from_embeddings(classifier.embed(encoding)[0], encoding) for classifier in (exact, fast)]
    assert torch.equal(*both)
    assert fast.forward_model is not fast.model and exact.forward_model is exact.model


@pytest.mark.parametrize("name", [*architectures.CONFIGS])
def test_bfloat16_is_near_on_every_architecture(name):
    exact, fast = architectures.build(name, 3), architectures.build(name, 3)
    fast.bf16 = True
    encodings = [exact.encode(text) for text in architectures.TEXTS for _ in range(4)]
    generator = np.random.default_rng(0)
    keep = [np.array(one.special) | (generator.random(len(one.ids)) < 0.6) for one in encodings]
    probabilities = [one.as_probabilities(one.forward(encodings, keep=keep)) for one in (exact, fast)]
    assert 0 < (probabilities[0] - probabilities[1]).abs().mean() < 0.02
    assert all(weight.dtype == torch.float32 for weight in fast.model.parameters())
    kinds = {weight.dtype for weight in fast.forward_model.parameters()}
    assert kinds == {torch.bfloat16, torch.float32}
    assert {buffer.dtype for buffer in fast.forward_model.buffers()} == {buffer.dtype for buffer in fast.model.buffers()}
