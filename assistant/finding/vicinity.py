"""The rows nearest to a text, and how near they are for a text of this data: only where it is all at hand."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from explainers.matrices import blocks
from explainers.neighbours import embed_texts, has_embeddings, nearest, sentence_embeddings
from explainers.units import is_word, units

from assistant.conversation import Subject
from assistant.workspace import Workspace

NEAREST = 5
LARGEST = 30_000  # rows that are looked through for a remark beside an answer
COMPARED = 200  # rows whose own nearest row tells how near is usual
PRODUCTS = 4_000_000  # cosines computed for that at most
SEED = 13
BLOCK = 4096

_usual: WeakKeyDictionary[Workspace, np.ndarray] = WeakKeyDictionary()
_last: WeakKeyDictionary[Workspace, tuple[tuple, Vicinity]] = WeakKeyDictionary()  # several remarks look at the same text


@dataclass(frozen=True)
class Vicinity:
    """Positions of the nearest rows, the `similarity` of the first, and the share of rows that have none so near (0: it is
    farther from the data than any row that was compared)."""

    rows: tuple[int, ...]
    similarity: float
    nearer_than: float


def vicinity(workspace: Workspace, subject: Subject) -> Vicinity | None:
    """None where the rows are not embedded yet, or too many. `similarity` is a cosine in the model's own representation."""
    shared = workspace.original  # a visitor's copy of the model sees texts alike
    texts = shared.dataset.texts
    if not NEAREST < len(texts) <= LARGEST or not has_embeddings(shared.classifier, texts):
        return None
    asked_of, (known_as, known) = (subject.row, subject.text), _last.get(shared, (None, None))
    if known_as == asked_of:
        return known
    matrix = sentence_embeddings(shared.classifier, texts)
    place = shared.dataset.place(subject.row) if subject.row is not None else None
    asked = place if place is not None and not subject.edits else embed_texts(shared.classifier, [subject.text])[0]
    found = [one for one in nearest(asked, matrix, NEAREST + 1) if one.row != place][:NEAREST]
    if shared not in _usual:
        _usual[shared] = _nearest_of_rows(matrix)
    first = found[0].similarity
    made = Vicinity(tuple(one.row for one in found), first, float((_usual[shared] < first).mean()))
    _last[shared] = (asked_of, made)
    return made


def _nearest_of_rows(matrix: np.ndarray) -> np.ndarray:
    """The cosine of some rows with the row nearest to each."""
    count = min(COMPARED, len(matrix), max(PRODUCTS // len(matrix), 1))
    drawn = np.sort(np.random.default_rng(SEED).choice(len(matrix), count, replace=False))
    asked = _unit(np.asarray(matrix[drawn], dtype=np.float32))
    best = np.full(count, -1.0, dtype=np.float32)
    for start, block in blocks(matrix, BLOCK):
        cosines = asked @ _unit(block).T
        inside = np.flatnonzero((drawn >= start) & (drawn < start + len(block)))
        cosines[inside, drawn[inside] - start] = -1.0
        best = np.maximum(best, cosines.max(axis=1))
    return best


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def known_words(workspace: Workspace, text: str) -> tuple[int, int]:
    """(known, all): how many of a text's distinct words occur in the data, and how many it has."""
    said = {span.of(text).lower() for span in units(text, "word") if is_word(span.of(text))}
    index = workspace.dataset.words
    return sum(index.knows(word) for word in said), len(said)
