"""A word that gives way to one with a near meaning, of those that the data itself uses.

Near is the cosine of sentence embeddings of the single words; opposites are often near too, which is why whole texts
are compared again where the meaning has to stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from explainers.matrices import stored_rows
from explainers.units import Span

NEAR = 0.7  # the least cosine of two words
MOST = 8  # words that may stand for one
BLOCK = 1024  # words compared with all others at a time

Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> (texts, width) vectors


def edits(text: str, word: Span, synonyms: Mapping[str, Sequence[str]]) -> Iterator[tuple[Span, str]]:
    """The words that may stand for the word, in its case."""
    said = word.of(text)
    for other in synonyms.get(said.lower(), ()):
        yield word, other.upper() if said.isupper() and len(said) > 1 else other.capitalize() if said[:1].isupper() else other


def near_words(words: Sequence[str], embed: Embed, name: str, *, near: float = NEAR, most: int = MOST) -> dict[str, list[str]]:
    """For each of some lower-cased words, the others whose embeddings have at least the cosine `near`, nearest first.

    Words that only differ in their ending (free, freed) or hold one another are no synonyms and left out. The vectors
    are kept on disk under `name`, which stands for what embeds.
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
            line[row] = -1
            order = np.argsort(-line, kind="stable")[: 3 * most]
            others = [words[place] for place in order if line[place] >= near and not _alike(words[row], words[place])]
            if others:
                found[words[row]] = others[:most]
    return found


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one."""
    short, long = sorted((one, other), key=len)
    shared = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(short))
    return short in long or (shared >= 4 and shared >= len(short) - 2)
