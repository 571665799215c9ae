"""Where the tokens of a text stand when some of them are hidden, and which of them have to be computed.

A hidden token keeps its place, and nothing attends to it, so its own state is computed for nothing. Most models can be
told the places of the tokens that are left. Whether one takes them, and answers as before, is found by trial at the
lengths that are asked for: an attention that reaches only so far counts rows, not places.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explainers.forward_pass import ForwardPass, same

SHORTEST = 32  # tokens of the shortest trial; others are powers of two, so that there are few
# settings that say how far attention reaches, or that it works on blocks of tokens
REACHES = ("sliding_window", "local_attention", "attention_window", "attention_chunk_size", "window_size", "block_size")
TROUBLE = (ValueError, RuntimeError, IndexError, TypeError)  # of a model that cannot run a trial


class Places:
    """What is true of one model; found when it is first asked for, so that loading costs nothing more."""

    def __init__(self, forward: ForwardPass) -> None:
        self._pass = forward
        self._packs: dict[int, bool] = {}

    def of(self, ids: np.ndarray) -> np.ndarray:
        """(tokens,) position of each token, as the model counts them in a row of which all is shown."""
        if self._pass.position_rows is None:
            return np.arange(len(ids))
        padding = self._pass.position_rows[0]
        counted = ids != padding
        return np.where(counted, np.cumsum(counted), 0) + padding

    @cached_property
    def told(self) -> bool:
        """Whether the model counts only what it is shown unless it is told the places: then it always is."""
        return self._takes and not self._alike(lambda ids, kept: (self._masked(ids, kept, True), self._masked(ids, kept, False)))

    @cached_property
    def moves(self) -> bool:
        """Whether the model counts only what it is shown and cannot be told: hiding a token would move all behind it."""
        if self.told or not self._alike(lambda ids, kept: (self._masked(ids, kept, False), self._left(ids, kept, False))):
            return False
        # a model without any order has nothing to move
        return not self._alike(lambda ids, kept: (self._masked(ids, kept, False), self._masked(ids.flip(1), kept.flip(1), False)))

    def packs(self, length: int, longest: int) -> bool:
        """Whether hidden tokens may be left out of rows of up to `length` tokens, where the model reads up to `longest`."""
        size = min(longest, max(SHORTEST, 1 << (length - 1).bit_length()))
        if size not in self._packs:
            self._packs[size] = self._takes and self._pass.pads and size <= self._reach and self._packs_alike(size)
        return self._packs[size]

    @cached_property
    def _takes(self) -> bool:
        """Whether the model takes places, and these are the ones it counts itself."""
        if not self._pass.takes_places:
            return False
        return self._alike(lambda ids, kept: (self._masked(ids, kept | True, True), self._masked(ids, kept | True, False)))

    @cached_property
    def _reach(self) -> float:
        config = self._pass.model.config.get_text_config()
        return min((reach // 2 for name in REACHES for reach in _numbers(getattr(config, name, None))), default=float("inf"))

    def _alike(self, answers: Any) -> bool:
        ids = self._pass.trial_row(11)
        kept = torch.ones_like(ids, dtype=torch.bool)
        kept[0, [2, 3, 6]] = False
        with torch.no_grad():
            try:
                return same(*answers(ids, kept))
            except TROUBLE:
                return False

    def _packs_alike(self, size: int) -> bool:
        """The same answers to rows of which the middle, the front, the back and single tokens are hidden."""
        ids = self._pass.trial_row(size).repeat(4, 1)
        size = ids.shape[1]
        spot = torch.arange(size, device=ids.device)
        kept = torch.stack([(spot < size // 4) | (spot > size // 2), spot > size // 3, spot < size // 2, spot * 7 % 13 < 6])
        with torch.no_grad():
            try:
                return same(self._left(ids, kept, True), self._masked(ids, kept, self.told))
            except TROUBLE:
                return False

    def _masked(self, ids: Tensor, kept: Tensor, told: bool) -> Tensor:
        """Logits of rows with their hidden tokens."""
        places = torch.from_numpy(np.stack([self.of(row) for row in ids.cpu().numpy()])).to(ids.device) if told else None
        hidden = torch.where(kept, ids, torch.full_like(ids, self._pass.blank))
        return self._pass.logits(hidden, kept.long(), None, places)

    def _left(self, ids: Tensor, kept: Tensor, told: bool) -> Tensor:
        """Logits of rows without their hidden tokens."""
        rows = []
        for row, shown in zip(ids, kept, strict=True):
            spots = torch.from_numpy(computed(shown.cpu().numpy())).to(ids.device)
            places = torch.from_numpy(self.of(row.cpu().numpy())).to(ids.device)
            blanked = torch.where(shown, row, torch.full_like(row, self._pass.blank))
            rows.append((blanked[spots], shown[spots].long(), places[spots]))
        parts = zip(*rows, strict=True)
        made = [
            torch.nn.utils.rnn.pad_sequence(part, batch_first=True, padding_value=value)
            for part, value in zip(parts, (self._pass.blank, 0, 0), strict=True)
        ]
        return self._pass.logits(made[0], made[1], None, made[2] if told else None)


def computed(kept: np.ndarray) -> np.ndarray:
    """The tokens that are computed: those shown, and the first and the last, whose states a model may read all the same."""
    ends = np.zeros(len(kept), dtype=bool)
    ends[[0, -1]] = True
    return np.flatnonzero(kept | ends)


def _numbers(setting: Any) -> Iterator[int]:
    if isinstance(setting, (list, tuple)):
        for each in setting:
            yield from _numbers(each)
    elif isinstance(setting, int) and not isinstance(setting, bool) and setting > 0:
        yield setting
