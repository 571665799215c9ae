"""Words that the language model finds likely at a place, those first that the gradient favours too (after MiCE, Ross et al.
2021, which has a trained editor fill in)."""

from __future__ import annotations

import numpy as np

from explainers.counterfactuals.changes import insertion, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

LIKELY = 300  # words asked of the language model at one place
REPLACING = 48
INSERTING = 24
FOR_ONE = 8
TRUST = 0.5  # what one unit of log-probability is worth beside one of estimated log-odds


def propose(situation: Situation) -> list[Change]:
    fluency, spans, text = situation.material.fluency, situation.replaceable, situation.text
    if fluency is None or not spans:
        return []
    lexicon, gains = situation.material.lexicon, situation.swaps
    place_of = {} if lexicon is None else {word: place for place, word in enumerate(lexicon.words)}
    told = fluency.fillings(text, [span.start for span in spans], LIKELY)
    replacing, inserting = [], []
    for row, (span, words) in enumerate(zip(spans, told, strict=True)):
        ranked = []
        for word, chance in words:
            place = place_of.get(word.lower())
            if word.lower() == span.of(text).lower() or (place_of and place is None):
                continue
            gain = 0.0 if gains is None or not np.isfinite(gains[row, place]) else float(gains[row, place])
            ranked.append((gain + TRUST * chance, word))
        ranked.sort(key=lambda item: -item[0])
        replacing += [(score, replacement(text, span, word, "infilling")) for score, word in ranked[:FOR_ONE]]
        inserting += [(score, insertion(span.start, word.lower(), "infilling")) for score, word in ranked[:FOR_ONE]]
    return [*_best(replacing, REPLACING), *_best(inserting, INSERTING)]


def _best(scored: list[tuple[float, Change]], n: int) -> list[Change]:
    return [change for _, change in sorted(scored, key=lambda item: -item[0])[:n]]
