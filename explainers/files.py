"""Opening a data file: what its name says it is must be what its bytes say, and it must not be too large.

Both are checked before any row is read; of a compressed file, the unpacked size is checked on the way.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from explainers.errors import AskWhyError

Progress = Callable[[float], None]

PACKED = {".gz": ("gzip", b"\x1f\x8b"), ".zst": ("zstd", b"\x28\xb5\x2f\xfd"), ".bz2": ("bz2", b"BZh")}
PARQUET = b"PAR1"
SIGNATURES = {  # the first bytes of what is taken for a table of texts now and then
    PARQUET: "Parquet", b"PK\x03\x04": "a ZIP archive, as Excel and OpenDocument write", b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "PDF", b"SQLite format 3": "an SQLite database", b"ARROW1": "Arrow", b"\x89PNG": "a picture",
    **{first: f"{name}-compressed" for name, first in PACKED.values()},
}  # fmt: skip
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
HEAD = 4096  # bytes that are looked at
_PACKED_TO = 4  # times a compressed file's own size, as a guess for the progress


class _Limited(io.RawIOBase):
    """A stream that raises AskWhyError rather than give more than `limit` bytes, since a small file may unpack to more
    than the machine holds; it tells of the share that was given so far."""

    def __init__(self, stream: Any, path: Path, limit: int, progress: Progress | None) -> None:
        self._stream, self._path, self._limit, self._progress = stream, path, limit, progress
        self._given, self._size = 0, max(path.stat().st_size, 1) * (_PACKED_TO if _packing(path) else 1)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(len(buffer))
        self._given += len(content)
        if self._given > self._limit:
            raise too_large(self._path, f"unpacks to more than the limit of {megabytes(self._limit)}")
        if self._progress:
            self._progress(min(self._given / self._size, 1.0))
        buffer[: len(content)] = content
        return len(content)


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,.0f} bytes"


def too_large(path: Path, reason: str) -> AskWhyError:
    return AskWhyError(f"{path.name} is too large: it {reason}; give fewer rows, or raise `max_megabytes` in the [data] section.")


def check_size(path: Path, limit: int) -> None:
    """Raise AskWhyError for a file of more than `limit` bytes."""
    size = path.stat().st_size
    if size > limit:
        raise too_large(path, f"has {megabytes(size)}, more than the limit of {megabytes(limit)}")


def open_checked(path: Path, kind: str, limit: int, progress: Progress | None = None) -> io.BufferedReader:
    """The unpacked bytes of a file of `kind`, such as ".csv", at most `limit` of them.

    Raises ValueError that says what the file is instead, or AskWhyError when it is too large.
    """
    check_size(path, limit)
    with path.open("rb") as file:
        first = file.read(HEAD)
    compression = _packing(path)
    if compression and not first.startswith(PACKED[path.suffix.lower()][1]):
        raise ValueError(f"it is not {compression}-compressed, as its name says")
    source = pa.input_stream(str(path), compression=compression)
    stream = io.BufferedReader(_Limited(source, path, limit, progress), 1 << 18)
    if kind != ".parquet":
        check_text(stream.peek(HEAD)[:HEAD], kind)
    return stream


def open_parquet(path: Path, limit: int, progress: Progress | None = None) -> Any:
    """A Parquet file as pyarrow takes it: mapped into memory, or unpacked there. Raises as `open_checked` does."""
    if _packing(path):
        content = open_checked(path, ".parquet", limit, progress).read()
        check_parquet(content[:HEAD], content[-4:])
        return pa.BufferReader(content)
    check_size(path, limit)
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(-min(4, len(head)), os.SEEK_END)
        check_parquet(head, file.read(4))
    return pa.memory_map(str(path))


def _packing(path: Path) -> str | None:
    """How a file is compressed, by its name."""
    return PACKED.get(path.suffix.lower(), (None,))[0]


def check_parquet(head: bytes, tail: bytes) -> None:
    """Raise ValueError for what is no whole Parquet file by its first and last bytes."""
    if head.startswith(PARQUET):
        if tail != PARQUET or len(head) < 2 * len(PARQUET):
            raise ValueError("its end is missing; copy or write the file again")
        return
    seems = _signature(head) or ("text, such as CSV," if _is_text(head) else None)
    raise ValueError(
        f"it is no Parquet file but {seems} by its content; give it the right name"
        if seems
        else "it is no Parquet file by its content"
    )


def check_text(head: bytes, kind: str) -> None:
    """Raise ValueError when the first bytes of a file are not those of a text file of `kind`."""
    other = _signature(head)
    if other:
        raise ValueError(f"it is no text file but {other} by its content; give it the right name, or save it as CSV")
    if b"\x00" in head and not head.startswith(MARKS):
        half = max(len(head) // 2, 1)
        zeros = sorted(head[place : 2 * half : 2].count(0) / half for place in (0, 1))
        if zeros[0] < 0.05 and zeros[1] > 0.4:  # Latin letters have a zero in every second byte
            raise ValueError("it is UTF-16 without a mark at its beginning; save it as UTF-8")
        raise ValueError("it holds zero bytes, so it is no text file")
    if kind in (".csv", ".tsv") and _is_json_line(head):
        raise ValueError("it is JSONL by its content; give it a name that ends in .jsonl")


def _signature(head: bytes) -> str | None:
    return next((name for first, name in SIGNATURES.items() if head.startswith(first)), None)


def _is_json_line(head: bytes) -> bool:
    try:
        return isinstance(json.loads(head.removeprefix(b"\xef\xbb\xbf").splitlines()[0]), dict)
    except (ValueError, IndexError, RecursionError):
        return False


def _is_text(head: bytes) -> bool:
    try:
        head[: HEAD - 4].decode()  # a character may be cut at the end
    except UnicodeDecodeError:
        return head.startswith(MARKS)
    return bool(head) and b"\x00" not in head


def lines_of(stream: io.BufferedReader, newline: str) -> Iterator[str]:
    """The lines of a text file in UTF-8, or in UTF-16 with its mark, ends included; `newline` is as `open` takes it.

    Raises ValueError for bytes that are neither, and for zero bytes.
    """
    encoding = "utf-16" if stream.peek(2).startswith(MARKS) else "utf-8-sig"
    text: IO[str] = io.TextIOWrapper(stream, encoding, newline=newline)
    try:
        for line in text:
            if "\x00" in line:
                raise ValueError("it holds zero bytes, so it is no text file")
            yield line
    except UnicodeError as error:
        raise ValueError("it is neither UTF-8 nor UTF-16 with a mark at its beginning; save it as UTF-8") from error
