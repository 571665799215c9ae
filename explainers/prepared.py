"""Datasets as they were prepared, on disk: found again by what the file holds and what the settings say of it.

The rows are an Arrow file that `datasets` maps into memory, so that a million of them are there at once and take no room.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explainers.assets import cache_folder
from explainers.folders import used, write_folder

if TYPE_CHECKING:
    from explainers.dataset import DataSource

VERSION = 1  # part of every key: to be raised when the same file is read otherwise than before
BATCH = 65536  # rows of a record batch
ROWS, FACTS = "rows.arrow", "facts.json"


@dataclass(frozen=True)
class Prepared:
    """A table with its facts, which JSON can hold; `sets` names the column with lists of labels, if there is one."""

    facts: Mapping[str, Any]
    table: pa.Table
    sets: str | None = None


def find(source: DataSource) -> Prepared | None:
    """The dataset as it was kept, mapped into memory; None when it was not, or what is there cannot be read."""
    if not source.path.is_file():
        return None
    folder = cache_folder("datasets") / _key(source)
    try:
        said = json.loads((folder / FACTS).read_text("utf-8"))
        table = _mapped(folder / ROWS)
        used(folder)
        return Prepared(said["facts"], table, said["sets"])
    except (OSError, ValueError, KeyError, pa.ArrowException):  # ArrowInvalid is a ValueError
        return None


def keep(source: DataSource, made: Prepared) -> Prepared:
    """The same dataset, kept on disk and mapped into memory; as it is where the disk is full."""
    folder = cache_folder("datasets") / _key(source)

    def fill(part: Path) -> None:
        with pa.OSFile(str(part / ROWS), "wb") as file, pa.ipc.new_stream(file, made.table.schema) as writer:
            writer.write_table(made.table, max_chunksize=BATCH)
        (part / FACTS).write_text(json.dumps({"facts": made.facts, "sets": made.sets}), "utf-8")

    return dataclasses.replace(made, table=_mapped(folder / ROWS)) if write_folder(folder, fill) else made


def _mapped(path: Path) -> pa.Table:
    from datasets import Dataset

    return Dataset.from_file(str(path)).data.table.replace_schema_metadata(None)


def _key(source: DataSource) -> str:
    """A hash of the file's content, of its kind, and of everything that the settings say of it."""
    settings = {
        name: _plain(value) for name, value in dataclasses.asdict(source).items() if name not in ("path", "max_megabytes")
    }
    words = json.dumps([VERSION, pa.__version__, source.path.suffixes, settings], sort_keys=True, default=str)
    with source.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{content} {words}".encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return list(value.items()) if isinstance(value, Mapping) else value  # in their order, which says what a range is tried first
