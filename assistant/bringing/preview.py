"""A first look at a file of rows: its columns, a few of its rows, and what each column probably is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from explainers.columns import as_strings
from explainers.dataset import DataSource
from explainers.errors import AskWhyError
from explainers.roles import CATEGORIES, check_roles, with_roles
from explainers.tables import kind_of, read_table

KINDS = (".csv", ".tsv", ".jsonl", ".parquet")
SHOWN = 5  # rows
LOOKED_AT = 2000  # rows that are looked at to tell what a column is
TEXTS = ("text", "body", "message", "sentence", "content", "review", "comment", "document", "question", "title")
LABELS = ("label", "labels", "class", "category", "target", "sentiment", "topic", "intent", "y")
IDS = ("id", "uid", "key", "number", "row_id")


@dataclass(frozen=True)
class Preview:
    """The columns of a file, its first rows as texts, and the guessed roles; `label` and `id` are None where none fits."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    text: str
    label: str | None
    id: str | None


def preview(path: Path, limit: int) -> Preview:
    """Of a CSV, TSV, JSONL or Parquet file of at most `limit` bytes, unpacked.

    Raises AskWhyError when it is none of these, cannot be read, or has no column of texts.
    """
    if kind_of(path) not in KINDS or path.suffix.lower() not in KINDS:
        raise AskWhyError(f"{path.name} is not a CSV, TSV, JSONL or Parquet file by its name; convert it to one of these.")
    table, _ = read_table(path, limit)
    if not table.num_rows or not table.num_columns:
        raise AskWhyError(f"{path.name} has no rows; give a file with a column of texts.")
    shown = {name: as_strings(table[name].slice(0, SHOWN)).to_pylist() for name in table.column_names}
    rows = tuple(tuple(shown[name][row] or "" for name in shown) for row in range(min(SHOWN, table.num_rows)))
    some = {name: as_strings(table[name].slice(0, LOOKED_AT)).drop_null() for name in table.column_names}
    text = _text(some)
    label = _label({name: column for name, column in some.items() if name != text})
    identity = _named({name: column for name, column in some.items() if name not in (text, label)}, IDS)
    if identity is not None and (table[identity].null_count or pc.count_distinct(table[identity]).as_py() < table.num_rows):
        identity = None
    return Preview(tuple(table.column_names), rows, table.num_rows, text, label, identity)


def label_values(source: DataSource, limit: int) -> tuple[str, ...]:
    """The values of the label column, the most frequent first. Raises AskWhyError for columns that are not there."""
    table, as_written = read_table(source.path, limit)
    check_roles(source, table.column_names)
    labelled, sets, _ = with_roles(table, as_written, source)
    if source.label is None:
        return ()
    column = labelled["label"] if sets is None else pa.chunked_array([sets.combine_chunks().flatten()])
    counts = pc.value_counts(column.drop_null())
    order = pc.sort_indices(counts.field("counts"), sort_keys=[("", "descending")]) if len(counts) else []
    return tuple(counts.field("values").take(order).to_pylist()) if len(counts) else ()


def _named(columns: dict[str, pa.ChunkedArray], names: tuple[str, ...]) -> str | None:
    called = {name.casefold(): name for name in columns}
    return next((called[name] for name in names if name in called), None)


def _text(columns: dict[str, pa.ChunkedArray]) -> str:
    """The column called like a text, else the one with the longest values."""
    lengths = {name: pc.mean(pc.utf8_length(column)).as_py() or 0.0 for name, column in columns.items() if len(column)}
    if not lengths:
        raise AskWhyError("Every column of the file is empty; give one with texts.")
    named = _named({name: columns[name] for name in lengths}, TEXTS)
    return named or max(lengths, key=lengths.__getitem__)


def _label(columns: dict[str, pa.ChunkedArray]) -> str | None:
    """The column called like a label, else the one with the fewest values that come again and again."""
    named = _named(columns, LABELS)
    if named is not None:
        return named
    distinct = {name: pc.count_distinct(column).as_py() for name, column in columns.items()}
    fit = {name: count for name, count in distinct.items() if 2 <= count <= CATEGORIES and count * 3 <= len(columns[name])}
    return min(fit, key=fit.__getitem__) if fit else None
