"""The words that matter most over many texts: attributions gathered by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from explainers.attribution import attribute_many
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError, closest
from explainers.explanation import Explanation
from explainers.masking import segment

# Measured on two trained classifiers, 200 texts each: half the time of integrated gradients and as faithful (gap to random
# rankings 0.19 and 0.55, against 0.20 and 0.57), while input times gradient is no better than random (0.00 and -0.05).
METHOD = "occlusion"
CONFIDENCE = 0.95


@dataclass(frozen=True)
class ImportantWord:
    """A word, case-folded. `mean` is over the texts that have it, in log-odds; `low` and `high` are its 95 % t-interval.

    `count` counts occurrences, `rows` texts, and `share` is of all the texts. A text's score of a word is the mean of
    its occurrences there, since those are not independent. In one text only, the interval is unknown (None).
    """

    word: str
    mean: float
    low: float | None
    high: float | None
    count: int
    rows: int
    share: float


@dataclass(frozen=True)
class Importance:
    """Every word that is in enough texts, from the one that speaks most for the target to the one most against it.

    `target` is None where each text was explained for its own predicted class. `shown` is how many words `top` gives,
    `skipped` counts texts without a word, `rare` words in fewer than `minimum` texts.
    """

    target: str | None
    method: str
    words: tuple[ImportantWord, ...]
    rows: int
    skipped: int
    rare: int
    minimum: int
    shown: int
    signed: bool
    model: str

    def top(self, count: int | None = None) -> tuple[ImportantWord, ...]:
        """The words with the highest means."""
        return self.words[: count or self.shown]

    def bottom(self, count: int | None = None) -> tuple[ImportantWord, ...]:
        """The words that speak most against the target, the strongest first; only those with a mean below zero."""
        return tuple(word for word in self.words[: -(count or self.shown) - 1 : -1] if word.mean < 0)

    def rank_of(self, word: str) -> int:
        """The place of a word, 1 for the most important. Raises AskWhyError for a word that is rare or in no text."""
        folded = word.strip().casefold()
        names = [each.word for each in self.words]
        if folded not in names:
            raise AskWhyError(f"The word '{word}' is in fewer than {self.minimum} of these texts; {closest(folded, names)}")
        return names.index(folded) + 1

    def mirrored(self, target: str) -> Importance:
        """For the other of two classes, `target`: what speaks for the one speaks as much against the other."""
        words = [
            replace(
                each,
                mean=0.0 - each.mean,
                low=None if each.high is None else 0.0 - each.high,
                high=None if each.low is None else 0.0 - each.low,
            )
            for each in self.words
        ]
        return replace(self, target=target, words=_ordered(words))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Importance:
        return cls(**kept | {"words": tuple(ImportantWord(**word) for word in kept["words"])})


def important_words(
    classifier: Classifier,
    texts: Sequence[str],
    target: str | None = None,
    *,
    explanations: Sequence[Explanation] | None = None,
    method: str = METHOD,
    minimum: int = 3,
    top: int = 20,
    progress: Progress | None = None,
) -> Importance:
    """Mean attributions of the words of many texts, for a class (each text's predicted one by default).

    Ready-made `explanations` by word take the place of `texts` and `method`. Raises AskWhyError for no texts, an
    unknown class or method, and explanations of different methods or units, or for another class.
    """
    if minimum < 1 or top < 1:
        raise AskWhyError("A word has to be in at least one text to count; set `minimum` and `top` to 1 or more.")
    if target is not None:
        classifier.index(target)
    skipped = 0
    if explanations is None:
        readable = [text for text in texts if _has_words(classifier, text)]
        skipped = len(texts) - len(readable)
        made = attribute_many(classifier, readable, target, method=method, progress=progress)
    else:
        made = list(explanations)
        _check(made, target)
    if not made:
        raise AskWhyError("There are no texts with words here, so no word can be important; choose other rows.")
    gathered: dict[str, list[list[float]]] = defaultdict(list)
    for explanation in made:
        here: dict[str, list[float]] = defaultdict(list)
        for piece in explanation.pieces:
            if any(map(str.isalnum, piece.text)):
                here[piece.text.casefold()].append(piece.score)
        for word, scores in here.items():
            gathered[word].append(scores)
    kept = {word: scores for word, scores in gathered.items() if len(scores) >= minimum}
    words = [_word(word, scores, len(made) + skipped) for word, scores in kept.items()]
    return Importance(
        target=target,
        method=made[0].method,
        words=_ordered(words),
        rows=len(made) + skipped,
        skipped=skipped,
        rare=len(gathered) - len(kept),
        minimum=minimum,
        shown=top,
        signed=made[0].signed,
        model=classifier.fingerprint,
    )


def _ordered(words: Iterable[ImportantWord]) -> tuple[ImportantWord, ...]:
    return tuple(sorted(words, key=lambda each: (-each.mean, each.word)))


def _word(word: str, scores: Sequence[Sequence[float]], rows: int) -> ImportantWord:
    from scipy.special import stdtrit

    means = np.array([np.mean(each) for each in scores])
    mean, half = float(means.mean()), None
    if len(means) > 1:
        half = float(stdtrit(len(means) - 1, (1 + CONFIDENCE) / 2) * means.std(ddof=1) / np.sqrt(len(means)))
    return ImportantWord(
        word=word,
        mean=mean,
        low=None if half is None else mean - half,
        high=None if half is None else mean + half,
        count=sum(map(len, scores)),
        rows=len(means),
        share=len(means) / rows,
    )


def _has_words(classifier: Classifier, text: str) -> bool:
    """Whether there is something to explain; data has texts where there is not."""
    try:
        return len(segment(classifier, text)) > 0
    except AskWhyError:
        return False


def _check(explanations: Sequence[Explanation], target: str | None) -> None:
    if len({each.method for each in explanations}) > 1 or any(each.unit != "word" for each in explanations):
        raise AskWhyError("Words are compared over explanations by word and by one method; explain all texts alike.")
    wrong = next((each.target for each in explanations if target is not None and each.target != target), None)
    if wrong is not None:
        raise AskWhyError(f"An explanation here is for '{wrong}', not for '{target}'; explain all texts for the same class.")
