"""Other wordings by a language model: one word gives way to another that it finds likely there and that means nearly the same.

    augment(classifier, text, embed=embed, paraphrase=Infilling(fluency, embed))

What stands behind a word is not known to a model that reads from left to right, so each wording as a whole has to read
nearly as well as the text did. Likely words are often opposites; those that are known to be are left out, as for near words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.counterfactuals.changes import cased
from explainers.counterfactuals.material import Fluency
from explainers.edits import substitute
from explainers.perturbations.synonym import Embed, alike, opposed
from explainers.spans import parts

POSITIONS = 10  # words that may give way, the longest
LEAST = 4  # letters of one; shorter ones hold sentences together
LIKELY = 60  # words asked of the language model at one place
NEAR = 0.5  # the least cosine of the two words
READ = 16  # wordings that the language model reads as a whole, those with the nearest words
STRAIN = 1.5  # the most that a wording's perplexity may be, as a share of the text's


class Infilling:
    """`explainers.augment.Paraphrase` by a language model and what embeds words."""

    def __init__(self, fluency: Fluency, embed: Embed) -> None:
        self._fluency, self._embed = fluency, embed

    def __call__(self, text: str, n: int) -> list[str]:
        """Wordings that differ in one word, the most fluent first; `n` of them or more, as far as there are any."""
        spans = [span for span in parts(text, "word") if span.of(text).isalpha() and len(span.of(text)) >= LEAST]
        spans = sorted(spans, key=lambda span: (span.start - span.end, span.start))[:POSITIONS]
        if not spans:
            return []
        told = self._fluency.fillings(text, [span.start for span in spans], LIKELY)
        pairs = [
            (span, other.lower())
            for span, others in zip(spans, told, strict=True)
            for other, _ in others
            if len(other) >= LEAST and not _apart(span.of(text).lower(), other.lower())
        ]
        near = self._cosines([(span.of(text).lower(), other) for span, other in pairs])
        best = [place for place in np.argsort(-near, kind="stable") if near[place] >= NEAR][: max(READ, n)]
        made = [substitute(text, {pairs[place][0]: cased(pairs[place][1], pairs[place][0].of(text))}) for place in best]
        if not made:
            return []
        before, *after = self._fluency.perplexities([text, *made])
        reads = {wording: value for wording, value in zip(made, after, strict=True) if value <= STRAIN * before}
        return sorted(reads, key=lambda wording: (reads[wording], wording))

    def _cosines(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        words = sorted({word for pair in pairs for word in pair})
        if not words:
            return np.zeros(0)
        vectors = np.asarray(self._embed(words), dtype=np.float32)
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        place = {word: at for at, word in enumerate(words)}
        return np.array([vectors[place[one]] @ vectors[place[other]] for one, other in pairs])


def _apart(one: str, other: str) -> bool:
    """Whether one may not stand for the other: the same word, a form of it, or what is known to be opposed."""
    return one == other or opposed(one, other) or alike(one, other)
