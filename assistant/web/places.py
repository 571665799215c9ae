"""Where rows lie on the map: their sentence embeddings in the plane, of a sample where there are many; kept in memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from explainers.errors import AskWhyError
from explainers.matrices import is_stored
from explainers.neighbours import sentence_embeddings
from explainers.projection import LEAST, plane
from explainers.texts import texts_fingerprint

from assistant.workspace import Workspace

MOST = 5000  # rows on the map
SEED = 13


@dataclass(frozen=True, eq=False)
class Places:
    """(rows,) 0-based `positions` in the data, in order, their (rows, 2) `points` in [0, 1], and the share of the variance
    that the two axes show together."""

    positions: np.ndarray
    points: np.ndarray
    variance: float


class _Given(Exception):
    """Nobody waits for the map any more."""


_kept: WeakKeyDictionary[Workspace, Places] = WeakKeyDictionary()
_lock = threading.Lock()


def sampled(rows: int) -> np.ndarray:
    """The positions that are on the map: all of them, or the same random ones each time."""
    return np.arange(rows) if rows <= MOST else np.sort(np.random.default_rng(SEED).choice(rows, MOST, replace=False))


def at_hand(workspace: Workspace) -> bool:
    """Whether the map takes no time: it was made, or the embeddings are on disk."""
    workspace = workspace.original
    return workspace in _kept or is_stored("embeddings", workspace.classifier.fingerprint, texts_fingerprint(_texts(workspace)))


def places(workspace: Workspace, progress: Callable[[float], None] = lambda share: None) -> Places:
    """The map of a workspace; a visitor's own copy of the model sees texts alike. Raises AskWhyError for too few rows."""
    workspace = workspace.original
    with _lock:
        if workspace in _kept:
            return _kept[workspace]
    positions = sampled(len(workspace.dataset))
    if len(positions) < LEAST:
        raise AskWhyError(f"A map needs at least {LEAST} rows, and there are {len(positions)}.")
    states = np.asarray(sentence_embeddings(workspace.classifier, _texts(workspace), progress))
    points, variance = plane(states)
    low, high = points.min(axis=0), points.max(axis=0)
    made = Places(positions, (points - low) / np.where(high > low, high - low, 1.0), float(sum(variance)))
    with _lock:
        return _kept.setdefault(workspace, made)


def made(workspace: Workspace) -> Iterator[float]:
    """Makes the map in a thread of its own, telling the share that is done; closing this stops the work.

    Raises what went wrong.
    """
    told: queue.SimpleQueue[float | BaseException | None] = queue.SimpleQueue()
    given_up = threading.Event()

    def progress(share: float) -> None:
        if given_up.is_set():
            raise _Given
        told.put(share)

    def work() -> None:
        try:
            places(workspace, progress)
            told.put(None)
        except _Given:
            pass
        except Exception as error:
            told.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (item := told.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        given_up.set()


def _texts(workspace: Workspace):
    texts = workspace.dataset.texts
    return texts if len(texts) <= MOST else texts.at(sampled(len(texts)))
