"""Runs of words as rows of the target class have them, put at the end: for texts that no few words turn.

Runs of plain words only: the telephone number or the address of another text says nothing that this one could have said.
"""

from __future__ import annotations

from explainers.counterfactuals.changes import insertion
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

ROWS = 6
LENGTHS = (2, 3, 4)
TRIED = 16
SIGNS = ",.!?;:"  # that may stand behind a word
DIGITS = 4  # of a number that is no telephone number


def propose(situation: Situation) -> list[Change]:
    """Runs that hold the most words that mark the class, the shorter first among their like."""
    contrasts, text = situation.material.contrasts, situation.text
    if contrasts is None:
        return []
    label = situation.classifier.labels[situation.target]
    marks = set((situation.material.markers or {}).get(label, ()))
    scored: dict[str, tuple[float, int]] = {}
    for order, row in enumerate(contrasts.nearest(text, label, ROWS)):
        said = row.split()
        for length in LENGTHS:
            for place in range(len(said) - length + 1):
                words = [_bare(word) for word in said[place : place + length]]
                if all(map(_plain, words)):
                    run = " ".join(said[place : place + length]).rstrip(SIGNS)
                    scored.setdefault(run, (-len(marks & {word.lower() for word in words}) / length**0.5, order))
    best = sorted(scored, key=lambda run: (scored[run], run))[:TRIED]
    return [insertion(len(text), run, "phrases") for run in best]


def _bare(word: str) -> str:
    return word.rstrip(SIGNS)


def _plain(word: str) -> bool:
    letters = word.replace("'", "").replace("’", "").replace("-", "")
    return letters.isalpha() or (word.isdigit() and len(word) <= DIGITS)
