"""The search: single changes from every source are run, then put together in a beam, pruned, and the best are chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.counterfactuals.changes import apply, deletion, fits
from explainers.counterfactuals.facts import Budget, Change, Counterfactual, Search
from explainers.counterfactuals.material import Material
from explainers.counterfactuals.probe import Probe
from explainers.counterfactuals.selecting import SURE, Chooser, prune
from explainers.counterfactuals.situation import Situation, gradient
from explainers.counterfactuals.sources import SOURCES
from explainers.counterfactuals.sources.gradient import proposed_again
from explainers.errors import AskWhyError
from explainers.units import Span, assign, is_word, units

ROUNDS = 6  # the most changes put together
POSITIONS = 40  # words considered
BEAM = 12  # sets of changes that are carried on
HELPFUL = 60  # single changes that are added to them
WIDTH = 60  # sets of changes run in a round
AGAIN = 3  # of which so many, the nearest to a flip, are looked at by gradient again
ANEW = 20  # changes that this gives each
STILL = 1e-4  # a probability that moves less has not moved

Changes = tuple[Change, ...]


def counterfactuals(
    classifier: Classifier,
    text: str,
    to: str | None = None,
    *,
    n: int = 1,
    material: Material | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
) -> Search:
    """Up to `n` different minimal changes of `text` that make the model answer `to` (by default the likeliest other class).

    Without `material` words are only deleted. What is told was run through the model as a text of its own; no change of it
    can be taken back without losing the answer. Raises AskWhyError when the text has no words, when `to` is no class of the
    model or its answer already, and for an `n` below 1. What `progress` raises ends the search.
    """
    if n < 1:
        raise AskWhyError("At least one counterfactual has to be asked for; set `n` to 1 or more.")
    material, budget = material or Material(), budget or Budget()
    words = [span for span in units(text, "word") if is_word(span.of(text))]
    if not words:
        raise AskWhyError("There are no words in this text to change.")
    probe = Probe(classifier, budget, len(words), progress)
    start = probe.first(text)
    source = int(start.argmax())
    target = classifier.index(to) if to is not None else int(np.argsort(-start, kind="stable")[1])
    if target == source:
        raise AskWhyError(f"The model already answers '{to}' for this text; ask for another class.")
    probe.target = target
    reads = _reads(classifier, text)
    words = _weighty(classifier, text, [span for span in words if span.start < reads], source, target)
    situation, singles = _singles(probe, Situation(classifier, text, source, target, tuple(words), material))
    chooser = Chooser(probe, text, n, material.fluency)
    nearest = _combine(probe, situation, singles, chooser)
    found = _verified(classifier, text, target, chooser)
    probe.calls += len(found)
    row = None if found or nearest is None else probe.known[apply(text, nearest)]
    if progress:
        progress(1.0)
    return Search(
        text=text,
        label=classifier.labels[source],
        target=classifier.labels[target],
        found=found,
        nearest=None if row is None else _told(classifier, text, nearest, row, target),
        tries=len(probe.known),
        calls=probe.calls,
        seconds=probe.seconds,
        budget=budget,
        stopped=probe.stopped,
        reads=reads,
        constant=max(float(abs(row - start).max()) for row in probe.known.values()) < STILL,
    )


def _reads(classifier: Classifier, text: str) -> int:
    """How many characters of a text the model reads."""
    if not hasattr(classifier, "encode"):
        return len(text)
    encoding = classifier.encode(text)
    return max(end for _, end in encoding.offsets) if encoding.truncated else len(text)


def _weighty(classifier: Classifier, text: str, words: list[Span], source: int, target: int) -> list[Span]:
    """The words to consider: all of a short text; of a long one those at which the gradient is largest, or else the first."""
    if len(words) <= POSITIONS:
        return words
    found = gradient(classifier, text, source, target)
    if found is None:
        return words[:POSITIONS]
    slope, embedding, offsets = found
    effects = np.zeros(len(words))
    for place, owner in enumerate(assign(text, offsets, words)):
        if owner >= 0:
            effects[owner] += abs(float((slope[place] * embedding[place]).sum()))
    return [words[place] for place in sorted(np.argsort(-effects, kind="stable")[:POSITIONS])]


def _singles(probe: Probe, situation: Situation) -> tuple[Situation, list[tuple[Change, float]]]:
    """Every single change that was run, with the lead that the target then has: first each word deleted, then what the
    sources propose for the words that, deleted, moved the model most towards the target. The situation with its words in
    that order is returned too."""
    text, words = situation.text, situation.words
    deletions = [deletion(text, span) for span in words]
    run = probe.leads([apply(text, [change]) for change in deletions])
    order = sorted(range(len(words)), key=lambda place: (-run.get(apply(text, [deletions[place]]), -np.inf), place))
    situation = replace(situation, words=tuple(words[place] for place in order))
    proposed = list(deletions)
    for propose in SOURCES.values():
        if not probe.over:
            proposed += propose(situation)
    made: dict[str, Change] = {}
    for change in proposed:
        made.setdefault(apply(text, [change]), change)
    made.pop(text, None)
    leads = probe.leads(list(made))
    return situation, [(made[changed], lead) for changed, lead in leads.items()]


def _combine(probe: Probe, situation: Situation, singles: list[tuple[Change, float]], chooser: Chooser) -> Changes | None:
    """Give the chooser every flip that is found with few changes; the set of changes that came closest is returned."""
    text = situation.text
    before = probe.lead(text)
    gains = {change: lead - before for change, lead in singles}
    helpful = sorted((change for change in gains if gains[change] > 0), key=lambda change: (-gains[change], change))[:HELPFUL]
    states: list[tuple[Changes, float]] = [((change,), lead) for change, lead in singles]
    best: tuple[float, Changes | None] = (before, None)
    flipped: list[set[Change]] = []
    for rounds in range(1, ROUNDS + 1):
        states.sort(key=lambda state: (-state[1], state[0]))
        best = max([best, *((lead, changes) for changes, lead in states[:1])], key=lambda item: item[0])
        flips = [(changes, lead) for changes, lead in states if lead > SURE]
        flipped += [set(changes) for changes, _ in flips]
        chooser.add([(prune(probe, text, changes), lead) for changes, lead in flips[: chooser.wanted(flips)]])
        if chooser.content(rounds) or probe.over:
            break
        beam = [state for state in states if state[1] <= SURE][:BEAM]
        predicted: dict[Changes, float] = {}
        for changes, lead in beam:
            for change in helpful:
                if fits(change, changes):
                    together = tuple(sorted((*changes, change)))
                    predicted[together] = max(predicted.get(together, -np.inf), lead + gains[change])
        fresh = (item for item in predicted.items() if not any(one <= set(item[0]) for one in flipped))
        tried = [changes for changes, _ in sorted(fresh, key=lambda item: (-item[1], item[0]))[:WIDTH]]
        for changes, _ in beam[:AGAIN]:
            tried += [tuple(sorted((*changes, change))) for change in proposed_again(situation, changes)[:ANEW]]
        made = {apply(text, changes): changes for changes in tried}
        states = [(made[changed], lead) for changed, lead in probe.leads(list(made)).items()]
        if not states:
            break
    return best[1]


def _verified(classifier: Classifier, text: str, target: int, chooser: Chooser) -> tuple[Counterfactual, ...]:
    """What was chosen, each run again as the text it is, alone; told are the answers of that run."""
    found = []
    for changes, perplexity in chooser.chosen():
        row = classifier.probabilities([apply(text, changes)])[0]
        if row.argmax() == target:
            found.append(_told(classifier, text, changes, row, target, perplexity))
    return tuple(found)


def _told(
    classifier: Classifier, text: str, changes: Changes, row: np.ndarray, target: int, perplexity: float | None = None
) -> Counterfactual:
    label = classifier.labels[int(row.argmax())]
    return Counterfactual(apply(text, changes), label, float(row[target]), changes, perplexity)
