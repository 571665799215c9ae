"""Other wordings of a text that keep the answer: each is run again, and compared in meaning.

The wordings come from sources that say who they are: near words of the data, sentences in another order, contractions
written out or drawn together, and a language model where one is passed in (`explainers.infilling`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.perturbations import Synonyms, changed, of_word
from explainers.perturbations.synonym import Embed
from explainers.spans import parts
from explainers.units import units

SIMILARITY = 0.8  # the least cosine with the text's own embedding
TRIES = 24  # wordings of a source that are run at most
WORDS = 2  # near words put in at most

Paraphrase = Callable[[str, int], Sequence[str]]  # a text and how many are wanted -> other wordings

CONTRACTIONS = {
    "it's": "it is", "that's": "that is", "i'm": "i am", "you're": "you are", "we're": "we are", "they're": "they are",
    "he's": "he is", "she's": "she is", "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not",
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "can't": "cannot", "couldn't": "could not",
    "won't": "will not", "wouldn't": "would not", "shouldn't": "should not", "haven't": "have not", "hasn't": "has not",
    "i've": "i have", "you've": "you have", "we've": "we have", "i'll": "i will", "you'll": "you will", "we'll": "we will",
    "i'd": "i would", "there's": "there is", "what's": "what is", "let's": "let us",
}  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """Another wording that keeps the answer: who wrote it, how probable the answer is, and the cosine of its sentence
    embedding with the original's (None: not measured)."""

    text: str
    source: str
    probability: float
    similarity: float | None


@dataclass(frozen=True)
class Wordings:
    """Wordings of `text` that keep the answer `label`, the sources taking turns. Of `tries` that were run, `flipped` lost
    the answer, and `dissimilar` others lay below `least` similarity; `sources` are those that had any."""

    text: str
    label: str
    probability: float
    found: tuple[Wording, ...]
    tries: int
    flipped: int
    dissimilar: int
    sources: tuple[str, ...]
    least: float | None
    seed: int


def augment(
    classifier: Classifier,
    text: str,
    *,
    n: int = 3,
    embed: Embed | None = None,
    synonyms: Synonyms | None = None,
    paraphrase: Paraphrase | None = None,
    least: float = SIMILARITY,
    seed: int = 0,
    progress: Progress | None = None,
) -> Wordings:
    """Up to `n` other wordings of `text` for which the model answers the same; the same ones for a seed.

    Without `embed` the meaning is not compared. Raises AskWhyError for a text without words.
    """
    if not parts(text, "word"):
        raise AskWhyError("There are no words in this text to put otherwise.")
    generator = random.Random(seed)
    made: dict[str, list[str]] = {
        "language model": [] if paraphrase is None else list(paraphrase(text, n)),
        "contractions": list(_contracted(text)),
        "order": list(_reordered(text, generator)),
        "near words": list(_substituted(text, synonyms or {}, generator)),
    }
    tried: dict[str, str] = {}
    for source, wordings in made.items():
        for wording in dict.fromkeys(wordings):
            if wording.strip() and wording.split() != text.split() and sum(s == source for s in tried.values()) < TRIES:
                tried.setdefault(wording, source)
    answers = classifier.probabilities([text, *tried], progress=progress)
    source_class = int(answers[0].argmax())
    keeps = [place for place, answer in enumerate(answers[1:]) if answer.argmax() == source_class]
    texts = list(tried)
    near = _similarities(embed, text, [texts[place] for place in keeps])
    found: dict[str, list[Wording]] = {}
    for place, similarity in zip(keeps, near, strict=True):
        if similarity is None or similarity >= least:
            wording = Wording(texts[place], tried[texts[place]], float(answers[place + 1][source_class]), similarity)
            found.setdefault(wording.source, []).append(wording)
    kept = sum(map(len, found.values()))
    return Wordings(
        text, classifier.labels[source_class], float(answers[0][source_class]), tuple(_in_turn(found)[:n]), len(tried),
        len(tried) - len(keeps), len(keeps) - kept, tuple(source for source in made if source in tried.values()),
        None if embed is None else least, seed,
    )  # fmt: skip


def _similarities(embed: Embed | None, text: str, others: Sequence[str]) -> list[float | None]:
    if embed is None or not others:
        return [None] * len(others)
    vectors = np.asarray(embed([text, *others]))
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return [float(value) for value in vectors[1:] @ vectors[0]]


def _in_turn(found: Mapping[str, Sequence[Wording]]) -> list[Wording]:
    """One of each source, then the second ones, and so on."""
    longest = max(map(len, found.values()), default=0)
    return [wordings[place] for place in range(longest) for wordings in found.values() if place < len(wordings)]


def _contracted(text: str) -> Iterator[str]:
    """All contractions written out; all that can be drawn together so."""
    yield _replaced(text.replace("’", "'"), CONTRACTIONS)
    yield _replaced(text, {long: short for short, long in CONTRACTIONS.items()})


def _replaced(text: str, words: Mapping[str, str]) -> str:
    def other(match: regex.Match) -> str:
        said, new = match[0], words.get(match[0].lower())
        if new is None:  # İ and ſ match i and s, but are no other case of them
            return said
        if said.isupper() and len(said) > 3:
            return new.upper()
        return "I" + new[1:] if new.startswith(("i ", "i'")) else new.capitalize() if said[0].isupper() else new

    known = "|".join(map(regex.escape, words))
    return regex.sub(rf"(?<![\p{{L}}'])(?:{known})(?![\p{{L}}'])", other, text, flags=regex.IGNORECASE)


def _reordered(text: str, generator: random.Random) -> Iterator[str]:
    """The sentences in other orders."""
    sentences = [span.of(text) for span in units(text, "sentence")]
    if len(sentences) < 2:
        return
    yield " ".join([*sentences[1:], sentences[0]])
    for _ in range(TRIES):
        drawn = list(sentences)
        generator.shuffle(drawn)
        yield " ".join(drawn)


def _substituted(text: str, synonyms: Synonyms, generator: random.Random) -> Iterator[str]:
    """One or two words given way to near ones."""
    options = [options for word in parts(text, "word") if (options := of_word(text, word, "synonym", generator, synonyms))]
    for _ in range(2 * TRIES if options else 0):
        drawn = generator.sample(options, min(len(options), generator.randint(1, WORDS)))
        yield changed(text, [generator.choice(some) for some in drawn])
