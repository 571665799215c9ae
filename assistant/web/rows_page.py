"""One page of rows: found, sorted and cut here, so that the browser never holds more than it shows."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explainers.prepare import label_text

from assistant.programs.conditions import And, Compare, Condition, Sample
from assistant.workspace import Workspace

PER_PAGE = 12
LONGEST = 200  # characters that are searched for
COLUMNS = ("id", "text", "label", "prediction", "confidence", "characters")
PREDICTED = ("prediction", "confidence")


@dataclass(frozen=True)
class Look:
    """How one visitor looks at the rows: what is searched, which are left, their order (the data's own when `sort` is
    empty), and the 0-based page."""

    query: str = ""
    label: str = ""
    prediction: str = ""
    correct: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 0

    def changed(self, told: dict[str, Any]) -> Look:
        """With what a browser told, as far as it makes sense; but for going to a page, back to the first one."""
        kinds = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        fit = {name: value for name, value in told.items() if type(value) is kinds.get(name)}
        if fit.get("sort", "") not in ("", *COLUMNS):
            fit.pop("sort")
        if "query" in fit:
            fit["query"] = fit["query"][:LONGEST]
        return replace(self, **{"page": 0} | fit) if fit else self


@dataclass(frozen=True)
class Row:
    """A row as the table shows it; `correct` is None where it has no label, the last three where nothing is predicted yet."""

    id: int | str
    text: str
    label: str | None
    characters: int
    prediction: str | None = None
    confidence: float | None = None
    correct: bool | None = None


@dataclass(frozen=True)
class Found:
    """The rows of one page, the 0-based `page` they are on, and how many rows and pages there are."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


def condition(workspace: Workspace, selection: Condition | None, look: Look) -> Condition | None:
    """The rows that are looked at: of the selection, those that the visitor's own conditions leave."""
    parts: list[Condition] = []
    if look.query.strip():
        parts.append(Compare("text", "contains", look.query.strip()))
    for field in ("label", "prediction"):
        if getattr(look, field) in workspace.schema.labels:
            parts.append(Compare(field, "=", getattr(look, field)))
    if look.correct in ("true", "false"):
        parts.append(Compare("correct", "=", look.correct == "true"))
    if selection is not None:
        drawn = isinstance(selection, Sample) or (
            isinstance(selection, And) and any(isinstance(part, Sample) for part in selection.parts)
        )
        # rows that were drawn at random stay the ones that were drawn
        parts[:0] = (And((selection,)),) if drawn and parts else selection.parts if isinstance(selection, And) else (selection,)
    return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def page_of(workspace: Workspace, selection: Condition | None, look: Look) -> Found:
    """The rows to show. Without predictions at hand, what needs them is left out of the order, not of the conditions."""
    positions = workspace.rows.select(condition(workspace, selection, look))
    order = _order(workspace, positions, look.sort)
    if look.descending:
        order = order[::-1]
    pages = max(-(-len(positions) // PER_PAGE), 1)
    page = min(max(look.page, 0), pages - 1)
    shown = positions[order[page * PER_PAGE : (page + 1) * PER_PAGE]]
    return Found(tuple(_row(workspace, int(position)) for position in shown), len(positions), page, pages)


def _order(workspace: Workspace, positions: np.ndarray, sort: str) -> np.ndarray:
    dataset = workspace.dataset
    if not len(positions) or not sort or (sort in PREDICTED and not workspace.predicted):
        return np.arange(len(positions))
    if sort == "characters":
        return np.argsort(np.asarray(dataset.words.characters)[positions], kind="stable")
    if sort in PREDICTED:
        predictions = workspace.predictions()
        known = predictions.best if sort == "prediction" else predictions.confidence
        return np.argsort(known[positions], kind="stable")
    if sort not in dataset.table.column_names:
        return np.arange(len(positions))
    return pc.sort_indices(dataset.table[sort].take(pa.array(positions, pa.int64()))).to_numpy()


def _row(workspace: Workspace, position: int) -> Row:
    dataset = workspace.dataset
    table = dataset.table
    label = table["label"][position].as_py() if "label" in table.column_names else None
    row = Row(table["id"][position].as_py(), table["text"][position].as_py(), label, int(dataset.words.characters[position]))
    if not workspace.predicted:
        return row
    predictions = workspace.predictions()
    at = np.array([position])
    said = label_text([name for name, given in zip(predictions.labels, predictions.decided(at)[0], strict=True) if given])
    right = None if label is None else label == said
    return replace(row, prediction=said, confidence=float(predictions.confidence[position]), correct=right)
