"""Reading CSV, TSV, JSONL and Parquet files as Arrow tables, a part at a time: a million rows are never Python objects."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from explainers.columns import distinct_names, of_values, typed
from explainers.errors import AskWhyError
from explainers.files import PACKED, Progress, lines_of, megabytes, open_checked, open_parquet, too_large

BATCH = 65536  # rows that become Arrow arrays together
_LAST = "\x1aend of the file\x1a"  # a line put after the last, which an open quote swallows


def read_table(path: Path, limit: int, progress: Progress | None = None) -> tuple[pa.Table, bool]:
    """The columns of a file, and whether all values are strings that still have to be `parsed`, as in CSV and TSV.

    A compressed file is unpacked on the way. `progress` is called with the share that is read.
    Raises AskWhyError for a file that is missing, of another kind than its name says, of more than `limit` bytes, or
    damaged.
    """
    if not path.is_file():
        raise AskWhyError(f"There is no data file {path}; give the path of a CSV, JSONL or Parquet file.")
    kind = kind_of(path)
    if kind not in READERS:
        raise AskWhyError(f"{path.name} is not a CSV, TSV, JSONL or Parquet file by its name; convert it to one of these.")
    try:
        names, columns = READERS[kind](path, limit, progress)
    except AskWhyError:
        raise
    except (ValueError, TypeError, OSError, EOFError, csv.Error, pa.ArrowException) as error:
        lines = str(error).strip().splitlines()
        reason = (lines[0] if lines else type(error).__name__)[:160].rstrip(". ")
        raise AskWhyError(f"{path.name} could not be read as {kind[1:].upper()}: {reason}.") from error
    kept = [place for place, name in enumerate(names) if name and not name.startswith("Unnamed:")]  # pandas' row numbers
    named = distinct_names([names[place] for place in kept])
    return pa.Table.from_arrays([columns[place] for place in kept], names=named), kind in (".csv", ".tsv")


def kind_of(path: Path) -> str:
    """What a file is by its name: ".csv" of "rows.csv.gz"."""
    return next((suffix.lower() for suffix in reversed(path.suffixes) if suffix.lower() not in PACKED), "")


Columns = tuple[list[str], list[pa.ChunkedArray]]


def _read_separated(separator: str, path: Path, limit: int, progress: Progress | None) -> Columns:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a text may be long
    stream = open_checked(path, ".csv", limit, progress)
    lines = csv.reader(_closed(lines_of(stream, newline="")), delimiter=separator)
    header = next(lines, None)
    if header is None or header == [_LAST]:
        raise ValueError("the file is empty")
    width, parts = len(header), _Parts(len(header), pa.string())
    last = header
    for cells in lines:
        if len(cells) > width:
            raise ValueError(
                f"line {lines.line_num} has {len(cells)} cells, but there are {width} columns; put quotes around cells that "
                "hold the separator"
            )
        if cells and cells != [_LAST]:
            parts.add([cell or None for cell in cells] + [None] * (width - len(cells)))
        last = cells
    if last != [_LAST]:
        raise ValueError("a quote is opened and never closed")
    return header, parts.columns()


def _closed(lines: Iterator[str]) -> Iterator[str]:
    """The lines, the last one ended too, and the mark after them."""
    line = ""
    for line in lines:
        if line.endswith(("\n", "\r")):
            yield line
    if line and not line.endswith(("\n", "\r")):  # only the last line has no end
        yield f"{line}\n"
    yield _LAST


class _Parts:
    """Rows of cells that are gathered into Arrow arrays, `BATCH` rows at a time."""

    def __init__(self, width: int, kind: pa.DataType) -> None:
        self._kind, self._rows = kind, []
        self._chunks: list[list[pa.Array]] = [[] for _ in range(width)]

    def add(self, row: list[Any]) -> None:
        self._rows.append(row)
        if len(self._rows) == BATCH:
            self._flush()

    def _flush(self) -> None:
        for chunks, column in zip(self._chunks, zip(*self._rows, strict=True), strict=False):
            made = pa.array(column, self._kind)
            chunks.extend(made.chunks if isinstance(made, pa.ChunkedArray) else [made])
        self._rows = []

    def columns(self) -> list[pa.ChunkedArray]:
        if self._rows:
            self._flush()
        return [pa.chunked_array(chunks, self._kind) for chunks in self._chunks]


def _read_json_lines(path: Path, limit: int, progress: Progress | None) -> Columns:
    columns: dict[str, _Values] = {}
    batch: list[dict[str, Any]] = []
    rows = 0

    def flush() -> None:
        for name in dict.fromkeys(name for row in batch for name in row):
            columns.setdefault(name, _Values(rows))
        for name, column in columns.items():
            column.add([row.get(name) for row in batch])

    for number, line in enumerate(lines_of(open_checked(path, ".jsonl", limit, progress), newline="\n"), start=1):
        if not line.strip():
            continue
        batch.append(_object(line, number))
        if len(batch) == BATCH:
            flush()
            rows, batch = rows + len(batch), []
    flush()
    if not rows + len(batch):
        raise ValueError("the file is empty")
    return list(columns), [column.made() for column in columns.values()]


def _object(line: str, number: int) -> dict[str, Any]:
    """The object of a line. Raises ValueError with the line's number when it holds none."""
    try:
        row = json.loads(line, parse_constant=lambda word: None)  # NaN, as some programs write
        if "\\ud" in line.lower():  # half a character, which no text can hold
            row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except ValueError as error:
        raise ValueError(f"line {number} is not JSON") from error
    except RecursionError as error:
        raise ValueError(f"line {number} holds lists or objects within each other, too many to read") from error
    if not isinstance(row, dict):
        raise ValueError(f"line {number} is not an object in braces")
    return row


