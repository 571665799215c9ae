"""Small edits of a text that hands, keyboards and senders make: one word each, by kind.

from explainers.perturbations import perturbations
for made in perturbations("Call me now", ("typo", "case"), seed=1): print(made.kind, made.words("Call me now"))
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explainers.edits import substitute
from explainers.errors import AskWhyError, closest
from explainers.perturbations import case, deletion, homoglyph, spacing, synonym, typo
from explainers.spans import parts
from explainers.units import Span

KINDS = ("deletion", "typo", "case", "spacing", "homoglyph", "synonym")
Synonyms = Mapping[str, Sequence[str]]  # by lower-cased word, the nearest first

__all__ = ["KINDS", "Perturbation", "Synonyms", "changed", "of_word", "perturbations"]


@dataclass(frozen=True)
class Perturbation:
    """One edit of a text: the characters of `span` give way to `new`; it is about the word at `word`."""

    kind: str
    word: Span
    span: Span
    new: str

    def words(self, text: str) -> tuple[str, str]:
        """The words that it is about, before and after: the word, and the next one where it runs into that."""
        start, end = self.word.start, self.word.end
        if self.span.start >= end:
            end = next(word.end for word in parts(text, "word") if word.start >= self.span.end)
        return text[start:end], text[start : self.span.start] + self.new + text[self.span.end : end]


def changed(text: str, made: Sequence[Perturbation]) -> str:
    """The text with edits of different words made together."""
    return substitute(text, {each.span: each.new for each in made})


def of_word(text: str, word: Span, kind: str, generator: random.Random, synonyms: Synonyms | None = None) -> list[Perturbation]:
    """The edits of a kind of one word, in a random order; each leaves another text than it found, and not an empty one.

    Raises AskWhyError for an unknown kind.
    """
    if kind not in KINDS:
        raise AskWhyError(f"There is no kind of edit '{kind}'; {closest(kind, KINDS)}")
    makers = {"deletion": deletion, "typo": typo, "case": case, "spacing": spacing, "homoglyph": homoglyph}
    found = synonym.edits(text, word, synonyms or {}) if kind == "synonym" else makers[kind].edits(text, word)
    made = [Perturbation(kind, word, span, new) for span, new in dict.fromkeys(found)]
    made = [each for each in made if changed(text, [each]).strip() and changed(text, [each]) != text]
    generator.shuffle(made)
    return made


def perturbations(
    text: str, kinds: Sequence[str] = KINDS, *, seed: int = 0, synonyms: Synonyms | None = None
) -> Iterator[Perturbation]:
    """Every edit of every word of a text, word by word; the same ones in the same order for a seed.

    `synonyms` are words that may stand for others (`explainers.perturbations.synonym.near_words`); without them no edit
    of that kind is made. Raises AskWhyError for an unknown kind.
    """
    generator = random.Random(seed)
    for word in parts(text, "word"):
        for kind in kinds:
            yield from of_word(text, word, kind, generator, synonyms)
