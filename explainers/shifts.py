"""How the attribution of a text moves when the text is edited: word by word, from one explanation to the other."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from explainers.explanation import Explanation, Piece


@dataclass(frozen=True)
class Shift:
    """A piece with its score before and after, in the explanations' unit; None where it is not in that text."""

    text: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float:
        return (self.after or 0.0) - (self.before or 0.0)


def shifts(before: Explanation, after: Explanation) -> tuple[Shift, ...]:
    """Every piece of two explanations, of the same class by the same method, the largest change first.

    Pieces are matched in order and in any case, and those that moved by what they say; what only one of the texts holds
    has a score on that side only.
    """
    left, right = before.pieces, after.pieces
    keys = [[piece.text.casefold() for piece in side] for side in (left, right)]
    found: list[Shift] = []
    gone: dict[str, list[Piece]] = {}
    new: list[Piece] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(left[i:j], right[k:m], strict=True)
            found += [Shift(later.text, earlier.score, later.score) for earlier, later in pairs]
        else:
            for piece in left[i:j]:
                gone.setdefault(piece.text.casefold(), []).append(piece)
            new += right[k:m]
    for piece in new:
        moved = gone.get(piece.text.casefold())
        found.append(Shift(piece.text, moved.pop(0).score if moved else None, piece.score))
    found += [Shift(piece.text, piece.score, None) for pieces in gone.values() for piece in pieces]
    return tuple(sorted(found, key=lambda shift: -abs(shift.change)))
