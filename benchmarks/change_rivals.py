"""Other ways to flip a text, re-stated in our own words from what was published: each gives a text, or None, and how often it
asked the model. They change whole words here, so that what they change can be counted alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from explainers.classifier import Classifier
from explainers.counterfactuals import Lexicon
from explainers.counterfactuals.situation import gradient
from explainers.edits import substitute
from explainers.units import Span, assign, is_word, units

TOKENS = 10  # words that LIT's two generators look at
DROPPED = 5  # of which ablation flip deletes at most so many
FLIPPED = 3  # and hot flip replaces at most so many

Found = tuple[str | None, int]


def words_of(text: str) -> list[Span]:
    return [span for span in units(text, "word") if is_word(span.of(text))]


def leave_one_out(classifier: Classifier, text: str) -> Found:
    """Words deleted one after the other, the one whose absence costs the class most first, until the answer is another."""
    spans, source = words_of(text), int(classifier.probabilities([text])[0].argmax())
    order, asked = _by_absence(classifier, text, spans, source)
    for count in range(1, len(spans)):
        made = substitute(text, {spans[place]: "" for place in order[:count]})
        asked += 1
        if classifier.probabilities([made])[0].argmax() != source:
            return made, asked
    return None, asked


def ablation_flip(classifier: Classifier, text: str, *_) -> Found:
    """After LIT's Ablation Flip: of the words that count most when they are left out, every set of one, then two and so on is
    deleted until a set flips the answer."""
    spans, source = words_of(text), int(classifier.probabilities([text])[0].argmax())
    order, asked = _by_absence(classifier, text, spans, source)
    return _subsets(classifier, text, source, [(spans[place], "") for place in order[:TOKENS]], DROPPED, asked, len(spans) - 1)


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
    return _subsets(classifier, text, source, swaps, FLIPPED, 2, len(spans))


def _by_absence(classifier: Classifier, text: str, spans: list[Span], source: int) -> tuple[list[int], int]:
    made = [substitute(text, {span: ""}) for span in spans]
    if len(spans) < 2:
        return list(range(len(spans))), 1
    return [int(place) for place in np.argsort(classifier.probabilities(made)[:, source], kind="stable")], 1 + len(spans)


def _subsets(
    classifier: Classifier, text: str, source: int, changes: list[tuple[Span, str]], most: int, asked: int, limit: int
) -> Found:
    for size in range(1, min(most, limit) + 1):
        for chosen in itertools.combinations(changes, size):
            made = substitute(text, dict(chosen))
            asked += 1
            if classifier.probabilities([made])[0].argmax() != source:
                return made, asked
    return None, asked


RIVALS: dict[str, Callable[..., Found]] = {
    "leave-one-out deletion": lambda classifier, text, lexicon: leave_one_out(classifier, text),
    "ablation flip": ablation_flip,
    "hot flip": hot_flip,
}
