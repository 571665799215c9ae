"""Adversarial texts: small edits that leave the meaning and flip the answer.

A greedy beam over edits of the words that matter most, as TextFooler (Jin et al. 2020) and TextBugger (Li et al. 2019)
do it: words are ranked by leaving each out, then misspelt, broken, written in look-alike letters or another case, or
given way to near words. What flips is kept if the whole text still means nearly the same by a sentence encoder, and edits
that the flip does not need are taken back.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.classifier import Classifier, Progress
from explainers.edits import substitute
from explainers.errors import AskWhyError
from explainers.perturbations import Perturbation, Synonyms, changed, of_word
from explainers.perturbations.synonym import Embed
from explainers.spans import parts
from explainers.units import Span

KINDS = ("case", "spacing", "typo", "homoglyph", "synonym")  # a word left out may change what is said
SIMILARITY = 0.85  # the least cosine with the text's own embedding
SHARE = 0.25  # of the words that may be edited, and at least one
ROUNDS = 5  # the most words edited
POSITIONS = 12  # words considered, those that matter most first
EACH = 3  # edits of a kind tried on a word, in one state
BEAM = 4
FLIPS = 4  # flips compared in meaning for each that is wanted, in one round
BUDGET = 900  # texts run through the model

State = tuple[Perturbation, ...]


@dataclass(frozen=True)
class Made:
    """An edit that was made: the word before and after."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True)
class Adversary:
    """A text that the model gives the class `label`, with `probability`. `similarity` is the cosine of its sentence
    embedding with the original's (None: not measured); `edits` come in the order of the text."""

    text: str
    label: str
    probability: float
    edits: tuple[Made, ...]
    similarity: float | None


@dataclass(frozen=True)
class Attack:
    """What was found in `tries` texts run through the model, the fewest edits first.

    `label` is the answer for `text` itself, with `probability`. `dissimilar` texts flipped, but lay below `least`
    similarity. At most `most` words were edited, each once, by one of `kinds`. `nearest` is the text that leaves `label`
    least probable, where nothing was found.
    """

    text: str
    label: str
    probability: float
    found: tuple[Adversary, ...]
    nearest: Adversary | None
    tries: int
    dissimilar: int
    kinds: tuple[str, ...]
    least: float | None
    most: int
    seed: int


