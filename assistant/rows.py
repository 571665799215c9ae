"""Choosing rows: conditions as SQL over the Arrow table, run by DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from explainers.dataset import Dataset
from explainers.errors import AskWhyError
from explainers.units import count_units

from assistant.conditions import (
    And,
    Compare,
    Condition,
    Not,
    Or,
    Previous,
    Sample,
    Typed,
    leaves,
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
            table = self.dataset.table.append_column("position", position)
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
            prediction = np.asarray(self.labels, dtype=object)[probabilities.argmax(axis=1)]
            columns = {"position": position, "prediction": prediction, "confidence": probabilities.max(axis=1)}
            if "label" in self.dataset.table.column_names:
                columns["correct"] = self.dataset.table["label"].to_numpy(zero_copy_only=False) == prediction
            table = pa.table(columns)
        self._database.register(name, table)
        self._tables.add(name)

    def _clause(self, condition: Condition, parameters: list[Any]) -> str:
        match condition:
            case And(parts):
                return "(" + " AND ".join(self._clause(part, parameters) for part in parts) + ")"
            case Or(parts):
                return "(" + " OR ".join(self._clause(part, parameters) for part in parts) + ")"
            case Not(part):
                return f"NOT coalesce({self._clause(part, parameters)}, FALSE)"
            case Compare(field, op, value):
                if field in ("label", "correct") and "label" not in self.dataset.table.column_names:
                    raise AskWhyError("The data has no label column, so nothing can be said about labels or mistakes.")
                column = '"' + field.replace('"', '""') + '"'
                if field not in PREDICTED + COUNTED + ("id", "text", "label") and not isinstance(value, int | float):
                    column = f"CAST({column} AS VARCHAR)" if self.dataset.columns.get(field) != "date" else column
                if op == "in":
                    parameters.extend(value)
                    return f"{column} IN ({', '.join('?' * len(value))})"
                if op == "contains":
                    parameters.append(_word_pattern(value))
                    return f"regexp_matches({column}, ?)"
                parameters.append(value)
                return f"{column} {op} ?"
            case Typed():
                raise AskWhyError("A typed text cannot be joined with conditions on rows; ask about one or the other.")
            case Sample():
                raise AskWhyError("A random sample can only be taken of the whole selection: join it with 'and'.")
            case Previous():
                raise AskWhyError("There is no earlier selection to go back to; name the rows.")
        raise AskWhyError("This condition cannot be run.")


def _word_pattern(words: str) -> str:
    """A pattern (RE2) for words in any case, not inside a longer word where the words begin or end with a letter."""
    escaped = r"\s+".join("".join(c if c.isalnum() else f"\\x{{{ord(c):x}}}" for c in word) for word in words.split())
    edge = r"[^\pL\pN_]"
    before = rf"(?:^|{edge})" if words[:1].isalnum() else ""
    after = rf"(?:$|{edge})" if words[-1:].isalnum() else ""
    return f"(?is){before}{escaped}{after}"


def _split_sample(condition: Condition) -> tuple[int | None, Condition | None]:
    """A sample at the top, and the condition that remains."""
    if isinstance(condition, Sample):
        return condition.count, None
    if isinstance(condition, And) and any(isinstance(part, Sample) for part in condition.parts):
        rest = tuple(part for part in condition.parts if not isinstance(part, Sample))
        count = min(part.count for part in condition.parts if isinstance(part, Sample))
        return count, (And(rest) if len(rest) > 1 else rest[0]) if rest else None
    return None, condition


def with_previous(condition: Condition | None, earlier: Condition | None) -> Condition | None:
    """The condition with every `previous` replaced by the earlier one. Raises AskWhyError when there is none."""
    match condition:
        case And(parts):
            return And(tuple(with_previous(part, earlier) for part in parts))
        case Or(parts):
            return Or(tuple(with_previous(part, earlier) for part in parts))
        case Not(part):
            return Not(with_previous(part, earlier))
        case Previous():
            if earlier is None:
                raise AskWhyError("There is no earlier selection to go back to; name the rows.")
            return earlier
    return condition
