"""One queue of work: rows sorted by length, cut by a budget of tokens, run, and put back in their order.

Used for every pass through a model, with or without gradients. A batch that does not fit into memory is halved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explainers.errors import AskWhyError

Progress = Callable[[float], None]  # told the share that is done; whatever it raises stops the work

# Padded tokens in one forward pass by kind of device. On a CPU larger batches are slower: they leave its caches.
TOKEN_BUDGETS = {"cpu": 4096, "mps": 16_384, "cuda": 49_152}


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
        self.budget = TOKEN_BUDGETS.get(device.partition(":")[0], TOKEN_BUDGETS["cpu"])

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
        """The first rows of `order` (shortest first) that fit into the budget together; at least one."""
        rows: list[int] = []
        for row in order:
            fits = lengths[row] * (len(rows) + 1) <= self.budget and (pad or lengths[row] == lengths[order[0]])
            if rows and not fits:
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
