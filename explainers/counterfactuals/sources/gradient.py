"""Words that the gradient says would move the model most: HotFlip (Ebrahimi et al. 2018), restricted to real words."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explainers.counterfactuals.changes import apply, fits, replacement
from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation
from explainers.units import Span, is_word, units

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


def proposed_again(situation: Situation, changes: Sequence[Change]) -> list[Change]:
    """Changes of the situation's text that go together with others, by the gradient at the text that these make."""
    back = _unchanged(situation.text, apply(situation.text, changes))
    words = {span: place for place, span in back.items()}
    kept = tuple(words[span] for span in situation.words if span in words)
    found = propose(replace(situation, text=apply(situation.text, changes), words=kept))
    made = [replace(change, start=back[change.span].start, end=back[change.span].end) for change in found]
    return [change for change in made if fits(change, changes)]


def _unchanged(text: str, changed: str) -> dict[Span, Span]:
    """For each word of a changed text that the text has too, where it stood there."""
    spans = [[span for span in units(which, "word") if is_word(span.of(which))] for which in (text, changed)]
    said = [[span.of(which) for span in some] for which, some in zip((text, changed), spans, strict=True)]
    blocks = difflib.SequenceMatcher(a=said[0], b=said[1], autojunk=False).get_matching_blocks()
    return {spans[1][b + step]: spans[0][a + step] for a, b, size in blocks for step in range(size)}
