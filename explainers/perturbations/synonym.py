"""A word that gives way to one with a near meaning, of those that the data itself uses.

Near is the cosine of sentence embeddings of the single words. Opposites and other members of a row (days, colours) are
near too: the common ones stand in prompts/swaps/apart_en.txt and are left out, but no list knows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from explainers.matrices import stored_rows
from explainers.units import Span

NEAR = 0.7  # the least cosine of two words
MOST = 8  # words that may stand for one
ENDINGS = ("less", "ful")
BLOCK = 1024  # words compared with all others at a time

Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> (texts, width) vectors


def edits(text: str, word: Span, synonyms: Mapping[str, Sequence[str]]) -> Iterator[tuple[Span, str]]:
    """The words that may stand for the word, in its case."""
    said = word.of(text)
    for other in synonyms.get(said.lower(), ()):
        yield word, other.upper() if said.isupper() and len(said) > 1 else other.capitalize() if said[:1].isupper() else other


def near_words(words: Sequence[str], embed: Embed, name: str, *, near: float = NEAR, most: int = MOST) -> dict[str, list[str]]:
    """For each of some lower-cased words, the others whose embeddings have at least the cosine `near`, nearest first.

    Words that are set apart (`set_apart`), that only differ in their ending (free, freed) or hold one another are no
    synonyms. The vectors are kept on disk under `name`, which stands for what embeds.
    """
    words = [word for word in dict.fromkeys(words) if word.isalpha() and len(word) > 2]
    if len(words) < 2:
        return {}
    vectors = np.array(stored_rows("words", name, words, embed))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    found: dict[str, list[str]] = {}
    for start in range(0, len(words), BLOCK):
        cosines = vectors[start : start + BLOCK] @ vectors.T
        for row, line in enumerate(cosines, start):
            line[row] = -1  # itself
            order = np.argsort(-line, kind="stable")[: 3 * most]
            others = [words[place] for place in order if line[place] >= near]
            others = [other for other in others if not (_opposed(words[row], other) or _alike(words[row], other))]
            if others:
                found[words[row]] = others[:most]
    return found


@cache
def set_apart() -> Mapping[str, Mapping[int, int]]:
    """For a word, by the number of each set that it is in its side there: words on different sides of a set may not take
    each other's place."""
    found: dict[str, dict[int, int]] = {}
    lines = (resources.files("prompts") / "swaps" / "apart_en.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        sides = [side.split() for side in line.split("|")] if "|" in line else [[word] for word in line.split()]
        for side, words in enumerate(sides):
            for word in words:
                found.setdefault(word, {})[number] = side
    return found


def _opposed(one: str, other: str) -> bool:
    mine, others = set_apart().get(one, {}), set_apart().get(other, {})
    return any(mine[number] != others[number] for number in mine.keys() & others.keys())


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one."""
    short, long = sorted((one, other), key=len)
    shared = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(short))
    if one.endswith(ENDINGS) and other.endswith(ENDINGS) and shared >= 4:  # harmful, harmless
        return True
    return short in long or (shared >= 4 and shared >= len(short) - 2)
