"""The texts that the classifier itself represents most alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.features import layer_states
from explainers.matrices import blocks, is_stored, stored_rows
from explainers.texts import Texts

KIND = "embeddings"  # how they are called on disk
BLOCK = 65536  # rows of the matrix in memory at a time


@dataclass(frozen=True)
class Neighbour:
    """A row of the matrix, and its cosine with the query in [-1, 1]."""

    row: int
    similarity: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def sentence_embeddings(classifier: Classifier, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
    """(texts, width) float32 embeddings, memory-mapped: the mean of the classifier's last hidden states over the tokens.

    They are kept on disk by the fingerprints of model and texts. Raises AskWhyError for no texts.
    """
    return stored_rows(KIND, classifier.fingerprint, texts, lambda some: embed_texts(classifier, some), progress)


def has_embeddings(classifier: Classifier, texts: Texts) -> bool:
    """Whether the embeddings of all texts of a dataset are on disk."""
    return is_stored(KIND, classifier.fingerprint, texts.fingerprint)


def embed_texts(classifier: Classifier, texts: Sequence[str]) -> np.ndarray:
    """(texts, width) float32 embeddings as above, computed now and not kept; for a typed query."""
    return layer_states(classifier, texts, layers=[-1])[:, 0]


def nearest(query: int | np.ndarray, matrix: np.ndarray, n: int = 5) -> tuple[Neighbour, ...]:
    """The `n` rows of (rows, width) `matrix` with the highest cosine to the query, the nearest first.

    `query` is a (width,) vector, or the number of a row, which is then left out itself; other rows with the same text
    are not. A row of zeros has cosine 0 with every query. Raises AskWhyError for a query that does not fit the matrix.
    """
    if n < 1:
        raise AskWhyError("At least one neighbour has to be asked for; set `n` to 1 or more.")
    own = -1
    if isinstance(query, int | np.integer):
        own = int(query)
        if not 0 <= own < len(matrix):
            raise AskWhyError(f"There is no row {own}; rows are 0 to {len(matrix) - 1}.")
        query = matrix[own]
    vector = np.asarray(query, dtype=np.float32)
    if vector.shape != matrix.shape[1:]:
        raise AskWhyError(f"The query has the shape {vector.shape} and the rows {matrix.shape[1:]}; embed both with one model.")
    found: list[tuple[float, int]] = []
    for start, block in blocks(matrix, BLOCK):
        sizes = np.linalg.norm(block, axis=1) * np.linalg.norm(vector)
        cosines = np.divide(block @ vector, sizes, out=np.zeros(len(block), dtype=np.float32), where=sizes > 0)
        if 0 <= own - start < len(block):
            cosines[own - start] = -np.inf
        best = np.argsort(-cosines, kind="stable")[:n]
        found = sorted([*found, *((-float(cosines[row]), start + int(row)) for row in best if np.isfinite(cosines[row]))])[:n]
    return tuple(Neighbour(row, float(np.clip(-minus, -1.0, 1.0))) for minus, row in found)
