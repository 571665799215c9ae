"""One queue of work: rows sorted by length, cut by a budget of tokens and of padding, run, and put back in their order.

Used for every pass through a model, with or without gradients. A batch that does not fit into memory is halved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explainers.errors import AskWhyError
from explainers.stopping import go_on

Progress = Callable[[float], None]  # told the share that is done; whatever it raises stops the work

# Padded tokens in one forward pass by kind of device. On a CPU larger batches are slower: they leave its caches.
TOKEN_BUDGETS = {"cpu": 1024, "mps": 16_384, "cuda": 49_152}
# Tokens of padding in a batch of unlike rows that cost as much as one batch more.
SLACK = {"cpu": 64, "mps": 1024, "cuda": 8192}


@dataclass
class Work:
    """What was run through a model since the last `reset`; `tokens` includes padding."""

    forwards: int = 0
    rows: int = 0
    tokens: int = 0

    def add(self, rows: int, tokens: int) -> None:
        self.forwards += 1
        self.rows += rows
        self.tokens += rows * tokens

    def reset(self) -> None:
        self.forwards = self.rows = self.tokens = 0


class Queue:
    """Batches for one device. `budget` is in padded tokens; it shrinks when memory runs out, and stays so."""

    def __init__(self, device: str) -> None:
        kind = device.partition(":")[0]
        self.budget = TOKEN_BUDGETS.get(kind, TOKEN_BUDGETS["cpu"])
        self.slack = SLACK.get(kind, SLACK["cpu"])

    def run(
        self,
        lengths: Sequence[int],
        compute: Callable[[list[int]], Tensor],
        *,
        pad: bool = True,
        progress: Progress | None = None,
    ) -> Tensor:
        """(rows, ...) float32 results on the CPU of rows with `lengths` tokens each.

        `compute` is given the positions of some rows, of like length, and returns a (rows, ...) tensor. Without `pad`
        it is given rows of the very same length only. An exception that `compute` or `progress` raises ends the run.
        Raises AskWhyError when one row alone is too much for the memory.
        """
        if not lengths:
            return torch.empty(0)
        order = sorted(range(len(lengths)), key=lengths.__getitem__)
        results: Tensor | None = None
        done = 0
        while done < len(order):
            go_on()
            rows = self._next(order[done:], lengths, pad)
            found = self._attempt(rows, compute)
            if found is None:
                if len(rows) == 1:
                    raise AskWhyError(
                        f"One text of {lengths[rows[0]]} tokens is too much for the memory of this device; shorten it, "
                        'or set device = "cpu".'
                    )
                self.budget = len(rows) * lengths[rows[-1]] // 2
                continue
            if results is None:
                results = torch.empty((len(order), *found.shape[1:]))
            results[rows] = found
            done += len(rows)
            if progress:
                progress(done / len(order))
        return results

    def _next(self, order: Sequence[int], lengths: Sequence[int], pad: bool) -> list[int]:
        """The first rows of `order` (shortest first) that fit into the budget together, with little padding; at least one."""
        rows = [order[0]]
        padding = 0
        for row in order[1:]:
            padding += len(rows) * (lengths[row] - lengths[rows[-1]])
            if lengths[row] * (len(rows) + 1) > self.budget or padding > (self.slack if pad else 0):
                break
            rows.append(row)
        return rows

    @staticmethod
    def _attempt(rows: list[int], compute: Callable[[list[int]], Tensor]) -> Tensor | None:
        """What `compute` gives, float32 on the CPU, or None when the memory did not suffice."""
        try:
            return compute(rows).detach().float().cpu()
        except RuntimeError as error:  # torch.OutOfMemoryError is one; on the CPU there is only the sentence
            if not isinstance(error, torch.OutOfMemoryError) and "allocate memory" not in str(error):
                raise
        if torch.cuda.is_available():  # only after the exception, and the tensors it holds, are gone
            torch.cuda.empty_cache()
        return None
