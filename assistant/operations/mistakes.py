from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from explainers.slices import Rules, error_rules

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.finding.fields import MEASURED, bands, values
from assistant.finding.judged import Judged, judged
from assistant.operation import Operation
from assistant.programs.arguments import Choice, Count
from assistant.results import Prediction, Result

KINDS = ("count", "sample", "typical")
SHOWN = 5
WORDS = 300  # the most frequent words that rules may name
SURE_ABOVE = 0.9
SEARCHED = 50_000  # rows, drawn at random of more, in which rules are looked for
SEED = 13


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

    @property
    def listed(self) -> tuple[Subject, ...]:
        return tuple(item.subject for item in self.shown)


class Mistakes(Operation):
    """The mistakes of the model: how many, some of them, or what is typical of them."""

    name = "mistakes"
    family = "quality"
    scope = "rows"
    needs = "classifier"
    pages = True
    examples = ("How many mistakes do you make?", "What do you usually get wrong?")

    kind: Annotated[str | None, Choice(KINDS)] = Field(
        None, description="a count, some rows, or what is typical; a count with some rows when absent"
    )
    n: Annotated[int | None, Count(1, 50)] = Field(None, description="how many rows or rules to show")

    def run(self, context: Context) -> MistakesResult:
        rows = judged(context)
        wrong = np.flatnonzero(rows.wrong)
        surest = wrong[np.argsort(-rows.confidence[wrong], kind="stable")]
        kind, n = self.kind or "", self.n or SHOWN
        shows = kind not in ("count", "typical") or (kind == "count" and context.page > 0)  # "more" of a count are rows
        start = (context.page - (kind == "count")) * n if context.page else 0
        shown = rows.positions[surest[start : start + n]] if shows else ()
        return MistakesResult(
            kind=kind,
            rows=len(rows),
            wrong=len(wrong),
            pairs=tuple(rows.pairs()[:SHOWN]),
            sure=int((rows.confidence[wrong] > SURE_ABOVE).sum()),
            shown=tuple(context.prediction(context.subject(place), rows.predictions.probabilities[place]) for place in shown),
            start=start,
            rules=_typical(context, rows, start, n) if kind == "typical" else None,
            held_out=rows.held_out,
            unlabelled=rows.unlabelled,
            provenance=context.provenance(method="slices" if kind == "typical" else "labels against predictions"),
        )

    def remember(self, conversation: Conversation, result: Result) -> Conversation:
        """Where some were asked for, the first that was shown is what "it" means next, as after any list."""
        first = result.listed[0] if isinstance(result, MistakesResult) and result.kind == "sample" and result.listed else None
        return conversation if first is None else dataclasses.replace(conversation, focus=first)


def _typical(context: Context, rows: Judged, start: int, most: int) -> Rules:
    """At most `most` rules over words, lengths, classes and columns, from the place `start` on."""
    places = np.arange(len(rows))
    if len(places) > SEARCHED:
        places = np.sort(np.random.default_rng(SEED).choice(places, SEARCHED, replace=False))
    positions = rows.positions[places]
    conditions: dict[str, np.ndarray] = {}
    groups: dict[str, str] = {}
    split = context.workspace.dataset.split
    columns = [name for name, kind in context.workspace.dataset.columns.items() if kind != "text" and name != split]
    for field in (*MEASURED, *columns):
        for band in bands(values(context, field, positions), field):
            inside = np.zeros(len(places), dtype=bool)
            inside[band.places] = True
            conditions[band.name] = inside
            groups[band.name] = "class" if field in ("label", "prediction") else field  # the two are the mistake itself
    index = context.workspace.dataset.words
    words = index.ranked(positions)[0][:WORDS]
    for word, inside in zip(index.said(words), index.held(positions, words), strict=True):
        name = f"the word “{word}”"
        conditions[name], groups[name] = inside, name
    found = error_rules(rows.wrong[places], conditions, list(groups.values()), most=start + most)
    return dataclasses.replace(found, rules=found.rules[start:])
