"""The values that rows have in a field: something counted in the text, something the model says, or a column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.errors import AskWhyError
from explainers.units import count_units

from assistant.answers import figure
from assistant.context import Context

COUNTED = {
    "characters": len,
    "words": partial(count_units, unit="word"),
    "sentences": partial(count_units, unit="sentence"),
}
MEASURED = (*COUNTED, "confidence", "label", "prediction")
BANDS = 4  # equal shares of the rows that a number is cut into


@dataclass(frozen=True)
class Band:
    """Rows of one value, or of one range of values: their places among `positions`, and the condition that names them."""

    name: str
    places: np.ndarray


def values(context: Context, field: str, positions: np.ndarray) -> pa.Array:
    """The values of a field for rows, with nulls where there are none. Raises AskWhyError for a field without values."""
    dataset = context.workspace.dataset
    if field in COUNTED:
        texts = dataset.table["text"].take(pa.array(positions)).to_pylist()
        return pa.array([COUNTED[field](text) for text in texts], pa.int64())
    if field in ("prediction", "confidence"):
        probabilities = context.workspace.probabilities(context.report)[positions]
        if field == "confidence":
            return pa.array(probabilities.max(axis=1).astype(float))
        labels = context.workspace.classifier.labels
        return pa.array([labels[best] for best in probabilities.argmax(axis=1)], pa.string())
    if field not in dataset.table.column_names:
        raise AskWhyError(f"The data has no {field} column, so nothing can be said about it.")
    chosen = dataset.table[field].take(pa.array(positions))
    found = chosen.combine_chunks() if isinstance(chosen, pa.ChunkedArray) else chosen
    if pa.types.is_floating(found.type):  # infinity has no place in a mean or a histogram
        return pc.if_else(pc.is_finite(found), found, None)
    return pc.if_else(found, "true", "false") if pa.types.is_boolean(found.type) else found


def is_number(found: pa.Array) -> bool:
    return pa.types.is_integer(found.type) or pa.types.is_floating(found.type)


def is_date(found: pa.Array) -> bool:
    return pa.types.is_temporal(found.type)


def tally(found: pa.Array) -> list[tuple[str, int]]:
    """How often each value occurs, the most frequent first; nulls are left out."""
    counts = pc.value_counts(found.drop_null()).to_pylist()
    return sorted(((str(item["values"]), item["counts"]) for item in counts), key=lambda pair: (-pair[1], pair[0]))


def bands(found: pa.Array, field: str, most: int = 20) -> list[Band]:
    """Rows grouped by value; numbers and dates are cut into ranges that hold about equally many rows."""
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
                name = f"{field} {_said(low)}" if low == high else f"{field} {_said(low)} to {_said(high)}"
                made.append(Band(name, present[inside]))
        return made
    texts = np.array([str(value) for value in found.drop_null().to_pylist()], dtype=object)
    return [Band(f"{field} {name}", present[texts == name]) for name, _ in tally(found)[:most]]


def _said(value: object) -> str:
    if isinstance(value, np.datetime64):
        return str(value)[:10]
    return figure(float(value))
