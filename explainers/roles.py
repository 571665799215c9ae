"""Which columns of a file are the id, the text and the label of its rows, and what the others hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from explainers.columns import as_strings, distinct_names, parsed, typed
from explainers.errors import AskWhyError, closest
from explainers.prepare import label_by_name, label_by_range, label_sets, label_texts

if TYPE_CHECKING:
    from explainers.dataset import DataSource

RESERVED = (
    "id", "text", "label", "prediction", "correct", "confidence", "characters", "words", "sentences", "previous", "position",
    "split",
)  # fmt: skip
CATEGORIES = 50  # a text column with at most this many distinct values is a category
VISIBLE = r"[^\s\p{Z}\x0b\x1c-\x1f\x85]"  # what `str.strip` leaves


def check_roles(source: DataSource, columns: list[str]) -> None:
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


def with_roles(read: pa.Table, as_written: bool, source: DataSource) -> tuple[pa.Table, pa.ChunkedArray | None, dict[str, int]]:
    """The columns id, text and label, then the others with their types, the lists of labels where rows have several, and
    counts of the rows left out."""
    texts = as_strings(read[source.text])
    seen = pc.fill_null(pc.match_substring_regex(texts, VISIBLE), False)
    left_out = {"no text": read.num_rows - (pc.sum(seen).as_py() or 0)}
    if left_out["no text"]:
        read, texts = read.filter(seen), texts.filter(seen)
    sets = labels = None
    if source.label:
        sets = None if source.ranges else label_sets(read[source.label], source.label_separator, source.labels)
        labels = _labels(read[source.label], as_written, source) if sets is None else label_texts(sets)
        if source.ranges:
            known = labels.is_valid()
            left_out["label in no range"] = labels.null_count
            read, texts, labels = read.filter(known), texts.filter(known), labels.filter(known)
    columns = {} if source.id is None else {"id": _ids(read[source.id], as_written, source)}
    columns |= {"text": texts} if labels is None else {"text": texts, "label": labels}
    others = [column for column in read.column_names if column not in (source.text, source.label, source.id)]
    for column, name in zip(others, distinct_names(others, RESERVED, str.casefold), strict=True):
        columns[name] = typed(parsed(read[column]) if as_written else read[column])
    return pa.table(columns), sets, left_out


def _labels(column: pa.ChunkedArray, as_written: bool, source: DataSource) -> pa.ChunkedArray:
    """The label names of a column, null where it is missing or blank. A column of numbers has 1 for 1.0 too."""
    if source.ranges:
        return label_by_range(column, source.ranges)
    numbers = parsed(column) if as_written else column
    return label_by_name(numbers if pa.types.is_floating(numbers.type) else column, source.labels)


def _ids(column: pa.ChunkedArray, as_written: bool, source: DataSource) -> pa.ChunkedArray:
    """The ids, whole numbers or strings. Raises AskWhyError when one is missing or comes twice."""
    ids = typed(parsed(column)) if as_written else typed(column)
    ids = ids if pa.types.is_integer(ids.type) else as_strings(column)
    if ids.null_count or pc.count_distinct(ids).as_py() < len(ids):
        counts = pc.value_counts(ids.drop_null())
        twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        where = "a row has none" if ids.null_count else f"{twice[0].as_py()} comes twice"
        raise AskWhyError(
            f"The id column '{source.id}' of {source.path.name} is not unique: {where}; leave `id` out to number the rows."
        )
    return ids


def column_types(table: pa.Table) -> dict[str, str | list[str]]:
    """The type of each extra column: "number", "date", "text", or its categories."""
    types: dict[str, str | list[str]] = {}
    for name in table.column_names:
        kind = table.schema.field(name).type
        if name in ("id", "text", "label"):
            continue
        if pa.types.is_boolean(kind):
            types[name] = ["false", "true"]
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
            types[name] = "number"
        elif pa.types.is_timestamp(kind):
            types[name] = "date"
        else:
            distinct = pc.unique(table[name].drop_null()).to_pylist()
            types[name] = sorted(distinct) if 0 < len(distinct) <= CATEGORIES else "text"
    return types
