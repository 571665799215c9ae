"""The values that rows have in a field: something counted in the text, something the model says, or a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.errors import AskWhyError
from explainers.word_index import COUNTED

from assistant.context import Context
from assistant.saying.wording import figure

MEASURED = (*COUNTED, "confidence", "label", "prediction")
BANDS = 4  # equal shares of the rows that a number is cut into


@dataclass(frozen=True)
class Band:
    """Rows of one value, or of one range of values: their places among `positions`, and the condition that names them."""

    name: str
    places: np.ndarray


def values(context: Context, field: str, positions: np.ndarray) -> pa.Array:
    """The values of a field for rows, with nulls where there are none; lists where rows have several labels.

    Raises AskWhyError for a field without values.
    """
    dataset = context.workspace.dataset
    if field in COUNTED:
        return pa.array(getattr(dataset.words, field)[positions], pa.int64())
    if field in ("prediction", "confidence"):
        predictions = context.workspace.predictions(context.report)
        if field == "confidence":
            return pa.array(predictions.confidence[positions].astype(float))
        labels = pa.array(predictions.labels, pa.string())
        return (
            _lists(predictions.decided(positions), labels)
            if predictions.multi_label
            else labels.take(pa.array(predictions.best[positions]))
        )
    if field not in dataset.table.column_names:
        raise AskWhyError(f"The data has no {field} column, so nothing can be said about it.")
    column = dataset.label_sets if field == "label" and dataset.label_sets is not None else dataset.table[field]
    chosen = column if len(positions) == len(dataset) else column.take(pa.array(positions))
    found = chosen.combine_chunks() if isinstance(chosen, pa.ChunkedArray) else chosen
    if pa.types.is_floating(found.type):  # infinity has no place in a mean or a histogram
        return pc.if_else(pc.is_finite(found), found, None)
    return pc.if_else(found, "true", "false") if pa.types.is_boolean(found.type) else found


def _lists(said: np.ndarray, labels: pa.Array) -> pa.Array:
    """The labels of rows as lists, from (rows, labels) booleans."""
    ends = np.concatenate([[0], np.cumsum(said.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), labels.take(pa.array(np.nonzero(said)[1])))


def is_number(found: pa.Array) -> bool:
    return pa.types.is_integer(found.type) or pa.types.is_floating(found.type)


def is_date(found: pa.Array) -> bool:
    return pa.types.is_temporal(found.type)


def tally(found: pa.Array) -> list[tuple[str, int]]:
    """How often each value occurs, the most frequent first; nulls are left out, and each item of a list counts."""
    counts = pc.value_counts((found.flatten() if pa.types.is_list(found.type) else found).drop_null())
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    return sorted(((str(value), count) for value, count in pairs), key=lambda pair: (-pair[1], pair[0]))


def label_counts(context: Context, positions: np.ndarray) -> tuple[list[tuple[str, int]], int]:
    """How many rows have each label, the most frequent first, and how many have none; nothing where the data has no such
    column."""
    dataset = context.workspace.dataset
    if "label" not in dataset.table.column_names:
        return [], 0
    if dataset.label_sets is not None:
        return tally(values(context, "label", positions)), int((~dataset.labelled[positions]).sum())
    missing, *counts = np.bincount(dataset.label_codes[positions] + 1, minlength=len(dataset.labels) + 1).tolist()
    pairs = [(label, count) for label, count in zip(dataset.labels, counts, strict=True) if count]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0])), missing


def bands(found: pa.Array, field: str, most: int = 20) -> list[Band]:
    """Rows grouped by value; numbers and dates are cut into ranges that hold about equally many rows. A row of several
    values is in the band of each."""
    present = np.flatnonzero(np.asarray(found.is_valid()))
    if is_number(found) or is_date(found):
        known = np.asarray(found.drop_null())
        numbers = known.astype("datetime64[s]").astype(float) if is_date(found) else known.astype(float)
        cuts = np.unique(np.quantile(numbers, np.linspace(0, 1, BANDS + 1)[1:-1])) if len(numbers) else np.array([])
        which = np.searchsorted(cuts, numbers, side="left")
        made = []
        for number in range(len(cuts) + 1):
            inside = which == number
            if inside.any():
                low, high = known[inside].min(), known[inside].max()
                name = _ranged(field, low, high)
                made.append(Band(name, present[inside]))
        return made
    rows = np.repeat(present, pc.list_value_length(found.drop_null())) if pa.types.is_list(found.type) else present
    coded = (found.flatten() if pa.types.is_list(found.type) else found.drop_null()).dictionary_encode()
    codes, names = np.asarray(coded.indices), [str(value) for value in coded.dictionary.to_pylist()]
    return [Band(f"{field} {name}", rows[codes == names.index(name)]) for name, _ in tally(found)[:most]]


def _ranged(field: str, low: Any, high: Any) -> str:
    sure = field == "confidence"  # rounded down, since no model is certain
    ends = tuple(f"{int(1000 * end) / 1000:.1%}" if sure else _said(end) for end in (low, high))
    return f"{field} {' to '.join(dict.fromkeys(ends))}"


def _said(value: object) -> str:
    if isinstance(value, np.datetime64):
        return str(value)[:10]
    return figure(float(value))