def adversarial(
    classifier: Classifier,
    text: str,
    *,
    n: int = 1,
    kinds: Sequence[str] = KINDS,
    embed: Embed | None = None,
    synonyms: Synonyms | None = None,
    least: float = SIMILARITY,
    share: float = SHARE,
    budget: int = BUDGET,
    seed: int = 0,
    progress: Progress | None = None,
) -> Attack:
    """Up to `n` different texts near `text` that flip the model's answer; the same ones for a seed.

    `embed` makes the sentence embeddings that say whether the meaning stays; without it only the constraints on edits
    hold. `synonyms` are words that may stand for others. Raises AskWhyError for a text without words, an unknown kind,
    and a budget below two texts.
    """
    words = parts(text, "word")
    if not words:
        raise AskWhyError("There are no words in this text to change.")
    if budget < 2:
        raise AskWhyError("A search needs a budget of at least two texts; set `budget` higher.")
    search = _Search(classifier, text, embed, budget, progress)
    most = min(ROUNDS, max(1, int(share * len(words))))
    options = _options(search, words[: budget // 2], kinds, synonyms, seed)
    beam: list[State] = [()]
    flips: list[State] = []
    nearest: State = ()
    for _ in range(most):
        states = {changed(text, state): state for state in _further(beam, options)}
        texts = [made for made in states if made.strip() and made != text][: budget - len(search.known)]
        if not texts:
            break
        search.run(texts)
        order = sorted((states[made] for made in texts), key=search.kept)
        for state in [state for state in order if search.flips(state)][: FLIPS * n]:
            pruned = _pruned(search, state)
            if embed is None or search.similarity(pruned) >= least:
                flips.append(pruned)
        steady = [state for state in order if not search.flips(state)]
        nearest = min([nearest, *steady[:1]], key=search.kept)
        if len(_different(flips)) >= n:
            break
        beam = steady[:BEAM]
    found = _different(sorted(flips, key=lambda state: (len(state), search.kept(state))))[:n]
    dissimilar = 0 if embed is None else sum(value < least for value in search.similarities.values())
    missed = search.told(nearest) if nearest and not found else None
    return Attack(
        text, search.label, search.kept(()), tuple(map(search.told, found)), missed, len(search.known), dissimilar,
        tuple(kinds), None if embed is None else least, most, seed,
    )  # fmt: skip


class _Search:
    """Runs texts once each, and says of a state how it did. The original is the state without edits."""

    def __init__(self, classifier: Classifier, text: str, embed: Embed | None, budget: int, progress: Progress | None) -> None:
        self.classifier, self.text, self.embed, self.budget, self.progress = classifier, text, embed, budget, progress
        self.known: dict[str, np.ndarray] = {}
        self.similarities: dict[str, float] = {}
        self.run([text])
        self.source = int(self.known[text].argmax())
        self.label = classifier.labels[self.source]
        self.meant = None if embed is None else _unit(embed([text])[0])

    def run(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        done = len(self.known)

        def tell(share: float) -> None:
            if self.progress:
                self.progress(min(1.0, (done + share * len(new)) / self.budget))

        if new:
            self.known |= zip(new, self.classifier.probabilities(new, progress=tell), strict=True)

    def answer(self, state: State) -> np.ndarray:
        made = changed(self.text, state)
        self.run([made])
        return self.known[made]

    def flips(self, state: State) -> bool:
        return int(self.answer(state).argmax()) != self.source

    def kept(self, state: State) -> float:
        """How probable the first answer still is."""
        return float(self.answer(state)[self.source])

    def similarity(self, state: State) -> float | None:
        if self.embed is None:
            return None
        made = changed(self.text, state)
        if made not in self.similarities:
            self.similarities[made] = float(_unit(self.embed([made])[0]) @ self.meant)
        return self.similarities[made]

    def told(self, state: State) -> Adversary:
        answer = self.answer(state)
        best = int(answer.argmax())
        made = tuple(Made(each.kind, *each.words(self.text)) for each in sorted(state, key=lambda each: each.word.start))
        return Adversary(
            changed(self.text, state), self.classifier.labels[best], float(answer[best]), made, self.similarity(state)
        )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _options(
    search: _Search, words: Sequence[Span], kinds: Sequence[str], synonyms: Synonyms | None, seed: int
) -> list[Perturbation]:
    """Some edits of each kind of the words that matter most."""
    text, generator = search.text, random.Random(seed)
    shorter = {word: substitute(text, {word: ""}) for word in words}
    search.run([made for made in shorter.values() if made.strip()])
    matter = sorted(words, key=lambda word: search.known.get(shorter[word], search.known[text])[search.source])
    return [
        made for word in matter[:POSITIONS] for kind in kinds for made in of_word(text, word, kind, generator, synonyms)[:EACH]
    ]


def _further(beam: Sequence[State], options: Sequence[Perturbation]) -> list[State]:
    """The states one word further."""
    return [
        tuple(sorted((*state, made), key=lambda each: each.word.start))
        for state in beam
        for made in options
        if all(made.word != other.word and not _touch(made, other) for other in state)
    ]


def _touch(one: Perturbation, other: Perturbation) -> bool:
    """Whether two edits would change the same characters, or words that one of them joins."""
    return (
        one.span.start <= other.word.end
        and other.word.start <= one.span.end
        and (one.span.start >= one.word.end or other.span.start >= other.word.end)
    )


def _pruned(search: _Search, state: State) -> State:
    """Without the edits that the flip does not need."""
    again = True
    while again:  # taking one back can make another needless
        again = False
        for made in state:
            fewer = tuple(other for other in state if other != made)
            if fewer and search.flips(fewer):
                state, again = fewer, True
                break
    return state


def _different(states: Sequence[State]) -> list[State]:
    """The first state for each set of words and kinds of edit."""
    first: dict[frozenset, State] = {}
    for state in states:
        first.setdefault(frozenset((made.word, made.kind) for made in state), state)
    return list(first.values())
