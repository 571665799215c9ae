"""What stands behind the marks of a plot: the numbers that are drawn, and the `/` command that shows a mark's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.errors import AskWhyError

from assistant.programs.conditions import And, Compare, Condition, Or, Sample, check, to_text

if TYPE_CHECKING:
    from assistant.programs.schema import Schema
    from assistant.results import Result

HELD_OUT = "test"
LONGEST = 4000  # characters of a command that can be read back


@dataclass(frozen=True)
class Behind:
    """The numbers and the commands of a plot, row by row; "" where nothing can be asked. `form` is how it is drawn."""

    form: str
    values: tuple[tuple[float, ...], ...]
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Clicks:
    """Makes commands for rows of one dataset; `split` is the column that says which rows training never saw."""

    schema: Schema
    split: str | None = None

    def command(self, result: Result, *conditions: Condition) -> str:
        """The command that shows the rows of a figure: among those that the result is of, the ones that meet the
        conditions. A figure of held-out rows only leads to these."""
        return self.rows(*self._among(result), *conditions)

    def rows(self, *parts: Condition) -> str:
        """The command that shows the rows that meet all conditions, or "" where it cannot be said."""
        where = And(parts) if len(parts) > 1 else parts[0]
        try:
            check(where, self.schema)
        except AskWhyError:  # such as a label that the model does not know
            return ""
        said = f"/where {to_text(where, self.schema)} | show"
        return said if len(said) <= LONGEST else ""

    def _among(self, result: Result) -> list[Condition]:
        if result.selected is None or result.selected.where is None:
            held_out = getattr(result, "held_out", False) and self.split is not None
            return [Compare(self.split, "=", HELD_OUT)] if held_out else []
        where = result.selected.where
        drawn = isinstance(where, Sample) or (isinstance(where, And) and any(isinstance(part, Sample) for part in where.parts))
        if drawn:  # rows that were drawn at random stay the ones that were drawn
            return [And((where,))]
        return list(where.parts) if isinstance(where, And) else [where]


def behind(result: Any, clicks: Clicks | None) -> Behind | None:
    """What stands behind the picture of a result, or None for one that has no picture. Without `clicks` no command does."""
    made = FORMS.get(result.operation)
    asked: Callable[..., str] = (lambda *conditions: "") if clicks is None else (lambda *some: clicks.command(result, *some))
    return None if made is None else made(result, asked)


def _confusion(result: Any, asked: Callable[..., str]) -> Behind:
    commands = tuple(
        tuple(
            asked(Compare("label", "=", label), Compare("prediction", "=", called)) if count else ""
            for called, count in zip(result.classes, counts, strict=True)
        )
        for label, counts in zip(result.classes, result.counts, strict=True)
    )
    return Behind("matrix", result.counts, commands)


def _calibration(result: Any, asked: Callable[..., str]) -> Behind:
    values = tuple((bin.low, bin.high, bin.rows, bin.confidence, bin.accuracy) for bin in result.bins)
    known = _labelled(result)
    commands = tuple(
        ("" if result.decisions is not None else asked(*_between("confidence", bin.low, bin.high), *known),)
        for bin in result.bins
    )
    return Behind("calibration", values, commands)


def _between(field: str, low: float, high: float) -> list[Condition]:
    """Above the low end, up to the high one; ends that hold every row are not said."""
    return [Compare(field, ">", low)] * (low > 0) + [Compare(field, "<=", high)] * (high < 1) or [Compare(field, "<=", high)]


def _labelled(result: Any) -> list[Condition]:
    """That rows have a label, where some have none: those are in no figure of right and wrong."""
    return [Or((Compare("correct", "=", True), Compare("correct", "=", False)))] if result.unlabelled else []


def _score(result: Any, asked: Callable[..., str]) -> Behind | None:
    """By class: what the model calls so stands behind precision, what is labelled so behind recall, either behind F1."""
    if result.by:
        return None
    known, commands = _labelled(result), []
    for item in result.classes:
        called, labelled = Compare("prediction", "=", item.label), Compare("label", "=", item.label)
        commands.append((asked(called, *known), asked(labelled), asked(Or((labelled, called)), *known)))
    values = tuple((item.precision, item.recall, item.f1) for item in result.classes)
    return Behind("scores", values, tuple(commands))


def _statistics(result: Any, asked: Callable[..., str]) -> Behind:
    """Of numbers, (low, high, rows) for each bin; of categories, (rows,) for each value."""
    if result.summary is None:
        said = tuple((asked(Compare(result.of, "=", name)),) for name, _ in result.counts)
        return Behind("bars", tuple((count,) for _, count in result.counts), said)
    bins = result.summary.bins
    whole = all(low == int(low) and high == int(high) for low, high, _ in bins) and (len(bins) == 1 or bins[0][1] < bins[1][0])
    commands = []
    for place, (low, high, count) in enumerate(bins):
        closed = "<=" if whole or place == len(bins) - 1 else "<"
        ends = [Compare(result.of, ">=", _number(low)), Compare(result.of, closed, _number(high))]
        commands.append((asked(*ends) if count else "",))
    return Behind("columns", bins, tuple(commands))


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


FORMS: dict[str, Callable[[Any, Callable[..., str]], Behind | None]] = {
    "confusion": _confusion,
    "calibration": _calibration,
    "score": _score,
    "statistics": _statistics,
}
