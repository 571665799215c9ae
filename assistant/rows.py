"""Choosing rows: conditions as SQL over the Arrow table, run by DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.dataset import Dataset
from explainers.errors import AskWhyError, closest
from explainers.units import count_units

from assistant.conditions import (
    DEEPEST,
    FIELDS,
    And,
    Compare,
    Condition,
    Not,
    Or,
    Previous,
    Sample,
    Typed,
    depth,
    leaves,
    moment,
)

SAMPLE_SEED = 13
PREDICTED = ("prediction", "correct", "confidence")
COUNTED = ("characters", "words", "sentences")


class Rows:
    """The rows of a dataset with what is known of them; positions are 0-based places in the table."""

    def __init__(self, dataset: Dataset, labels: tuple[str, ...], predict: Callable[[], np.ndarray]) -> None:
        self.dataset = dataset
        self.labels = labels
        self._predict = predict
        self._lock = threading.Lock()
        self._database = duckdb.connect(config={"enable_external_access": "false", "threads": "2"})
        self._tables: set[str] = set()
        # SQL tells no upper from lower case, and a column may be called as a field is: each gets a name of its own
        self._columns = {name: f"column_{place}" for place, name in enumerate(dataset.table.column_names)}

    def select(self, condition: Condition | None) -> np.ndarray:
        """The positions of the rows that meet a condition, in order; every row for None.

        Raises AskWhyError for a typed text among conditions on rows.
        """
        if condition is None:
            return np.arange(len(self.dataset))
        sample, rest = _split_sample(condition)
        parameters: list[Any] = []
        clause = "TRUE" if rest is None else self._clause(rest, parameters)
        tables = self._needed(rest)
        joins = "".join(f" JOIN {name} USING (position)" for name in tables)
        with self._lock:
            for name in ("rows", *tables):
                self._register(name)
            found = self._database.execute(
                f"SELECT position FROM rows{joins} WHERE {clause} ORDER BY position", parameters
            ).fetchnumpy()["position"]
        found = np.asarray(found, dtype=np.int64)
        if sample is not None and sample < len(found):
            found = np.sort(np.random.default_rng(SAMPLE_SEED).choice(found, sample, replace=False))
        return found

    def _needed(self, condition: Condition | None) -> list[str]:
        fields = {leaf.field for leaf in leaves(condition) if isinstance(leaf, Compare)} if condition else set()
        return [name for name, columns in (("predicted", PREDICTED), ("counted", COUNTED)) if fields & set(columns)]

    def _register(self, name: str) -> None:
        if name in self._tables:
            return
        position = pa.array(np.arange(len(self.dataset)))
        if name == "rows":
            columns = zip(self._columns.values(), map(_naive, self.dataset.table.columns), strict=True)
            table = pa.table({"position": position, **dict(columns)})
        elif name == "counted":
            texts = self.dataset.texts
            table = pa.table({
                "position": position,
                "characters": [len(text) for text in texts],
                "words": [count_units(text, "word") for text in texts],
                "sentences": [count_units(text, "sentence") for text in texts],
            })  # fmt: skip
        else:
            probabilities = self._predict()
            prediction = pa.array([self.labels[best] for best in probabilities.argmax(axis=1)], pa.string())
            columns = {"position": position, "prediction": prediction, "confidence": probabilities.max(axis=1)}
            if "label" in self.dataset.table.column_names:  # neither right nor wrong where there is no label
                columns["correct"] = pc.equal(self.dataset.table["label"].cast(pa.string()), prediction)
            table = pa.table(columns)
        self._database.register(name, table)
        self._tables.add(name)

    def _clause(self, condition: Condition, parameters: list[Any]) -> str:
        match condition:
            case And() if _draws(condition):
                parameters.append(self.select(condition).tolist())
                return "position IN (SELECT unnest(?::BIGINT[]))"
            case And(parts):
                return "(" + " AND ".join(self._clause(part, parameters) for part in parts) + ")"
            case Or(parts):
                return "(" + " OR ".join(self._clause(part, parameters) for part in parts) + ")"
            case Not(part):
                return f"NOT coalesce({self._clause(part, parameters)}, FALSE)"
            case Compare():
                return self._compared(condition, parameters)
            case Typed():
                raise AskWhyError("A typed text cannot be joined with conditions on rows; ask about one or the other.")
            case Sample():
                raise AskWhyError("A random sample can only be taken of the whole selection: join it with 'and'.")
            case Previous():
                raise AskWhyError("There is no earlier selection to go back to; name the rows.")
        raise AskWhyError("This condition cannot be run.")

    def _compared(self, condition: Compare, parameters: list[Any]) -> str:
        field, op, value = condition.field, condition.op, condition.value
        if field in ("label", "correct") and "label" not in self.dataset.table.column_names:
            raise AskWhyError("The data has no label column, so nothing can be said about labels or mistakes.")
        column = field if field in PREDICTED + COUNTED else self._columns.get(field)
        if column is None:
            raise AskWhyError(f"The data has no column '{field}'; {closest(field, (*FIELDS, *self.dataset.columns))}")
        kind = self.dataset.columns.get(field)
        if kind == "date":
            value = moment(value)
        elif kind not in (None, "number"):
            column = f"CAST({column} AS VARCHAR)"
        if op == "contains":
            if not value.strip():
                return "FALSE"
            parameters.append(_word_pattern(value.strip()))
            return f"regexp_matches({column}, ?)"
        if op == "in":
            parameters.extend(value)
            return f"{column} IN ({', '.join('?' * len(value))})"
        parameters.append(value)
        return f"{column} {op} ?"


def _word_pattern(words: str) -> str:
    """A pattern (RE2) for words in any case, not inside a longer word where the words begin or end with a letter."""
    escaped = r"\s+".join("".join(c if c.isalnum() else f"\\x{{{ord(c):x}}}" for c in word) for word in words.split())
    edge = r"[^\pL\pN_]"
    before = rf"(?:^|{edge})" if words[:1].isalnum() else ""
    after = rf"(?:$|{edge})" if words[-1:].isalnum() else ""
    return f"(?is){before}{escaped}{after}"


def _naive(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times without an offset, in UTC, as they are compared with."""
    offset = pa.types.is_timestamp(column.type) and column.type.tz is not None
    return column.cast(pa.timestamp(column.type.unit)) if offset else column


