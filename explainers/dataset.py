"""A dataset of texts: any CSV, JSONL or Parquet file with a text column, as an Arrow table with known columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from explainers.errors import AskWhyError, closest
from explainers.prepare import assign_splits, drop_near_duplicates, label_by_name, label_by_range
from explainers.tables import as_strings, distinct_names, parsed, read_table, typed

RESERVED = (
    "id", "text", "label", "prediction", "correct", "confidence", "characters", "words", "sentences", "previous", "position",
    "split",
)  # fmt: skip
CATEGORIES = 50  # a text column with at most this many distinct values is a category


@dataclass(frozen=True)
class DataSource:
    """Where rows come from and what their columns mean; the facts of a dataset, before it is read.

    `labels` names the values of the label column; `ranges` makes labels of a numeric column instead, as
    {"negative": (low, high)} with both ends included, leaving out rows in no range. `split` gives the shares
    of the test and validation rows; the remainder is for training.
    """

    path: Path
    text: str = "text"
    label: str | None = None
    id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    drop_near_duplicates: bool = False
    split: Mapping[str, float] = field(default_factory=dict)
    seed: int = 13
    ignore: Sequence[str] = ()


@dataclass(frozen=True)
class Dataset:
    """Rows of texts. `table` has `id`, `text`, `label` when there are labels, and the extra columns.

    `labels` are the label names in first-seen order; `columns` gives each extra column's type: "number", "date",
    "text", or the tuple of its categories. `split` names the column that holds train/validation/test, if any.
    `left_out` counts rows that were dropped, by reason. `fingerprint` is a hash of everything in the table.
    """

    table: pa.Table
    labels: tuple[str, ...]
    columns: Mapping[str, str | tuple[str, ...]]
    id_kind: str
    fingerprint: str
    name: str
    split: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.table.num_rows

    @property
    def texts(self) -> list[str]:
        return self.table["text"].to_pylist()


def load_dataset(source: DataSource) -> Dataset:
    """Read and prepare a dataset.

    A row whose text is missing or blank is left out. A column called like a built-in field, or like another column but
    for its case, gets an underscore at its end.
    Raises AskWhyError for a file that is missing, is not what its name says, or lacks a named column.
    """
    read, as_written = read_table(source.path)
    read = read[[column for column in read.columns if column not in source.ignore]]
    _check_roles(source, list(read.columns))
    frame, left_out = _with_roles(read, as_written, source)
    if frame.empty:
        raise AskWhyError(f"{source.path.name} has no rows with a text in the column '{source.text}'.")
    if source.drop_near_duplicates:
        kept = drop_near_duplicates(frame["text"].tolist())
        left_out["near-duplicate"] = len(frame) - len(kept)
        frame = frame.iloc[kept]
    if source.id is None:
        frame.insert(0, "id", range(len(frame)))
    split = None
    if source.split:
        split = "split"
        frame[split] = assign_splits(frame["label"].tolist() if "label" in frame else None, len(frame), source.split, source.seed)
    table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False).replace_schema_metadata(None)
    empty = [pa.field(column.name, pa.string() if pa.types.is_null(column.type) else column.type) for column in table.schema]
    table = table.cast(pa.schema(empty))
    return Dataset(
        table=table,
        labels=tuple(dict.fromkeys(frame["label"].dropna())) if "label" in frame else (),
        columns=_column_types(frame.drop(columns=["id", "text", "label"], errors="ignore")),
        id_kind="integer" if pd.api.types.is_integer_dtype(frame["id"]) else "string",
        fingerprint=_fingerprint(table),
        name=source.path.stem.split(".")[0],
        split=split,
        left_out={reason: count for reason, count in left_out.items() if count},
    )


def _check_roles(source: DataSource, columns: list[str]) -> None:
    """Raises AskWhyError for a role whose column is not there, or is another role's too."""
    taken: dict[str, str] = {}
    for role in ("text", "label", "id"):
        column = getattr(source, role)
        if column is None:
            continue
        if column not in columns:
            raise AskWhyError(f"{source.path.name} has no column '{column}' for the {role}; {closest(column, columns)}")
        if column in taken:
            raise AskWhyError(
                f"The column '{column}' is named for both the {taken[column]} and the {role}; name another for one."
            )
        taken[column] = role


def _with_roles(read: pd.DataFrame, as_written: bool, source: DataSource) -> tuple[pd.DataFrame, dict[str, int]]:
    """The columns id, text and label, then the others with their types, and counts of the rows left out."""
    texts = as_strings(read[source.text])
    seen = texts.map(lambda text: text is not None and bool(text.strip())).astype(bool)
    left_out = {"no text": int((~seen).sum())}
    read = read[seen]
    frame = pd.DataFrame({"text": texts[seen]}, index=read.index, dtype=object)
    if source.label:
        frame["label"] = _labels(read[source.label], as_written, source)
        if source.ranges:
            known = frame["label"].notna()
            left_out["label in no range"] = int((~known).sum())
            frame, read = frame[known].copy(), read[known]
    if source.id:
        frame.insert(0, "id", _ids(read[source.id], as_written, source))
    others = [column for column in read.columns if column not in (source.text, source.label, source.id)]
    for column, name in zip(others, distinct_names(others, RESERVED, str.casefold), strict=True):
        frame[name] = typed(parsed(read[column]) if as_written else read[column])
    return frame, left_out


def _labels(values: pd.Series, as_written: bool, source: DataSource) -> pd.Series:
    """The label names of a column, None where it is missing or blank. A column of numbers has 1 for 1.0 too."""
    values = values.where(values.map(lambda value: not isinstance(value, str) or bool(value.strip())), None)
    if source.ranges:
        return label_by_range(values, source.ranges)
    numbers = parsed(values) if as_written else values
    is_number = all(isinstance(value, float) for value in numbers.dropna())
    return label_by_name(numbers if is_number else values, source.labels)


def _ids(values: pd.Series, as_written: bool, source: DataSource) -> pd.Series:
    """The ids, whole numbers or strings. Raises AskWhyError when one is missing or comes twice."""
    ids = typed(parsed(values)) if as_written else typed(values)
    ids = ids if pd.api.types.is_integer_dtype(ids) else as_strings(values)
    wrong = ids[ids.isna() | ids.duplicated()]
    if len(wrong):
        where = "a row has none" if pd.isna(wrong.iloc[0]) else f"{wrong.iloc[0]} comes twice"
        raise AskWhyError(
            f"The id column '{source.id}' of {source.path.name} is not unique: {where}; leave `id` out to number the rows."
        )
    return ids.astype("int64") if pd.api.types.is_integer_dtype(ids) else ids


def _column_types(frame: pd.DataFrame) -> dict[str, str | tuple[str, ...]]:
    types: dict[str, str | tuple[str, ...]] = {}
    for name, values in frame.items():
        if pd.api.types.is_bool_dtype(values):
            types[str(name)] = ("false", "true")
        elif pd.api.types.is_numeric_dtype(values):
            types[str(name)] = "number"
        elif pd.api.types.is_datetime64_any_dtype(values):
            types[str(name)] = "date"
        else:
            distinct = values.dropna().astype(str).unique()
            types[str(name)] = tuple(sorted(distinct)) if 0 < len(distinct) <= CATEGORIES else "text"
    return types


def _fingerprint(table: pa.Table) -> str:
    digest = hashlib.sha256(str(table.schema.names).encode())
    for batch in table.combine_chunks().to_batches():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        digest.update(sink.getvalue())
    return digest.hexdigest()[:16]
