"""One row of numbers for each text, computed once in chunks and kept on disk as one array that is mapped into memory.

A million rows of 384 float32 are 1.5 GB: they are read from disk where they are needed and never held whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from explainers.assets import cache_folder
from explainers.classifier import Progress
from explainers.errors import AskWhyError
from explainers.texts import Texts, texts_fingerprint

CHUNK = 1024  # rows computed between two writes
WHOLE = "rows.npy"


def stored_rows(
    kind: str,
    model: str,
    texts: Sequence[str],
    compute: Callable[[Sequence[str]], np.ndarray],
    progress: Progress | None = None,
    data: str | None = None,
) -> np.ndarray:
    """(texts, width) float32 rows of `compute`, read-only and memory-mapped; `kind` and `model` (a fingerprint) name them,
    and so does `data`, the fingerprint of what the texts are of (the texts themselves, when absent).

    An interrupted run goes on after its last whole chunk. Raises AskWhyError for no texts.
    """
    if not len(texts):
        raise AskWhyError("There are no texts to look at; choose some rows.")
    folder = _folder(kind, model, data or (texts.fingerprint if isinstance(texts, Texts) else texts_fingerprint(texts)))
    whole = folder / WHOLE
    if not whole.exists():
        chunks = []
        for start in range(0, len(texts), CHUNK):
            path = folder / f"{start:09d}.npy"
            if not path.exists():
                part = compute(texts[start : start + CHUNK]).astype(np.float32)
                _write(path, lambda file, part=part: np.save(file, part, allow_pickle=False))
            chunks.append(path)
            if progress:
                progress(min(start + CHUNK, len(texts)) / len(texts))
        try:
            _join(chunks, whole, len(texts))
        except FileNotFoundError:  # another process joined them first
            if not whole.exists():
                raise
    return np.load(whole, mmap_mode="r", allow_pickle=False)


def is_stored(kind: str, model: str, data: str) -> bool:
    """Whether the rows are on disk, all of them."""
    return (_folder(kind, model, data) / WHOLE).exists()


def blocks(matrix: np.ndarray, rows: int) -> Iterator[tuple[int, np.ndarray]]:
    """The float32 rows of a matrix, so many at a time, each with the place of its first one.

    Of a whole file that is mapped into memory they are read instead, since pages that were looked at once would stay.
    """
    file = getattr(matrix, "filename", None)
    whole = file is not None and Path(file).stat().st_size == matrix.offset + matrix.nbytes and matrix.dtype == np.float32
    for start in range(0, len(matrix), rows):
        some = min(rows, len(matrix) - start)
        if whole:
            place = matrix.offset + start * matrix.strides[0]
            yield start, np.fromfile(file, np.float32, some * matrix.shape[1], offset=place).reshape(some, -1)
        else:
            yield start, np.asarray(matrix[start : start + some], dtype=np.float32)


def _folder(kind: str, model: str, data: str) -> Path:
    return cache_folder(kind, f"{model}-{data}")


def _join(chunks: Sequence[Path], whole: Path, rows: int) -> None:
    """Copy the chunks into one file, a chunk at a time, and delete them."""
    width = np.load(chunks[0], mmap_mode="r", allow_pickle=False).shape[1]

    def fill(file) -> None:
        header = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": (rows, width)}
        np.lib.format.write_array_header_1_0(file, header)
        for chunk in chunks:
            file.write(np.load(chunk, allow_pickle=False).tobytes())

    _write(whole, fill)
    for chunk in chunks:
        chunk.unlink(missing_ok=True)


def _write(path: Path, fill: Callable) -> None:
    """Write beside the place and move there, so that the file is whole or is not."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            fill(file)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    Path(file.name).replace(path)
