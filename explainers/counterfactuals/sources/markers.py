"""Words that mark the target class in the data, put in the place of others and between them."""

from __future__ import annotations

from explainers.counterfactuals.changes import gaps, insertion, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

REPLACED = 6
GAPS = 2  # places within the text, besides its ends


def propose(situation: Situation, words: list[str] | None = None, source: str = "markers") -> list[Change]:
    """With `words`, these are put in instead."""
    material, text = situation.material, situation.text
    if words is None:
        words = list((material.markers or {}).get(situation.classifier.labels[situation.target], ()))
    present = {span.of(text).lower() for span in situation.words}
    new = [word for word in words if word.lower() not in present]
    made = [replacement(text, span, word, source) for span in situation.replaceable[:REPLACED] for word in new]
    return made + [insertion(at, word, source) for at in gaps(text, situation.replaceable, GAPS) for word in new]
