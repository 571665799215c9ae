"""Several changes together: the most helpful at once, and a beam of sets that grow by one change a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explainers.counterfactuals.changes import apply, fits
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.probe import Probe
from explainers.counterfactuals.selecting import SURE, Chooser, prune
from explainers.counterfactuals.situation import Situation
from explainers.counterfactuals.sources.gradient import proposed_again

ROUNDS = 6  # the most changes put together
BEAM = 12  # sets of changes that are carried on
HELPFUL = 60  # single changes that are added to them
WIDTH = 48  # sets of changes run in a round
AGAIN = 3  # of which so many, the nearest to a flip, are looked at by gradient again
ANEW = 16  # changes that this gives each

Changes = tuple[Change, ...]


def combine(probe: Probe, situation: Situation, singles: Mapping[Change, float], chooser: Chooser) -> Changes | None:
    """Give the chooser flips by several changes, from the lead that each change has alone; returned is the set of changes
    that came closest, None where none came closer than the text itself.

    A set that is no smaller than what the chooser has is not run.
    """
    text = situation.text
    before = probe.lead(text)
    gains = {change: lead - before for change, lead in singles.items()}
    helpful = sorted((change for change in gains if gains[change] > 0), key=lambda change: (-gains[change], change))[:HELPFUL]
    states: list[tuple[Changes, float]] = [((change,), lead) for change, lead in singles.items()]
    best: tuple[float, Changes | None] = (before, None)
    flipped: list[set[Change]] = []
    states += _run(probe, text, [changes for changes in _leaps(helpful, gains) if chooser.could_take(changes)])
    for rounds in range(1, ROUNDS + 1):
        states.sort(key=lambda state: (-state[1], state[0]))
        best = max([best, *((lead, changes) for changes, lead in states[:1])], key=lambda item: item[0])
        flips = [(changes, lead) for changes, lead in states if lead > SURE]
        flipped += [set(changes) for changes, _ in flips]
        several = [(changes, lead) for changes, lead in flips if len(changes) > 1][: chooser.room]
        chooser.add([(prune(probe, text, changes), lead) for changes, lead in several])
        if rounds == ROUNDS or chooser.content(rounds) or probe.over:
            break
        beam = [(changes, lead) for changes, lead in states if lead <= SURE and len(changes) == rounds][:BEAM]
        predicted: dict[Changes, float] = {}
        for changes, lead in beam:
            for change in helpful:
                if _joins(change, changes):
                    together = tuple(sorted((*changes, change)))
                    predicted[together] = max(predicted.get(together, -np.inf), lead + gains[change])
        fresh = (item for item in predicted.items() if not any(one <= set(item[0]) for one in flipped))
        worth = [item for item in fresh if chooser.could_take(item[0])]
        tried = [changes for changes, _ in sorted(worth, key=lambda item: (-item[1], item[0]))[:WIDTH]]
        for changes, _ in beam[:AGAIN]:
            anew = [tuple(sorted((*changes, change))) for change in proposed_again(situation, changes)[:ANEW]]
            tried += filter(chooser.could_take, anew)
        states = _run(probe, text, tried)
        if not states:
            break
    return best[1]


def _leaps(helpful: Sequence[Change], gains: Mapping[Change, float]) -> list[Changes]:
    """The two, three and more most helpful changes that go together; and those that help most for each word they touch."""
    found = []
    for order in (helpful, sorted(helpful, key=lambda change: (-gains[change] / change.words, change))):
        taken: list[Change] = []
        for change in order:
            if _joins(change, taken):
                taken.append(change)
                found += [tuple(sorted(taken))] if len(taken) > 1 else []
            if len(taken) == ROUNDS:
                break
    return list(dict.fromkeys(found))


def _joins(change: Change, others: Sequence[Change]) -> bool:
    """Whether a change goes together with others and does not bring in what one of them did."""
    return fits(change, others) and not (change.new and change.new.lower() in (other.new.lower() for other in others))


def _run(probe: Probe, text: str, sets: Sequence[Changes]) -> list[tuple[Changes, float]]:
    """Sets of changes with the lead that the target then has."""
    made = {apply(text, changes): changes for changes in sets}
    return [(made[changed], lead) for changed, lead in probe.leads(list(made)).items()]
