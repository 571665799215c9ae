"""Words that the gradient says would move the model most: HotFlip (Ebrahimi et al. 2018), restricted to real words."""

from __future__ import annotations

import numpy as np

from explainers.counterfactuals.changes import replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

TRIED = 72
FOR_ONE = 10  # words tried in the place of one


def propose(situation: Situation) -> list[Change]:
    gains = situation.swaps
    if gains is None:
        return []
    lexicon, text = situation.material.lexicon, situation.text
    found = []
    for span, row in zip(situation.replaceable, gains, strict=True):
        for place in np.argsort(-row, kind="stable")[:FOR_ONE]:
            if row[place] > 0 and lexicon.words[place] != span.of(text).lower():
                found.append((float(row[place]), replacement(text, span, lexicon.words[place], "gradient")))
    found.sort(key=lambda item: -item[0])
    return [change for _, change in found[:TRIED]]
