"""Words that mark the target class in the data: first at the end and in the place of the word that counts most."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.counterfactuals.changes import insertion, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation


def propose(situation: Situation, words: Sequence[str] | None = None, source: str = "markers") -> list[Change]:
    """With `words`, these are put in instead."""
    material, text = situation.material, situation.text
    if words is None:
        words = (material.markers or {}).get(situation.classifier.labels[situation.target], ())
    present = {span.of(text).lower() for span in situation.words}
    new = [word for word in words if word.lower() not in present]
    made = [replacement(text, span, word, source) for span in situation.replaceable[:1] for word in new]
    return made + [insertion(len(text), word, source) for word in new]
