"""The contrary: a word is negated, or its negation taken away, by lists that whoever speaks the language gives."""

from __future__ import annotations

from explainers.counterfactuals.changes import insertion, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation

NEGATED = 8  # words that a negation is put in front of


def propose(situation: Situation) -> list[Change]:
    negations, text = situation.material.negations, situation.text
    if negations is None:
        return []
    found = [
        replacement(text, span, other, "negation")
        for span in situation.words
        for other in negations.swaps.get(span.of(text).lower().replace("’", "'"), ())
    ]
    return found + [
        insertion(span.start, word, "negation") for span in situation.replaceable[:NEGATED] for word in negations.words
    ]
