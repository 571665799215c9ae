"""What a search can draw its words from; everything is optional."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from explainers.counterfactuals.contrasts import Contrasts
from explainers.counterfactuals.lexicon import Lexicon


class Fluency(Protocol):
    """A language model, as the search needs it: how well texts read, and what could stand in them."""

    def perplexities(self, texts: Sequence[str]) -> np.ndarray:
        """(texts,) perplexity of each: exp of the mean negative log-likelihood of its tokens."""

    def fillings(self, text: str, starts: Sequence[int], n: int) -> list[list[tuple[str, float]]]:
        """For each character position, up to `n` whole words that could come there, with their log-probability."""


@dataclass(frozen=True)
class Negations:
    """Words that turn a statement around: `swaps` names for a word what says the contrary, `words` can be put in front."""

    swaps: Mapping[str, Sequence[str]]
    words: Sequence[str]


@dataclass(frozen=True)
class Material:
    """What a search can draw on besides deleting words.

    `markers` are the words that mark each class, `common` words (lower case) that may be deleted but are not replaced,
    since a sentence rarely survives it; `lexicon` the real words to swap in by gradient, `contrasts` the rows of the data
    to learn from, `fluency` a language model.
    """

    markers: Mapping[str, Sequence[str]] | None = None
    common: Collection[str] = ()
    lexicon: Lexicon | None = None
    contrasts: Contrasts | None = None
    negations: Negations | None = None
    fluency: Fluency | None = None
