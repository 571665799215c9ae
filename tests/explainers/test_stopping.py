"""Work that is stopped from outside ends at its next batch, in its own thread only."""

from __future__ import annotations

import threading

import pytest
import torch

from explainers.batching import Queue
from explainers.stopping import go_on, stoppable


class Enough(Exception):
    pass


def run(queue: Queue, batches: list) -> torch.Tensor:
    def compute(rows):
        batches.append(rows)
        return torch.zeros(len(rows), 1)

    return queue.run(list(range(1, 40)), compute, pad=False)


def test_a_run_that_nobody_follows_ends_at_the_next_batch():
    batches: list = []

    def check():
        if len(batches) == 3:
            raise Enough

    with pytest.raises(Enough), stoppable(check):
        run(Queue("cpu"), batches)
    assert len(batches) == 3
    run(Queue("cpu"), batches)
    assert len(batches) == 3 + 39


def test_other_threads_go_on():
    ended = []

    def check():
        raise Enough

    with stoppable(check):
        thread = threading.Thread(target=lambda: (go_on(), ended.append(True)))
        thread.start()
        thread.join()
        with pytest.raises(Enough):
            go_on()
    assert ended == [True]
