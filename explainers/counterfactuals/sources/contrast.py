"""Words of the rows that are most like the text and belong to the target class."""

from __future__ import annotations

from explainers.counterfactuals.facts import Change
from explainers.counterfactuals.situation import Situation
from explainers.counterfactuals.sources import markers
from explainers.units import is_word, pieces

ROWS = 4
WORDS = 5


def propose(situation: Situation) -> list[Change]:
    contrasts = situation.material.contrasts
    if contrasts is None:
        return []
    rows = contrasts.nearest(situation.text, situation.classifier.labels[situation.target], ROWS)
    said = [piece.lower() for row in rows for piece in pieces(row, "word") if is_word(piece)]
    held = {piece.lower() for piece in pieces(situation.text, "word")} | set(situation.material.common)
    words = [word for word in dict.fromkeys(said) if word not in held and word.isalpha()]
    return markers.propose(situation, words[:WORDS], "contrast")
