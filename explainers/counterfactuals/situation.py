"""What every source of candidates is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from explainers.classifier import Classifier
from explainers.counterfactuals.material import Material
from explainers.errors import AskWhyError
from explainers.units import Span, assign

REPLACED = 20  # words for which replacements are tried


@dataclass(frozen=True)
class Situation:
    """The text, the outputs `source` (its class now) and `target`, and its `words`, those that hold the class most first."""

    classifier: Classifier
    text: str
    source: int
    target: int
    words: tuple[Span, ...]
    material: Material

    @cached_property
    def replaceable(self) -> tuple[Span, ...]:
        """The words to put others in the place of."""
        kept = [span for span in self.words if span.of(self.text).lower() not in self.material.common]
        return tuple(kept[:REPLACED])

    @cached_property
    def swaps(self) -> np.ndarray | None:
        """(replaceable words, words of the lexicon) by how much the log-odds of the target would rise with one in the place of
        the other, to first order; None without gradients or a lexicon.

        After HotFlip (Ebrahimi et al. 2018): the gradient at a word's embedding e times (e' - e). A word of several tokens
        is taken to leave its first place to the new one, and the others to a zero.
        """
        import torch

        lexicon = self.material.lexicon
        if lexicon is None or not lexicon.ids or not self.replaceable:
            return None
        found = gradient(self.classifier, self.text, self.source, self.target)
        if found is None:
            return None
        slope, embedding, offsets = found
        owner = np.array(assign(self.text, offsets, self.replaceable))
        table = self.classifier.model.get_input_embeddings()
        with torch.no_grad():
            looked = table(torch.tensor([lexicon.ids], device=self.classifier.device))
        vectors = (looked if isinstance(looked, torch.Tensor) else looked[0])[0].float().cpu().numpy()
        gains = np.full((len(self.replaceable), len(lexicon.ids)), -np.inf)
        for place in range(len(self.replaceable)):
            tokens = np.flatnonzero(owner == place)
            if len(tokens):
                gains[place] = vectors @ slope[tokens[0]] - (slope[tokens] * embedding[tokens]).sum()
        return gains


def gradient(classifier: Any, text: str, source: int, target: int) -> tuple[np.ndarray, np.ndarray, tuple] | None:
    """(tokens, width) gradient of the target's log-odds over the source, the (tokens, width) embeddings, and the tokens'
    offsets; None for a model that gives no gradients of embeddings."""
    if not hasattr(classifier, "embed"):
        return None
    try:
        encoding = classifier.encode(text)
        embedding, _ = classifier.embed(encoding)
        leaf = embedding.detach().clone().requires_grad_(True)
        logits = classifier.from_embeddings(leaf, encoding)[0]
    except AskWhyError:
        return None
    (logits[target] - logits[source]).backward()
    return leaf.grad[0].float().cpu().numpy(), embedding[0].float().cpu().numpy(), encoding.offsets
