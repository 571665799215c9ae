"""Hiding units of texts: masks of many questions are collected first, then each distinct row runs through the model once.

A hidden unit keeps its place but no token can attend to it; special tokens are never hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainers.classifier import Classifier, Progress
from explainers.encoding import Encoding
from explainers.errors import AskWhyError, closest
from explainers.units import UNITS, Span, assign, units

Row = tuple[tuple[int, ...], bytes]  # token ids, and which of them are kept


@dataclass(frozen=True)
class Segments:
    """An encoded text and its units: `owners` (tokens,) is the unit that each token lies in, -1 for none.

    Units without a token, such as those beyond what the model reads, are left out of `spans`.
    """

    encoding: Encoding
    spans: tuple[Span, ...]
    owners: np.ndarray

    def __len__(self) -> int:
        return len(self.spans)


def segment(
    classifier: Classifier,
    text: str,
    unit: str = "word",
    spans: Sequence[Span] | None = None,
    encoding: Encoding | None = None,
) -> Segments:
    """The units of a text that the model sees; `spans` gives them if they are known already, `encoding` a window of it.

    Raises AskWhyError for an unknown unit, and for a text without any.
    """
    if unit not in UNITS:
        raise AskWhyError(f"There is no unit '{unit}'; {closest(unit, UNITS)}")
    encoding = encoding or classifier.encode(text)
    special = np.array(encoding.special, dtype=bool)
    tokens = [Span(*offset) for offset, apart in zip(encoding.offsets, special, strict=True) if not apart]
    if unit == "token":  # by position: tokens of a byte-level tokenizer can share their characters
        found = tokens
        owners = np.full(len(special), -1)
        owners[~special] = np.arange(len(tokens))
    else:
        found = list(spans) if spans is not None else units(text, unit)
        owners = np.array(assign(text, encoding.offsets, found), dtype=int)
        owners[special] = -1
    seen = np.unique(owners[owners >= 0])
    if seen.size == 0:
        raise AskWhyError("There are no words in this text that the model can see; give a text with a word in it.")
    owners = np.where(owners >= 0, np.searchsorted(seen, owners), -1)
    return Segments(encoding, tuple(found[place] for place in seen), owners)


class MaskedRows:
    """Masked texts and their logits. `ask` notes what is wanted, `run` computes what is not known yet."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.passes = 0  # rows that were run through the model
        self._known: dict[Row, Tensor] = {}
        self._wanted: dict[Row, tuple[Encoding, np.ndarray]] = {}

    def know(self, segments: Segments, logits: Tensor) -> None:
        """Note the (classes,) logits of a whole text, which then is not run again."""
        shown = np.ones(len(segments.encoding.ids), dtype=bool)
        self._known[segments.encoding.ids, shown.tobytes()] = logits

    def ask(self, segments: Segments, masks: np.ndarray) -> Callable[[], Tensor]:
        """Note (masks, units) boolean masks, True for a unit that is shown.

        What is returned gives their (masks, classes) logits once `run` was called.
        """
        rows = []
        for mask in masks:
            kept = np.where(segments.owners >= 0, mask[np.maximum(segments.owners, 0)], True)
            row = (segments.encoding.ids, kept.tobytes())
            if row not in self._known:
                self._wanted.setdefault(row, (segments.encoding, kept))
            rows.append(row)
        return lambda: torch.stack([self._known[row] for row in rows])

    def run(self, progress: Progress | None = None) -> None:
        """Run every noted row that is not known, all in one call."""
        if not self._wanted:
            return
        encodings, keep = zip(*self._wanted.values(), strict=True)
        logits = self.classifier.forward(list(encodings), keep=list(keep), progress=progress)
        self._known |= zip(self._wanted, logits, strict=True)
        self.passes += len(self._wanted)
        self._wanted = {}


def full(count: int) -> np.ndarray:
    """(1, units): nothing is hidden."""
    return np.ones((1, count), dtype=bool)


def leave_one_out(count: int) -> np.ndarray:
    """(units, units): row i hides unit i."""
    return ~np.eye(count, dtype=bool)
