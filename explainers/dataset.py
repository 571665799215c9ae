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

RESERVED = ("id", "text", "label", "prediction", "correct", "confidence", "characters", "words", "sentences", "previous")
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

    Raises AskWhyError for a file that is missing, is not what its name says, or lacks a named column.
    """
    frame = _read(source.path)
    frame = frame[[column for column in frame.columns if column not in source.ignore and not str(column).startswith("Unnamed:")]]
    for role in ("text", "label", "id"):
        column = getattr(source, role)
        if column is not None and column not in frame.columns:
            raise AskWhyError(f"{source.path.name} has no column '{column}' for the {role}; {closest(column, frame.columns)}")
    frame, left_out = _with_roles(frame, source)
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
    table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)
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


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise AskWhyError(f"There is no data file {path}; give the path of a CSV, JSONL or Parquet file.")
    kind = next((suffix for suffix in reversed(path.suffixes) if suffix not in (".gz", ".zst", ".bz2")), "")
    readers = {
        ".csv": lambda: pd.read_csv(path),
        ".tsv": lambda: pd.read_csv(path, sep="\t"),
        ".jsonl": lambda: pd.read_json(path, lines=True),
        ".parquet": lambda: pd.read_parquet(path),
    }
    if kind not in readers:
        raise AskWhyError(f"{path.name} is not a CSV, TSV, JSONL or Parquet file by its name; convert it to one of these.")
    try:
        return readers[kind]()
    except (ValueError, OSError, pa.ArrowException, UnicodeError) as error:  # the parsers' own errors are ValueErrors
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise AskWhyError(f"{path.name} could not be read as {kind[1:].upper()}: {reason}.") from error


def _with_roles(frame: pd.DataFrame, source: DataSource) -> tuple[pd.DataFrame, dict[str, int]]:
    """The frame with its columns renamed to id, text and label, and counts of the rows left out."""
    roles = {source.text: "text"} | ({source.label: "label"} if source.label else {}) | ({source.id: "id"} if source.id else {})
    clashes = {column: f"{column}_" for column in frame.columns if column in (*RESERVED, "split") and column not in roles}
    frame = frame.rename(columns=clashes).rename(columns=roles)
    left_out = {"no text": int(frame["text"].isna().sum())}
    frame = frame[frame["text"].notna()].copy()
    frame["text"] = frame["text"].astype(str)
    if source.label:
        before = len(frame)
        if source.ranges:
            frame["label"] = label_by_range(frame["label"], source.ranges)
            frame = frame[frame["label"].notna()].copy()
        else:
            frame["label"] = label_by_name(frame["label"], source.labels)
        left_out["label in no range"] = before - len(frame)
    if source.id:
        if frame["id"].isna().any() or frame["id"].duplicated().any():
            where = frame["id"][frame["id"].isna() | frame["id"].duplicated()].iloc[0]
            raise AskWhyError(
                f"The id column '{source.id}' of {source.path.name} is not unique (at {where}); leave `id` out to number rows."
            )
        if not pd.api.types.is_integer_dtype(frame["id"]):
            frame["id"] = frame["id"].astype(str)
    return frame, left_out


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
            types[str(name)] = tuple(sorted(distinct)) if len(distinct) <= CATEGORIES else "text"
    return types


def _fingerprint(table: pa.Table) -> str:
    digest = hashlib.sha256(str(table.schema.names).encode())
    for batch in table.combine_chunks().to_batches():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        digest.update(sink.getvalue())
    return digest.hexdigest()[:16]
