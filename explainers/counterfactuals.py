"""Counterfactual texts: the fewest words to delete or replace so that the model's answer becomes another.

A greedy beam over edits, every candidate run through the model, then pruned to what is needed. The search is
after MiCE (Ross et al. 2021) and LIT's ablation flip in spirit; it uses no generator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.edits import substitute
from explainers.errors import AskWhyError
from explainers.units import Span, units

BEAM = 4
ROUNDS = 6  # the most words changed
POSITIONS = 30  # words considered, the most influential first
REPLACED = 6  # words for which replacements are tried
BUDGET = 2500  # texts run through the model

Edits = tuple[tuple[Span, str], ...]  # a span and what takes its place; "" for a deletion


@dataclass(frozen=True)
class Counterfactual:
    """A text that the model gives the class `label`, with `probability`; `edits` are (words, what took their place)."""

    text: str
    label: str
    probability: float
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Search:
    """What a search found, fewest edits first. `tries` counts texts run through the model.

    `nearest` is the text that came closest when nothing was found, with the probability of the class it missed.
    """

    text: str
    label: str
    target: str
    found: tuple[Counterfactual, ...]
    nearest: Counterfactual | None
    tries: int


class _Model:
    """Runs texts once each, and counts them."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known |= zip(new, self.classifier.probabilities(new), strict=True)
        return np.array([self.known[text] for text in texts])


def counterfactuals(
    classifier: Classifier,
    text: str,
    to: str | None = None,
    *,
    n: int = 1,
    substitutes: Mapping[str, Sequence[str]] | None = None,
    common: Collection[str] = (),
    progress: Progress | None = None,
) -> Search:
    """Up to `n` different minimal edits of `text` that make the model answer `to` (any other class by default).

    `substitutes` gives for each class words that mark it, to be tried as replacements; the words in `common`
    (lower case) may be deleted but are not replaced, since a sentence rarely survives it.
    Raises AskWhyError when the text has no words, or `to` is what the model answers already.
    """
    model = _Model(classifier)
    start = model([text])[0]
    source = int(start.argmax())
    if to is not None and classifier.index(to) == source:
        raise AskWhyError(f"The model already answers '{to}' for this text; ask for another class.")
    target = classifier.index(to) if to is not None else int(np.argsort(-start)[1])
    words = [span for span in units(text, "word") if any(map(str.isalnum, span.of(text)))]
    if not words:
        raise AskWhyError("There are no words in this text to change.")
    marks = list((substitutes or {}).get(classifier.labels[target], ()))
    shorter = [substitute(text, {word: ""}) for word in words]
    effect = model([changed if changed.strip() else text for changed in shorter])[:, target]  # nothing is no text to try
    positions = [words[index] for index in np.argsort(-effect)[:POSITIONS]]
    replaceable = [span for span in positions if span.of(text).lower() not in common][:REPLACED]

    def told(edits: Edits) -> Counterfactual:
        changed = _apply(text, edits)
        return Counterfactual(
            changed,
            classifier.labels[int(model([changed])[0].argmax())],
            float(model([changed])[0, target]),
            tuple((span.of(text), new) for span, new in sorted(edits, key=lambda edit: edit[0].start)),
        )

    def cost(item: Counterfactual) -> tuple[int, bool, float]:
        return len(item.edits), any(new for _, new in item.edits), -item.probability

    def distinct(flips: Sequence[Edits]) -> list[Edits]:
        """The cheapest flip for each set of words changed and for each text that results, cheapest first."""
        kept: dict[tuple[Span, ...], Edits] = {}
        texts = set()
        for edits in sorted(flips, key=lambda edits: cost(told(edits))):
            spans, changed = tuple(span for span, _ in edits), _apply(text, edits)
            if spans not in kept and changed not in texts:
                kept[spans] = edits
                texts.add(changed)
        return list(kept.values())

    beam: list[Edits] = [()]
    flips: list[Edits] = []
    best: tuple[float, Edits] = (float(start[target]), ())
    for depth in range(ROUNDS):
        further = {edits for state in beam for edits in _extend(text, state, positions, replaceable, marks)}
        tried = {_apply(text, edits): edits for edits in sorted(further, key=_order, reverse=True)}
        candidates = sorted((edits for changed, edits in tried.items() if changed.strip()), key=_order)
        candidates = candidates[: max(0, BUDGET - len(model.known))]
        if not candidates:
            break
        scores = model([_apply(text, edits) for edits in candidates])
        order = np.argsort(-scores[:, target], kind="stable")
        best = max(best, (float(scores[order[0], target]), candidates[order[0]]), key=lambda item: item[0])
        flipped = [index for index in order if scores[index].argmax() == target]
        flips += [_prune(model, text, candidates[index], target) for index in flipped[: 4 * n]]
        flips = distinct(flips)
        if progress:
            progress((depth + 1) / ROUNDS)
        if len(flips) >= n:
            break
        beam = [candidates[index] for index in order if index not in set(flipped)][:BEAM]

    found = [told(edits) for edits in flips[:n]]
    nearest = told(best[1]) if not found and best[1] else None
    return Search(text, classifier.labels[source], classifier.labels[target], tuple(found), nearest, len(model.known))


