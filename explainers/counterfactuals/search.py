"""The search: single changes from every source are run, then put together, pruned, and the best are chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.counterfactuals.beam import combine
from explainers.counterfactuals.changes import apply, deletion
from explainers.counterfactuals.facts import Budget, Change, Counterfactual, Search
from explainers.counterfactuals.material import Material
from explainers.counterfactuals.probe import Probe
from explainers.counterfactuals.selecting import SURE, Chooser
from explainers.counterfactuals.situation import Situation, gradient
from explainers.counterfactuals.sources import SOURCES, elsewhere
from explainers.errors import AskWhyError
from explainers.units import Span, assign, is_word, units

POSITIONS = 40  # words considered
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
    reads = _reads(classifier, text)
    words = [span for span in words if span.start < reads]
    probe = Probe(classifier, budget, len(words), progress)
    start = probe.first(text)
    source = int(start.argmax())
    target = classifier.index(to) if to is not None else int(np.argsort(-start, kind="stable")[1])
    if target == source:
        raise AskWhyError(f"The model already answers '{to}' for this text; ask for another class.")
    probe.target = target
    words = _weighty(classifier, text, words, source, target)
    chooser = Chooser(probe, text, n, material.fluency)
    nearest = _searched(probe, Situation(classifier, text, source, target, tuple(words), material), chooser)
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


def _searched(probe: Probe, situation: Situation, chooser: Chooser) -> Changes | None:
    """Give the chooser every flip that is found; the set of changes that came closest is returned.

    Each word deleted comes first, and is the last where one is enough; then what the sources propose for the words that,
    deleted, moved the model most towards the target; then the best of these words at other places; then several together.
    """
    text = situation.text
    deletions = [deletion(text, span) for span in situation.words]
    singles = _run(probe, text, deletions)
    chooser.add([((change,), lead) for change, lead in singles.items() if lead > SURE])
    if not chooser.one_is_enough():
        order = sorted(deletions, key=lambda change: (-singles.get(change, -np.inf), change))
        situation = replace(situation, words=tuple(change.span for change in order))
        for propose in (_proposed, elsewhere):
            found = _run(probe, text, propose(situation, singles))
            found = {change: lead for change, lead in found.items() if change not in singles}
            chooser.add([((change,), lead) for change, lead in found.items() if lead > SURE])
            singles |= found
        return combine(probe, situation, singles, chooser)
    return (max(singles, key=lambda change: (singles[change], change)),)


def _proposed(situation: Situation, singles: dict[Change, float]) -> list[Change]:
    return [change for propose in SOURCES.values() for change in propose(situation)]


def _run(probe: Probe, text: str, proposed: list[Change]) -> dict[Change, float]:
    """The lead of the target for each change; of those that make the same text, for the first."""
    made: dict[str, Change] = {}
    for change in proposed:
        made.setdefault(apply(text, [change]), change)
    made.pop(text, None)
    return {made[changed]: lead for changed, lead in probe.leads(list(made)).items()}


def _verified(classifier: Classifier, text: str, target: int, chooser: Chooser) -> tuple[Counterfactual, ...]:
    """What was chosen, each run again as the text it is, alone; told are the answers of that run."""
    found = []
    for changes, perplexity in chooser.told():
        row = classifier.probabilities([apply(text, changes)])[0]
        if row.argmax() == target:
            found.append(_told(classifier, text, changes, row, target, perplexity))
    return tuple(found)


def _told(
    classifier: Classifier, text: str, changes: Changes, row: np.ndarray, target: int, perplexity: float | None = None
) -> Counterfactual:
    label = classifier.labels[int(row.argmax())]
    return Counterfactual(apply(text, changes), label, float(row[target]), changes, perplexity)
