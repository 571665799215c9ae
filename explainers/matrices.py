"""One row of numbers for each text, computed once in chunks and kept on disk as one array that is mapped into memory.

A million rows of 384 float32 are 1.5 GB: they are read from disk where they are needed and never held whole.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from explainers.assets import cache_folder
from explainers.classifier import Progress
from explainers.errors import AskWhyError

CHUNK = 1024  # rows computed between two writes


def stored_rows(
    kind: str,
    model: str,
    texts: Sequence[str],
    compute: Callable[[Sequence[str]], np.ndarray],
    progress: Progress | None = None,
) -> np.ndarray:
    """(texts, width) float32 rows of `compute`, read-only and memory-mapped; `kind` and `model` (a fingerprint) name them.

    An interrupted run goes on after its last whole chunk. Raises AskWhyError for no texts.
    """
    if not texts:
        raise AskWhyError("There are no texts to look at; choose some rows.")
    folder = cache_folder(kind, f"{model}-{_fingerprint(texts)}")
    whole = folder / "rows.npy"
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
        _join(chunks, whole, len(texts))
    return np.load(whole, mmap_mode="r", allow_pickle=False)


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


def _fingerprint(texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:16]
