"""Texts of a column as a sequence of strings, made into Python strings only where they are looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

STEP = 8192  # texts that are Python strings at a time


class Texts(Sequence[str]):
    """A column of strings without nulls; a slice of it is a list."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.column = column

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return self.column.slice(start, max(stop - start, 0)).to_pylist()[::step] if step > 0 else list(self)[place]
        return self.column[int(place) + (len(self) if place < 0 else 0)].as_py()

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), STEP):
            yield from self.column.slice(start, STEP).to_pylist()

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None

    def at(self, positions: np.ndarray) -> list[str]:
        """The texts at some places, in their order."""
        return self.column.take(pa.array(positions, pa.int64())).to_pylist()

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the texts alone, whatever table they are in."""
        return texts_fingerprint(self)


def texts_fingerprint(texts: Sequence[str]) -> str:
    """A hash of texts."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:16]
