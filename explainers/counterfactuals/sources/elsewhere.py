"""The words that moved the model most where they were first put, at other places."""

from __future__ import annotations

from collections.abc import Mapping

from explainers.counterfactuals.changes import gaps, insertion, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

TRIED = 5  # words, or runs of them
REPLACED = 6  # words in whose place one is put
GAPS = 2  # places within the text, besides its ends
SOURCES = ("markers", "contrast", "phrases")  # which try few places first


def elsewhere(situation: Situation, singles: Mapping[Change, float]) -> list[Change]:
    """From the lead that each single change gave; a run of words is only put between others."""
    tried = [change for change in singles if change.source in SOURCES]
    best: dict[str, Change] = {}
    for change in sorted(tried, key=lambda change: (-singles[change], change)):
        best.setdefault(change.new.lower(), change)
    found = []
    for change in list(best.values())[:TRIED]:
        new = change.new if change.kind == "insert" else change.new.lower()
        if change.words == 1:
            found += [replacement(situation.text, span, new, change.source) for span in situation.replaceable[:REPLACED]]
        found += [insertion(at, new, change.source) for at in gaps(situation.text, situation.replaceable, GAPS)]
    return found