def _split_sample(condition: Condition) -> tuple[int | None, Condition | None]:
    """A sample at the top, and the condition that remains."""
    if isinstance(condition, Sample):
        return condition.count, None
    if _draws(condition):
        rest = tuple(part for part in condition.parts if not isinstance(part, Sample))
        count = min(part.count for part in condition.parts if isinstance(part, Sample))
        return count, (And(rest) if len(rest) > 1 else rest[0]) if rest else None
    return None, condition


def _draws(condition: Condition) -> bool:
    """Whether a condition draws a random sample from what its other parts leave."""
    return isinstance(condition, And) and any(isinstance(part, Sample) for part in condition.parts)


def with_previous(condition: Condition | None, earlier: Condition | None) -> Condition | None:
    """The condition with every `previous` replaced by the earlier one; a sample that it drew stays the same rows.

    Raises AskWhyError when there is none, and when too many conditions stand on each other.
    """
    resolved = _resolved(condition, earlier)
    if resolved is not None and depth(resolved) > DEEPEST:
        raise AskWhyError("Too many selections stand on each other by now; name the rows anew.")
    return resolved


def _resolved(condition: Condition | None, earlier: Condition | None) -> Condition | None:
    match condition:
        case And(parts) | Or(parts):
            joined: list[Condition] = []
            for part in parts:
                said = _resolved(part, earlier)
                same = isinstance(part, Previous) and type(said) is type(condition) and not _draws(said)
                joined += said.parts if same else (said,)
            return type(condition)(tuple(joined))
        case Not(part):
            said = _resolved(part, earlier)
            return said.part if isinstance(part, Previous) and isinstance(said, Not) else Not(said)
        case Previous():
            if earlier is None:
                raise AskWhyError("There is no earlier selection to go back to; name the rows.")
            return And((earlier,)) if isinstance(earlier, Sample) else earlier
    return condition