class _Values:
    """One column of JSON values: strings go to Arrow at once, since a text as a Python object takes twice the room; other
    values wait until the last is known, since the type of the column depends on all of them."""

    def __init__(self, missing: int) -> None:
        self._parts: list[pa.Array | list[Any]] = [pa.nulls(missing, pa.string())] if missing else []

    def add(self, values: list[Any]) -> None:
        strings = all(value is None or type(value) is str for value in values)
        self._parts.append(pa.array(values, pa.string()) if strings else values)

    def made(self) -> pa.ChunkedArray:
        if all(isinstance(part, pa.Array) for part in self._parts):
            return pa.chunked_array(self._parts, pa.string())
        every = chain.from_iterable(part.to_pylist() if isinstance(part, pa.Array) else part for part in self._parts)
        return of_values(list(every))


def _read_parquet(path: Path, limit: int, progress: Progress | None) -> Columns:
    source = open_parquet(path, limit, progress)
    facts = parquet.read_metadata(source)
    size = sum(facts.row_group(place).total_byte_size for place in range(facts.num_row_groups))
    _check_unpacked(path, max(size, facts.num_rows * facts.num_columns), limit)  # a cell takes a byte or more
    leaves = [facts.schema.column(place) for place in range(facts.num_columns)]
    strings = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and leaf.max_repetition_level == 0]
    with parquet.ParquetFile(source, metadata=facts, read_dictionary=strings) as file:
        table = file.read()
    _check_unpacked(path, sum(map(_spelled, table.columns)), limit)
    return [str(name) for name in table.column_names], [typed(column) for column in table.columns]


def _check_unpacked(path: Path, size: int, limit: int) -> None:
    if size > limit:
        raise too_large(path, f"unpacks to {megabytes(size)}, more than the limit of {megabytes(limit)}")


def _spelled(column: pa.ChunkedArray) -> int:
    """The bytes that a column's strings take when each is written out: one that a file holds once can stand in every row."""
    kind = column.type
    if not pa.types.is_dictionary(kind) or not (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)):
        return 0
    return sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)


READERS: dict[str, Callable[[Path, int, Progress | None], Columns]] = {
    ".csv": partial(_read_separated, ","),
    ".tsv": partial(_read_separated, "\t"),
    ".jsonl": _read_json_lines,
    ".parquet": _read_parquet,
}
