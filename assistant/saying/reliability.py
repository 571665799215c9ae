"""How often the model is right when it is about as sure as here, counted on rows whose label is known."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow.compute as pc

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.judged import HELD_OUT, judged
from assistant.results import Selected
from assistant.workspace import Workspace

ROWS = 100  # of like confidence that are counted
WITHIN = 0.1  # a confidence that is farther off is not about the same
LEAST = 30  # fewer say too little
MOST = 20_000  # rows looked at, drawn with a fixed seed where there are more
SEED = 13

_made: WeakKeyDictionary[Workspace, Reliability | None] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Reliability:
    """(rows,) `confidence`, rising, with whether the model is `right` and the row's position in the data. `held_out` says that
    training saw none of them."""

    confidence: np.ndarray
    right: np.ndarray
    positions: np.ndarray
    held_out: bool

    @property
    def error(self) -> float:
        """The share of wrong answers over all rows."""
        return float(1 - self.right.mean())

    def near(self, confidence: float, without: int | None = None) -> tuple[int, int]:
        """(right, rows) among the up to `ROWS` rows whose confidence is nearest, of those `WITHIN` reach of it; `without` is the
        position of one left out."""
        kept = (self.positions != without) & (np.abs(self.confidence - confidence) <= WITHIN)
        sure, right = self.confidence[kept], self.right[kept]
        rows = min(ROWS, len(sure))
        start = int(np.clip(np.searchsorted(sure, confidence) - rows // 2, 0, len(sure) - rows))
        return int(right[start : start + rows].sum()), rows


def reliability(workspace: Workspace) -> Reliability | None:
    """Counted once for a workspace; None without labels, where rows have several, or while no predictions are at hand."""
    dataset = workspace.dataset
    if not dataset.labels or dataset.label_sets is not None or workspace.classifier.multi_label or not workspace.predicted:
        return None
    if workspace not in _made:
        _made[workspace] = _counted(workspace)
    return _made[workspace]


def _counted(workspace: Workspace) -> Reliability | None:
    dataset = workspace.dataset
    usable = dataset.labelled
    if dataset.split is not None:
        tested = usable & np.asarray(pc.equal(dataset.table[dataset.split], HELD_OUT).fill_null(False))
        usable = tested if tested.any() else usable
    positions = np.flatnonzero(usable)
    if len(positions) < LEAST:
        return None
    if len(positions) > MOST:
        positions = np.sort(np.random.default_rng(SEED).choice(positions, MOST, replace=False))
    chosen = Selected(rows=len(positions), condition="", total=len(dataset))  # so that these rows are judged and no others
    rows = judged(Context(workspace, Conversation(), positions, (), chosen, lambda stage, share: None))
    order = np.argsort(rows.confidence, kind="stable")
    return Reliability(rows.confidence[order], ~rows.wrong[order], rows.positions[order], rows.held_out)
