"""Two explained texts word beside word: the same words at the same place, the others where they were put in or left out."""

from __future__ import annotations

import difflib
from itertools import zip_longest

from explainers.explanation import Explanation

Word = tuple[str, float | None]  # as a text says it, with its score
Pair = tuple[Word | None, Word | None]
MOST = 1500  # words of both texts together; the time for aligning grows faster than the texts


def words(explanation: Explanation) -> list[Word]:
    """The pieces of the text with their scores, and what stands between them without being white space."""
    text, last, found = explanation.text, 0, []
    for piece in sorted(explanation.pieces, key=lambda piece: piece.start):
        found += [(between, None) for between in text[last : piece.start].split()]
        if piece.end > last:
            found.append((text[max(piece.start, last) : piece.end], piece.score))
            last = piece.end
    return found + [(between, None) for between in text[last:].split()]


def aligned(left: Explanation, right: Explanation) -> tuple[Pair, ...] | None:
    """Pairs whose left sides spell `left` and whose right sides spell `right`, white space aside; None for texts that are too
    long to be laid side by side."""
    first, second = words(left), words(right)
    if len(first) + len(second) > MOST:
        return None
    pairs: list[Pair] = []
    said = [[text.casefold() for text, _ in side] for side in (first, second)]
    for _, i, j, k, m in difflib.SequenceMatcher(a=said[0], b=said[1], autojunk=False).get_opcodes():
        pairs += zip_longest(first[i:j], second[k:m])
    return tuple(pairs)


def same(pair: Pair) -> bool:
    """Whether both sides say the same word."""
    left, right = pair
    return left is not None and right is not None and left[0].casefold() == right[0].casefold()
