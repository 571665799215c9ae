"""Other ways to flip a text, re-stated in our own words from what was published. Each gives a text, or None, and how many
texts it asked the model about. They change whole words here, so that what they change can be counted alike.

Variants are run in batches, which the published procedures do not: their seconds are better here than there. What is asked
is counted up to the text that flipped, as if they came one by one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import numpy as np

from explainers.classifier import Classifier
from explainers.counterfactuals import Lexicon
from explainers.counterfactuals.situation import gradient
from explainers.edits import substitute
from explainers.units import Span, assign, is_word, units

TOKENS = 10  # words that LIT's two generators look at
DROPPED = 5  # of which ablation flip deletes at most so many
FLIPPED = 3  # and hot flip replaces at most so many
FIRST, TOGETHER = 4, 32  # variants run at a time: few at first, since many texts flip early

Found = tuple[str | None, int]


def words_of(text: str) -> list[Span]:
    return [span for span in units(text, "word") if is_word(span.of(text))]


def leave_one_out(classifier: Classifier, text: str, *_) -> Found:
    """Words deleted one after the other, the one whose absence costs the class most first, until the answer is another."""
    spans, source = words_of(text), int(classifier.probabilities([text])[0].argmax())
    order, asked = _by_absence(classifier, text, spans, source)
    made = (substitute(text, {spans[place]: "" for place in order[:count]}) for count in range(1, len(spans)))
    return _first_flip(classifier, made, source, asked)


def ablation_flip(classifier: Classifier, text: str, *_) -> Found:
    """After LIT's Ablation Flip: of the words that count most when they are left out, every set of one, then two and so on is
    deleted until a set flips the answer."""
    spans, source = words_of(text), int(classifier.probabilities([text])[0].argmax())
    order, asked = _by_absence(classifier, text, spans, source)
    changes = [(spans[place], "") for place in order[:TOKENS]]
    return _first_flip(classifier, _subsets(text, changes, min(DROPPED, len(spans) - 1)), source, asked)


def hot_flip(classifier: Classifier, text: str, lexicon: Lexicon) -> Found:
    """After LIT's Hot Flip: at the words with the largest gradient, the one word of the vocabulary that the gradient favours
    most; every set of one, two or three is put in until one flips the answer."""
    import torch

    spans, row = words_of(text), classifier.probabilities([text])[0]
    source, target = int(row.argmax()), int(np.argsort(-row)[1])
    slope, _, offsets = gradient(classifier, text, source, target)
    owner = np.array(assign(text, offsets, spans))
    with torch.no_grad():
        table = classifier.model.get_input_embeddings()(torch.tensor(lexicon.ids)).float().numpy()
    placed = [(np.flatnonzero(owner == place)[0], span) for place, span in enumerate(spans) if (owner == place).any()]
    placed.sort(key=lambda item: -float(np.linalg.norm(slope[item[0]])))
    swaps = [(span, lexicon.words[int((table @ slope[token]).argmax())]) for token, span in placed[:TOKENS]]
    return _first_flip(classifier, _subsets(text, swaps, min(FLIPPED, len(spans))), source, 2)


def _by_absence(classifier: Classifier, text: str, spans: list[Span], source: int) -> tuple[list[int], int]:
    """The words, those first whose absence costs the class most, and how many texts were asked."""
    if len(spans) < 2:
        return list(range(len(spans))), 1
    made = [substitute(text, {span: ""}) for span in spans]
    return [int(place) for place in np.argsort(classifier.probabilities(made)[:, source], kind="stable")], 1 + len(spans)


def _subsets(text: str, changes: list[tuple[Span, str]], most: int) -> Iterable[str]:
    """The text with every set of changes, the smaller sets first."""
    for size in range(1, most + 1):
        for chosen in itertools.combinations(changes, size):
            yield substitute(text, dict(chosen))


def _first_flip(classifier: Classifier, texts: Iterable[str], source: int, asked: int) -> Found:
    """The first of the texts with another answer than `source`."""
    rest, size = iter(texts), FIRST
    while some := list(itertools.islice(rest, size)):
        flips = np.flatnonzero(classifier.probabilities(some).argmax(axis=1) != source)
        if len(flips):
            return some[flips[0]], asked + int(flips[0]) + 1
        asked, size = asked + len(some), TOGETHER
    return None, asked


RIVALS: dict[str, Callable[..., Found]] = {
    "leave-one-out deletion": leave_one_out,
    "ablation flip": ablation_flip,
    "hot flip": hot_flip,
}
DELETION = "leave-one-out deletion"  # the plain search whose time others are told as multiples of
