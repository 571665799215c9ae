"""Reading CSV, TSV, JSONL and Parquet files as columns of one type each, whatever the file leaves open.

A value stays what it is written as: "001" in a text is no number, "None" is a word, and only an empty cell is missing.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from explainers.errors import AskWhyError

LONGEST_NUMBER = 25  # characters
COMPRESSED = (".gz", ".zst", ".bz2")
_NUMBER = re.compile(r"\s*-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII)
_LAST = "\x1aend of the file\x1a"  # a line put after the last, which an open quote swallows
_TRUTH = {"true": True, "false": False}


def read_table(path: Path) -> tuple[pd.DataFrame, bool]:
    """The columns of a file as Python objects, None for a missing value, and whether all values are strings that still
    have to be `parsed`, as in CSV and TSV. A compressed file is unpacked on the way.

    Raises AskWhyError for a file that is missing, of another kind, or damaged.
    """
    if not path.is_file():
        raise AskWhyError(f"There is no data file {path}; give the path of a CSV, JSONL or Parquet file.")
    kind = next((suffix.lower() for suffix in reversed(path.suffixes) if suffix not in COMPRESSED), "")
    if kind not in READERS:
        raise AskWhyError(f"{path.name} is not a CSV, TSV, JSONL or Parquet file by its name; convert it to one of these.")
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            frame = READERS[kind](stream.read())
    except (ValueError, TypeError, OSError, EOFError, csv.Error, pa.ArrowException) as error:
        lines = str(error).strip().splitlines()
        reason = (lines[0] if lines else type(error).__name__)[:120].rstrip(". ")
        raise AskWhyError(f"{path.name} could not be read as {kind[1:].upper()}: {reason}.") from error
    frame = frame.loc[:, [bool(name) and not name.startswith("Unnamed:") for name in frame.columns]]  # pandas' row numbers
    return frame.set_axis(distinct_names(list(frame.columns)), axis="columns"), kind in (".csv", ".tsv")


def distinct_names(names: list[str], reserved: Collection[str] = (), key: Callable[[str], str] = str) -> list[str]:
    """The names, with underscores added to those that are reserved or came before. Names are alike when their `key` is."""
    seen, again = {key(name) for name in reserved}, []
    for place, name in enumerate(names):
        if key(name) in seen:
            again.append(place)
        seen.add(key(name))
    found = list(names)
    for place in again:
        while key(found[place]) in seen:
            found[place] += "_"
        seen.add(key(found[place]))
    return found


def parsed(values: pd.Series) -> pd.Series:
    """Strings as numbers, dates or truth values, if all of them are written as such."""
    known = [value for value in values if value is not None]
    if not known or not all(isinstance(value, str) for value in known):
        return values
    if all(map(_NUMBER.fullmatch, known)):
        if any(len(value) > LONGEST_NUMBER for value in known):  # a code in digits, that a number would round
            return values
        whole = all(value.strip().lstrip("-").isdecimal() for value in known)
        return _each(values, int if whole else float)
    if all(value.lower() in _TRUTH for value in known):
        return _each(values, lambda value: _TRUTH[value.lower()])
    return values


def typed(values: pd.Series) -> pd.Series:
    """A column of one type, missing values allowed: whole numbers, numbers, truth values, dates, or else strings."""
    if values.dtype != object:
        return values
    known = [value for value in values if value is not None]
    kinds = {type(value) for value in known}
    if kinds == {bool}:
        return values.astype("boolean")
    if kinds and kinds <= {int, float, Decimal}:
        if kinds == {int} and all(-(2**63) <= value < 2**63 for value in known):
            return values.astype("Int64")
        if kinds != {int}:
            return values.astype("float64")
    if kinds == {str} and all(map(_DATE.fullmatch, known)):
        dates = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
        if int(dates.notna().sum()) == len(known):
            return dates.dt.tz_localize(None)
    if kinds and all(hasattr(value, "isoformat") and hasattr(value, "year") for value in known):
        return pd.to_datetime(values, errors="coerce")
    return as_strings(values)


def as_strings(values: pd.Series) -> pd.Series:
    """Each value as it would be written, None for a missing one."""
    whole = all(isinstance(value, float) and value.is_integer() for value in values if not is_missing(value))  # with gaps

    def written(value: Any) -> str:
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False, default=str)
        return str(int(value)) if whole else str(value)

    return _each(values, written)


def _each(values: pd.Series, change: Callable[[Any], Any]) -> pd.Series:
    changed = [None if is_missing(value) else change(value) for value in values]
    return pd.Series(changed, index=values.index, name=values.name, dtype=object)


def is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _read_separated(separator: str) -> Callable[[bytes], pd.DataFrame]:
    def read(content: bytes) -> pd.DataFrame:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a text may be long
        text = f"{_decoded(content)}\n{_LAST}"
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        header = next(lines, None)
        if header is None or header == [_LAST]:
            raise ValueError("the file is empty")
        rows: list[list[str | None]] = []
        last = header
        for cells in lines:
            if len(cells) > len(header):
                raise ValueError(
                    f"line {lines.line_num} has {len(cells)} cells, but there are {len(header)} columns; put quotes around "
                    "cells that hold the separator"
                )
            if cells and cells != [_LAST]:
                rows.append([cell or None for cell in cells] + [None] * (len(header) - len(cells)))
            last = cells
        if last != [_LAST]:
            raise ValueError("a quote is opened and never closed")
        return _frame(header, zip(*rows, strict=True) if rows else [()] * len(header))

    return read


def _read_json_lines(content: bytes) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(_decoded(content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=lambda word: None)  # NaN, as some programs write
            if "\\ud" in line.lower():  # half a character, which no text can hold
                row = json.loads(
                    json.dumps(row, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                )
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON") from error
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not an object in braces")
        rows.append(row)
    if not rows:
        raise ValueError("the file is empty")
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _frame(names, ([row.get(name) for row in rows] for name in names))


def _read_parquet(content: bytes) -> pd.DataFrame:
    table = parquet.read_table(pa.BufferReader(content))
    return _frame([str(name) for name in table.column_names], (column.to_pylist() for column in table.columns))


def _frame(names: list[str], columns: Iterable[Any]) -> pd.DataFrame:
    made = [pd.Series([None if is_missing(value) else value for value in column], dtype=object) for column in columns]
    frame = pd.concat(made, axis="columns") if made else pd.DataFrame()
    return frame.set_axis(names, axis="columns")


def _decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark. Raises ValueError for anything else."""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    if "\x00" in text:
        raise ValueError("it holds zero bytes, so it is no text file")
    return text


READERS: dict[str, Callable[[bytes], pd.DataFrame]] = {
    ".csv": _read_separated(","),
    ".tsv": _read_separated("\t"),
    ".jsonl": _read_json_lines,
    ".parquet": _read_parquet,
}