def _extend(text: str, state: Edits, positions: Sequence[Span], replaceable: Sequence[Span], marks: Sequence[str]) -> list[Edits]:
    """The states one word further: each unchanged word deleted, the replaceable ones also replaced."""
    edited = {span for span, _ in state}
    options = [(span, "") for span in positions if span not in edited]
    options += [(span, _cased(mark, span.of(text))) for span in replaceable if span not in edited for mark in marks]
    return [tuple(sorted((*state, option), key=lambda edit: edit[0].start)) for option in options]


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() and len(like) > 1 else word.capitalize() if like[:1].isupper() else word


def _order(edits: Edits) -> tuple:
    return tuple((span.start, new) for span, new in edits)


def _apply(text: str, edits: Edits) -> str:
    return substitute(text, dict(edits))


def _prune(model: _Model, text: str, edits: Edits, target: int) -> Edits:
    """Take back every edit that the flip does not need."""
    pruned = True
    while pruned:  # taking one back can make another needless
        pruned = False
        for edit in edits:
            fewer = tuple(other for other in edits if other != edit)
            if fewer and model([_apply(text, fewer)])[0].argmax() == target:
                edits, pruned = fewer, True
                break
    return edits


def marker_words(texts: Sequence[str], labels: Sequence[str], *, n: int = 8, least: int = 8) -> dict[str, list[str]]:
    """For each class, the words that mark it most: by how much oftener texts of the class hold them (log ratio
    smoothed by one, weighted by the square root of the count). Words in fewer than `least` texts are left out."""
    holding: dict[str, Counter[str]] = {label: Counter() for label in dict.fromkeys(labels)}
    for text, label in zip(texts, labels, strict=True):
        holding[label].update({span.of(text).lower() for span in units(text, "word") if span.of(text).isalpha()})
    sizes = Counter(labels)
    marks = {}
    for label, counts in holding.items():
        rest = sum((other for name, other in holding.items() if name != label), Counter())
        outside = len(texts) - sizes[label]
        score = {
            word: np.sqrt(count) * np.log(((count + 1) / (sizes[label] + 2)) / ((rest[word] + 1) / (outside + 2)))
            for word, count in counts.items()
            if count >= least
        }
        marks[label] = sorted(score, key=lambda word: (-score[word], word))[:n]
    return marks


def common_words(texts: Sequence[str], n: int = 120) -> frozenset[str]:
    """The `n` words that stand in the most texts, in lower case: of any language, mostly its function words."""
    holding: Counter[str] = Counter()
    for text in texts:
        holding.update({span.of(text).lower() for span in units(text, "word") if any(map(str.isalpha, span.of(text)))})
    return frozenset(word for word, _ in holding.most_common(n))
