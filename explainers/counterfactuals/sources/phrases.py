"""Runs of words as rows of the target class have them, put at the end and the start: for texts that no few words turn."""

from __future__ import annotations

from explainers.counterfactuals.changes import insertion
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation
from explainers.units import is_word, units

ROWS = 6
LENGTHS = (2, 3, 4)
TRIED = 14


def propose(situation: Situation) -> list[Change]:
    """Runs that hold the most words that mark the class, the shorter first among their like."""
    contrasts, text = situation.material.contrasts, situation.text
    if contrasts is None:
        return []
    label = situation.classifier.labels[situation.target]
    marks = set((situation.material.markers or {}).get(label, ()))
    scored: dict[str, tuple[float, int]] = {}
    for order, row in enumerate(contrasts.nearest(text, label, ROWS)):
        spans = [span for span in units(row, "word") if is_word(span.of(row))]
        for length in LENGTHS:
            for place in range(len(spans) - length + 1):
                run = row[spans[place].start : spans[place + length - 1].end]
                said = {span.of(row).lower() for span in spans[place : place + length]}
                if "\n" not in run:
                    scored.setdefault(run, (-len(said & marks) / length**0.5, order))
    best = sorted(scored, key=lambda run: (scored[run], run))[:TRIED]
    return [insertion(at, run, "phrases") for at in (len(text), 0) for run in best]
