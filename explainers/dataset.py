"""A dataset of texts: any CSV, JSONL or Parquet file with a text column, as an Arrow table with known columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.columns import distinct_names
from explainers.errors import AskWhyError
from explainers.files import check_size
from explainers.prepare import assign_splits, drop_near_duplicates
from explainers.prepared import Prepared, find, keep
from explainers.roles import check_roles, column_types, with_roles
from explainers.tables import read_table
from explainers.texts import Texts
from explainers.word_index import WordIndex, word_index

MEGABYTES = 2000  # of a file, unpacked, that is read unless the source allows more
STEP = 65536  # rows that the fingerprint is made of at a time

Progress = Callable[[str, float], None]  # what is being done, and the share that is done


@dataclass(frozen=True)
class DataSource:
    """Where rows come from and what their columns mean; the facts of a dataset, before it is read.

    `labels` names the values of the label column; `ranges` makes labels of a numeric column instead, as
    {"negative": (low, high)} with both ends included, leaving out rows in no range. Rows may have several labels at
    once: a list in JSONL and Parquet, or in one cell with `label_separator` between them (";" for "joy;love"); a cell of
    the separator alone says that none of the classes applies. `split` gives the shares of the test and validation
    rows; the remainder is for training. A file of more than `max_megabytes`, unpacked, is not read.
    """

    path: Path
    text: str = "text"
    label: str | None = None
    id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    label_separator: str | None = None
    drop_near_duplicates: bool = False
    split: Mapping[str, float] = field(default_factory=dict)
    seed: int = 13
    ignore: Sequence[str] = ()
    max_megabytes: float = MEGABYTES


@dataclass(frozen=True)
class Dataset:
    """Rows of texts. `table` has `id`, `text`, `label` when there are labels, and the extra columns; a loaded dataset's is
    mapped into memory from disk.

    `labels` are the label names in first-seen order; `columns` gives each extra column's type: "number", "date",
    "text", or the tuple of its categories. `split` names the column that holds train/validation/test, if any.
    `left_out` counts rows that were dropped, by reason. `fingerprint` is a hash of everything in the table; without one
    nothing about the dataset is kept on disk. Where rows have several labels at once, `label_sets` are their (rows,)
    lists, and `label` in the table has each list as one text.
    """

    table: pa.Table
    labels: tuple[str, ...]
    columns: Mapping[str, str | tuple[str, ...]]
    id_kind: str
    fingerprint: str
    name: str
    split: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    label_sets: pa.ChunkedArray | None = None

    def __len__(self) -> int:
        return self.table.num_rows

    @cached_property
    def texts(self) -> Texts:
        return Texts(self.table["text"])

    @cached_property
    def words(self) -> WordIndex:
        """The words of every row, counted once and kept on disk."""
        return self.index_words()

    def index_words(self, progress: Callable[[float], None] | None = None) -> WordIndex:
        """The same, telling of the share that is done when it has to be computed."""
        return word_index(self.texts, self.fingerprint, progress)

    @cached_property
    def label_codes(self) -> np.ndarray:
        """(rows,) int32 places of the labels in `labels`, -1 where there is none; of data whose rows have one label."""
        found = pc.index_in(self.table["label"], value_set=pa.array(self.labels, pa.string()))
        return pc.fill_null(found, -1).to_numpy().astype(np.int32)

    def label_matrix(self, names: Sequence[str], positions: np.ndarray) -> np.ndarray:
        """(positions, names) booleans: whether each row is labelled so, also where rows have one label only."""
        places = {name: place for place, name in enumerate(names)}
        made = np.zeros((len(positions), len(names)), dtype=bool)
        if self.label_sets is None:
            column = np.array([places.get(label, -1) for label in self.labels] + [-1])[self.label_codes[positions]]
            known = np.flatnonzero(column >= 0)
            made[known, column[known]] = True
            return made
        chosen = self.label_sets.take(pa.array(positions)).combine_chunks()
        rows = np.repeat(np.arange(len(positions)), pc.fill_null(pc.list_value_length(chosen), 0).to_numpy())
        said = pc.index_in(chosen.flatten(), value_set=pa.array(names, pa.string()))
        known = np.asarray(said.is_valid())
        made[rows[known], np.asarray(said.drop_null())] = True
        return made

    @cached_property
    def labelled(self) -> np.ndarray:
        """(rows,) booleans: whether a row has a label; a row that is known to be of no class has one."""
        return np.asarray(self.table["label"].is_valid()) if "label" in self.table.column_names else np.zeros(len(self), bool)

    def place(self, identity: int | str) -> int | None:
        """The position of the row with an id."""
        found = pc.index(self.table["id"], identity).as_py() if self._is_id(identity) else -1
        return None if found < 0 else found

    def known_ids(self, identities: Sequence[int | str]) -> set[int | str]:
        """Those of the ids that the data has."""
        named = pa.array([one for one in identities if self._is_id(one)], self.table["id"].type)
        return set(self.table["id"].filter(pc.is_in(self.table["id"], value_set=named)).to_pylist())

    def _is_id(self, identity: object) -> bool:
        return type(identity) is (int if self.id_kind == "integer" else str)


def load_dataset(source: DataSource, progress: Progress = lambda stage, share: None) -> Dataset:
    """Read and prepare a dataset, or find it as it was prepared before, by the file's content and the source's settings.

    A row whose text is missing or blank is left out. A column called like a built-in field, or like another column but
    for its case, gets an underscore at its end. `progress` is called with "data" and the share that is read.
    Raises AskWhyError for a file that is missing, too large, is not what its name says, or lacks a named column.
    """
    limit = int(source.max_megabytes * 1e6)
    if source.path.is_file():
        check_size(source.path, limit)
    found = find(source)
    if found is None:
        found = keep(source, _prepared(source, limit, progress))
    facts, table = found.facts, found.table
    return Dataset(
        table=table.drop_columns([found.sets]) if found.sets else table,
        labels=tuple(facts["labels"]),
        columns={name: kind if isinstance(kind, str) else tuple(kind) for name, kind in facts["columns"].items()},
        id_kind=facts["id_kind"],
        fingerprint=facts["fingerprint"],
        name=source.path.stem.split(".")[0],
        split=facts["split"],
        left_out=facts["left_out"],
        label_sets=table[found.sets] if found.sets else None,
    )


def _prepared(source: DataSource, limit: int, progress: Progress) -> Prepared:
    read, as_written = read_table(source.path, limit, lambda share: progress("data", share))
    read = read.select([column for column in read.column_names if column not in source.ignore])
    check_roles(source, read.column_names)
    table, sets, left_out = with_roles(read, as_written, source)
    if not table.num_rows:
        raise AskWhyError(f"{source.path.name} has no rows with a text in the column '{source.text}'.")
    if source.drop_near_duplicates:
        progress("duplicates", 0.0)
        kept = drop_near_duplicates(table["text"].to_pylist())
        left_out["near-duplicate"] = table.num_rows - len(kept)
        table, sets = table.take(pa.array(kept)), None if sets is None else sets.take(pa.array(kept))
    if source.id is None:
        table = table.add_column(0, "id", pa.array(np.arange(table.num_rows)))
    if source.split:
        labels = table["label"].to_pylist() if "label" in table.column_names else None
        table = table.append_column("split", pa.array(assign_splits(labels, table.num_rows, source.split, source.seed)))
    labels = pc.list_flatten(sets) if sets is not None else table["label"] if "label" in table.column_names else None
    facts = {
        "labels": [] if labels is None else pc.unique(labels.drop_null()).to_pylist(),
        "columns": column_types(table),
        "id_kind": "integer" if pa.types.is_integer(table["id"].type) else "string",
        "fingerprint": _fingerprint(table),
        "split": "split" if source.split else None,
        "left_out": {reason: count for reason, count in left_out.items() if count},
    }
    if sets is None:
        return Prepared(facts, table)
    name = distinct_names([*table.column_names, "label sets"])[-1]
    return Prepared(facts, table.append_column(name, sets), name)


def _fingerprint(table: pa.Table) -> str:
    """A hash of names and values, whatever parts the table is made of."""
    digest = hashlib.sha256(str(table.schema.names).encode())
    for start in range(0, table.num_rows, STEP):
        for batch in table.slice(start, STEP).combine_chunks().to_batches():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            digest.update(sink.getvalue())
    return digest.hexdigest()[:16]
