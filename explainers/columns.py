"""Columns of one type each, whatever a file leaves open: whole numbers, numbers, truth values, dates, or strings.

A value stays what it is written as: "001" in a text is no number, "None" is a word, and only an empty cell is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LONGEST_NUMBER = 25  # characters
FIRST = 1000  # values that are looked at before all of them are
_WHOLE = r"^\s*-?(?:0|[1-9][0-9]*)\s*$"
_NUMBER = r"^\s*-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_TRUTH = r"^(?i:true|false)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?$"
_MOMENT = pa.timestamp("us")


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


def parsed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings as numbers or truth values, if all of them are written as such."""
    if not pa.types.is_string(column.type):
        return column
    if _all(column, _NUMBER):
        if pc.max(pc.utf8_length(column)).as_py() > LONGEST_NUMBER:  # a code in digits, that a number would round
            return column
        bare = pc.utf8_trim_whitespace(column)
        if not _all(bare, _WHOLE):
            return _made([None if value is None else float(value) for value in bare.to_pylist()], pa.float64())
        try:
            return bare.cast(pa.int64())
        except pa.ArrowInvalid:  # too large a number to reckon with
            return each(bare, lambda value: str(int(value)))
    return pc.equal(pc.ascii_lower(column), "true") if _all(column, _TRUTH) else column


def typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of one of five types, missing values allowed: int64, float64, bool, timestamps in UTC, or else strings."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return typed(column.cast(kind.value_type))
    if pa.types.is_string(kind):
        return _dates(column) if _all(column, _DATE) else column
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return typed(column.cast(pa.string()))
    if pa.types.is_boolean(kind):
        return column
    if pa.types.is_integer(kind):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:
            return column.cast(pa.string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), None, numbers)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.cast(pa.timestamp(kind.unit) if pa.types.is_timestamp(kind) else _MOMENT)
    return of_values(column.to_pylist())


def of_values(values: Sequence[Any]) -> pa.ChunkedArray:
    """Python values as a column of one type; lists, objects and values of several types are written out as strings."""
    kinds = {type(value) for value in values if not is_missing(value)}
    if kinds == {bool}:
        return _made(values, pa.bool_())
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if not is_missing(value)):
        return _made(values, pa.int64())
    if kinds and kinds <= {int, float, Decimal} and kinds != {int}:
        try:
            return _made(values, pa.float64(), float)
        except OverflowError:  # a whole number too large to reckon with
            return _made(values, pa.string(), written)
    return _made(values, pa.string(), str if kinds <= {str} else written)


def as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each value as it would be written, null for a missing one. A whole number is written without a point."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_boolean(column.type) or pa.types.is_floating(column.type):
        return each(column, written)
    return column.cast(pa.string())


def each(column: pa.ChunkedArray, change: Callable[[Any], Any], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    """What `change` makes of the values, of type `kind` (strings); it is called once for equal ones."""
    coded = column.combine_chunks().dictionary_encode()
    values = pa.array([change(value) for value in coded.dictionary.to_pylist()], kind or pa.string())
    return pa.chunked_array([values.take(coded.indices)])


def written(value: Any) -> str:
    """A value as it would be written; a list or an object as JSON."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _all(column: pa.ChunkedArray, pattern: str) -> bool:
    """Whether there are values, and all of them match a pattern; mostly settled by the first of them."""
    if column.null_count == len(column):
        return False
    parts = (column.slice(0, FIRST), column)
    return all(pc.all(pc.match_substring_regex(part, pattern), min_count=0).as_py() for part in parts)


def _dates(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings in the form of dates as dates, unless one of them names a day that there is not."""
    found = pd.to_datetime(column.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    if int(found.notna().sum()) < len(column) - column.null_count:
        return column
    return pa.chunked_array([pa.array(found.dt.tz_localize(None), from_pandas=True).cast(_MOMENT)])


def _made(values: Sequence[Any], kind: pa.DataType, change: Callable[[Any], Any] = lambda value: value) -> pa.ChunkedArray:
    made = pa.array([None if is_missing(value) else change(value) for value in values], kind)
    return made if isinstance(made, pa.ChunkedArray) else pa.chunked_array([made])
