"""Choosing rows: conditions as SQL over the Arrow table, run by DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.dataset import Dataset
from explainers.errors import AskWhyError, closest
from explainers.predictions import Predictions
from explainers.word_index import COUNTED

from assistant.finding.searching import rows_saying, values_saying
from assistant.finding.truth import both, differ, several
from assistant.programs.conditions import (
    DEEPEST,
    FIELDS,
    And,
    Compare,
    Condition,
    Not,
    Or,
    Picked,
    Previous,
    Sample,
    Typed,
    depth,
    leaves,
    moment,
)

SAMPLE_SEED = 13
PREDICTED = ("prediction", "correct", "confidence")


class Rows:
    """The rows of a dataset with what is known of them; positions are 0-based places in the table."""

    def __init__(
        self, dataset: Dataset, labels: tuple[str, ...], predict: Callable[[], np.ndarray], multi_label: bool = False
    ) -> None:
        self.dataset = dataset
        self.labels = labels
        self._predict = predict
        self._multi_label = multi_label
        self._lock = threading.Lock()
        self._database = duckdb.connect(config={"enable_external_access": "false", "threads": "2"})
        # SQL tells no upper from lower case, and a column may be called as a field is: each gets a name of its own
        self._columns = {name: f"column_{place}" for place, name in enumerate(dataset.table.column_names)}

    @cached_property
    def predictions(self) -> Predictions:
        """What the model says of every row; asks for the probabilities when they are first needed."""
        return Predictions(self._predict(), self.labels, self._multi_label)

    def select(self, condition: Condition | None) -> np.ndarray:
        """The positions of the rows that meet a condition, in order; every row for None.

        Raises AskWhyError for a typed text among conditions on rows.
        """
        if condition is None:
            return np.arange(len(self.dataset))
        sample, rest = _split_sample(condition)
        query = _Query()
        clause = "TRUE" if rest is None else self._clause(rest, query)
        table = self._table(rest, query)
        with self._lock:
            self._database.register("asked", table)
            found = self._database.execute(f"SELECT position FROM asked WHERE {clause}", query.parameters)
            found = np.asarray(found.fetchnumpy()["position"], dtype=np.int64)
        found.sort()  # mostly they are in order, since that is how they are read
        if sample is not None and sample < len(found):
            found = np.sort(np.random.default_rng(SAMPLE_SEED).choice(found, sample, replace=False))
        return found

    def _table(self, condition: Condition | None, query: _Query) -> pa.Table:
        """What the database looks at: every column, what the condition asks of texts or answers, and its masks."""
        fields = {leaf.field for leaf in leaves(condition) if isinstance(leaf, Compare)} if condition else set()
        columns = dict(self._base)
        if fields & set(PREDICTED):
            columns |= self._predicted
        if fields & set(COUNTED):
            columns |= {field: getattr(self.dataset.words, field) for field in COUNTED}
        return pa.table(columns | {f"mask_{place}": mask for place, mask in enumerate(query.masks)})

    @cached_property
    def _base(self) -> dict[str, Any]:
        return {
            "position": pa.array(np.arange(len(self.dataset))),
            **dict(zip(self._columns.values(), self.dataset.table.columns, strict=True)),
        }

    @cached_property
    def _predicted(self) -> dict[str, Any]:
        made = {"confidence": self.predictions.confidence}
        if not self._several:
            made["prediction"] = pa.DictionaryArray.from_arrays(self.predictions.best, pa.array(self.labels, pa.string()))
        if "label" in self.dataset.table.column_names:  # neither right nor wrong where there is no label
            truth, said = both(self.dataset, self.predictions, np.arange(len(self.dataset)))
            made["correct"] = pa.array(~differ(truth, said), mask=~self.dataset.labelled)
        return made

    @property
    def _several(self) -> bool:
        return several(self.dataset, self.predictions)

    def _clause(self, condition: Condition, query: _Query) -> str:
        match condition:
            case And() if _draws(condition):
                drawn = np.zeros(len(self.dataset), dtype=bool)
                drawn[self.select(condition)] = True
                return query.mask(drawn)
            case And(parts):
                return "(" + " AND ".join(self._clause(part, query) for part in parts) + ")"
            case Or(parts):
                return "(" + " OR ".join(self._clause(part, query) for part in parts) + ")"
            case Not(part):
                return f"NOT coalesce({self._clause(part, query)}, FALSE)"
            case Compare():
                return self._compared(condition, query)
            case Picked(_, ids):
                return query.mask(np.asarray(pc.is_in(self.dataset.table["id"], pa.array(ids, self.dataset.table["id"].type))))
            case Typed():
                raise AskWhyError("A typed text cannot be joined with conditions on rows; ask about one or the other.")
            case Sample():
                raise AskWhyError("A random sample can only be taken of the whole selection: join it with 'and'.")
            case Previous():
                raise AskWhyError("There is no earlier selection to go back to; name the rows.")
        raise AskWhyError("This condition cannot be run.")

    def _compared(self, condition: Compare, query: _Query) -> str:
        field, op, value = condition.field, condition.op, condition.value
        if field in ("label", "correct") and "label" not in self.dataset.table.column_names:
            raise AskWhyError("The data has no label column, so nothing can be said about labels or mistakes.")
        column = field if field in PREDICTED + COUNTED else self._columns.get(field)
        if column is None:
            raise AskWhyError(f"The data has no column '{field}'; {closest(field, (*FIELDS, *self.dataset.columns))}")
        if (field == "label" and self.dataset.label_sets is not None) or (field == "prediction" and self._several):
            return query.mask(self._among(field, op, value if op == "in" else (value,)))
        kind = self.dataset.columns.get(field)
        if kind == "date":
            value = moment(value)
        elif kind not in (None, "number"):
            column = f"CAST({column} AS VARCHAR)"
        if op == "contains":
            if not value.strip():
                return "FALSE"
            words = value.strip()
            if field == "text":
                return query.mask(rows_saying(self.dataset, words))
            return query.mask(values_saying(self.dataset.table[field], words))
        if op == "in":
            query.parameters.extend(value)
            return f"{column} IN ({', '.join('?' * len(value))})"
        query.parameters.append(value)
        return f"{column} {op} ?"

    def _among(self, field: str, op: str, names: tuple[str, ...]) -> np.ndarray:
        """(rows,) booleans: the rows that have one of the classes among several, or have none of them for "!="."""
        every = np.arange(len(self.dataset))
        if field == "label":
            has, known = self.dataset.label_matrix(names, every).any(axis=1), self.dataset.labelled
        else:
            places = [self.labels.index(name) for name in names if name in self.labels]
            has, known = self.predictions.decided(every)[:, places].any(axis=1), True
        return ~has & known if op == "!=" else has


class _Query:
    """What stands in a condition beside its SQL: values, and rows that were found otherwise, as booleans."""

    def __init__(self) -> None:
        self.parameters: list[Any] = []
        self.masks: list[np.ndarray] = []

    def mask(self, rows: np.ndarray) -> str:
        self.masks.append(rows)
        return f"mask_{len(self.masks) - 1}"


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


def of_all(condition: Condition | None) -> Condition | None:
    """The condition where every row is what `previous` means, as far as it stands alone or is joined with others by "and"."""
    match condition:
        case Previous():
            return None
        case And(parts):
            others = tuple(part for part in parts if not isinstance(part, Previous))
            return others[0] if len(others) == 1 else And(others)
    return condition


def with_picked(condition: Condition | None, picks: Sequence[tuple[int | str, ...]]) -> Condition | None:
    """The condition with the ids of what was picked by hand. Raises AskWhyError for a number that nothing was picked under."""
    match condition:
        case And(parts) | Or(parts):
            return type(condition)(tuple(with_picked(part, picks) for part in parts))
        case Not(part):
            return Not(with_picked(part, picks))
        case Picked(number, ()):
            if not 0 < number <= len(picks):
                raise AskWhyError(f"Nothing was picked by hand as number {number}; pick rows on the map, or name them.")
            return Picked(number, picks[number - 1])
    return condition


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
