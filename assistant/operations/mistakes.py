from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.slices import Rules, error_rules
from explainers.units import units
from explainers.wording import word_rows

from assistant.arguments import Choice, Count
from assistant.context import Context
from assistant.fields import MEASURED, bands, values
from assistant.judged import Judged, judged
from assistant.operation import Operation
from assistant.results import Prediction, Result

KINDS = ("count", "sample", "typical")
SHOWN = 5
WORDS = 300  # the most frequent words that rules may name
SURE_ABOVE = 0.9


@dataclass(frozen=True, kw_only=True)
class MistakesResult(Result):
    """Mistakes among `rows` labelled rows: how many, by (label, prediction), and of how many the model was more than
    `sure_above` sure; `shown` some of them, the surest first; `rules` where they are frequent. What was not asked for is
    empty or None."""

    kind: str
    rows: int
    wrong: int
    pairs: tuple[tuple[str, str, int], ...]
    sure: int
    shown: tuple[Prediction, ...]
    start: int
    rules: Rules | None
    held_out: bool
    unlabelled: int
    sure_above: float = SURE_ABOVE


class Mistakes(Operation):
    """The mistakes of the model: how many, some of them, or what is typical of them."""

    name = "mistakes"
    family = "rows"
    scope = "rows"
    pages = True
    examples = ("How many mistakes do you make?", "What do you usually get wrong?")

    kind: Annotated[str | None, Choice(KINDS)] = Field(
        None, description="a count, some rows, or what is typical; a count with some rows when absent"
    )
    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows or rules to show")

    def run(self, context: Context) -> MistakesResult:
        rows = judged(context)
        wrong = np.flatnonzero(rows.wrong)
        surest = wrong[np.argsort(-rows.probabilities[wrong].max(axis=1), kind="stable")]
        kind, n = self.kind or "", self.n or SHOWN
        shows = kind not in ("count", "typical") or (kind == "count" and context.page > 0)  # "more" of a count are rows
        start = (context.page - (kind == "count")) * n if context.page else 0
        pairs: dict[tuple[str, str], int] = {}
        for place in wrong:
            pair = (rows.truth[place], rows.predicted[place])
            pairs[pair] = pairs.get(pair, 0) + 1
        shown = surest[start : start + n] if shows else ()
        return MistakesResult(
            kind=kind,
            rows=len(rows.truth),
            wrong=len(wrong),
            pairs=tuple((*pair, count) for pair, count in sorted(pairs.items(), key=lambda item: -item[1])[:SHOWN]),
            sure=int((rows.probabilities[wrong].max(axis=1) > SURE_ABOVE).sum()) if len(wrong) else 0,
            shown=tuple(context.prediction(context.subject(rows.positions[place]), rows.probabilities[place]) for place in shown),
            start=start,
            rules=_typical(context, rows, start, n) if kind == "typical" else None,
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            provenance=context.provenance(method="slices" if kind == "typical" else "labels against predictions"),
        )


def _typical(context: Context, rows: Judged, start: int, most: int) -> Rules:
    """At most `most` rules over words, lengths, classes and columns, from the place `start` on."""
    conditions: dict[str, np.ndarray] = {}
    groups: list[str] = []
    split = context.workspace.dataset.split
    columns = [name for name, kind in context.workspace.dataset.columns.items() if kind != "text" and name != split]
    for field in (*MEASURED, *columns):
        for band in bands(values(context, field, rows.positions), field):
            inside = np.zeros(len(rows.truth), dtype=bool)
            inside[band.places] = True
            conditions[band.name] = inside
            groups.append("class" if field in ("label", "prediction") else field)  # the two together are the mistake itself
    texts = context.workspace.dataset.table["text"].take(rows.positions).to_pylist()
    counts = word_rows(texts)
    words = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS]
    held = [{span.of(text).lower() for span in units(text, "word")} for text in texts]
    for word in words:
        conditions[f"the word “{word}”"] = np.array([word in inside for inside in held])
        groups.append(f"the word {word}")
    found = error_rules(rows.wrong, conditions, groups, most=start + most)
    return dataclasses.replace(found, rules=found.rules[start:])
