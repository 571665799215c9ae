from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.errors import AskWhyError

from assistant.context import Context
from assistant.finding.fields import MEASURED, is_date, is_number, tally, values
from assistant.operation import Operation
from assistant.programs.arguments import Field as FieldName
from assistant.results import Result

BINS = 10
VALUES = 20  # shown of a category


@dataclass(frozen=True)
class Summary:
    """Of numbers: mean, standard deviation (of the sample), quartiles, ends; `bins` are (low, high, rows), of which each
    holds its low end, and its high end too where all numbers are whole or it is the last. Bins are of equal width, but that
    the last one holds all of a long tail: what lies beyond the upper inner fence of Tukey (1977), 1.5 times the distance of
    the quartiles above the upper one."""

    mean: float
    deviation: float
    low: float
    quartiles: tuple[float, float, float]
    high: float
    bins: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, kw_only=True)
class StatisticsResult(Result):
    """The distribution of field `of`: a `summary` of numbers, the `ends` of dates, else `counts` of the commonest of
    its `distinct` values. `missing` rows have no value."""

    of: str
    rows: int
    missing: int
    summary: Summary | None = None
    ends: tuple[str, str] | None = None
    counts: tuple[tuple[str, int], ...] = ()
    distinct: int = 0


class Statistics(Operation):
    """The distribution of a field over rows: mean, median and range, or how often each value occurs."""

    name = "statistics"
    family = "rows"
    scope = "rows"
    examples = ("How long are the {nouns}?", "How are the labels distributed?")

    of: Annotated[str | None, FieldName(MEASURED)] = Field(None, description="the field or column; words when absent")

    def run(self, context: Context) -> StatisticsResult:
        if context.positions is None:
            raise AskWhyError("Statistics need rows of the data; name some, or ask about all of them.")
        of = self.of or "words"
        found = values(context, of, context.positions)
        facts = {"of": of, "rows": len(found), "missing": found.null_count, "provenance": context.provenance()}
        if len(found) == found.null_count:
            return StatisticsResult(**facts)
        if is_number(found):
            return StatisticsResult(**facts, summary=summarise(np.asarray(found.drop_null()).astype(float)))
        if is_date(found):
            known = np.asarray(found.drop_null())
            return StatisticsResult(**facts, ends=(str(known.min())[:10], str(known.max())[:10]))
        counts = tally(found)
        return StatisticsResult(**facts, counts=tuple(counts[:VALUES]), distinct=len(counts))


def summarise(numbers: np.ndarray) -> Summary:
    """The summary of a (rows,) array of at least one number."""
    low, *quartiles, high = (float(value) for value in np.quantile(numbers, (0, 0.25, 0.5, 0.75, 1)))
    whole = bool((numbers == np.round(numbers)).all())
    fence = quartiles[2] + 1.5 * (quartiles[2] - quartiles[0])
    tail = low < fence < high and quartiles[0] < quartiles[2]
    end, count = (fence, BINS - 1) if tail else (high, BINS)
    if whole:
        width = np.ceil((end - low + 1) / count)
        edges = low + width * np.arange(np.ceil((end - low + 1) / width) + 1)
        tail = tail and edges[-1] <= high
    else:
        edges = np.linspace(low, end, (count if high > low else 1) + 1)
    if tail:
        edges = np.append(edges, high + whole)
    counts, _ = np.histogram(numbers, bins=edges)
    ends = np.minimum(edges[1:] - 1, high) if whole else edges[1:]
    bins = tuple((float(a), float(b), int(count)) for a, b, count in zip(edges[:-1], ends, counts, strict=True))
    deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
    return Summary(float(numbers.mean()), deviation, low, tuple(quartiles), high, bins)
