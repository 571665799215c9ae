"""Two explained texts word beside word."""

from __future__ import annotations

import re

from explainers.explanation import Explanation, Piece

from assistant.showing.aligning import MOST, aligned, same, words


def explained(text: str, *scores: float) -> Explanation:
    found = [Piece(one.start(), one.end(), one[0], score) for one, score in zip(re.finditer(r"\w+", text), scores, strict=False)]
    return Explanation(text, "spam", "lime", "word", tuple(found), 0.0, 0.9, 2.0)


def test_the_same_text_is_aligned_word_by_word():
    left, right = explained("Win a prize!", 1.0, 0.0, 2.0), explained("Win a prize!", -1.0, 0.5, 0.0)
    pairs = aligned(left, right)
    assert pairs[0] == (("Win", 1.0), ("Win", -1.0)) and pairs[-1] == (("!", None), ("!", None))
    assert all(map(same, pairs)) and len(pairs) == 4


def test_an_edit_stands_where_it_was_made():
    pairs = aligned(explained("a free prize now", 1, 2, 3, 4), explained("A paid prize", 1, 2, 3))
    assert [(left and left[0], right and right[0]) for left, right in pairs] == [
        ("a", "A"), ("free", "paid"), ("prize", "prize"), ("now", None),
    ]  # fmt: skip
    assert [same(pair) for pair in pairs] == [True, False, True, False]


def test_both_sides_spell_their_texts():
    texts = ("call me, now  or never", "never call them or me")
    pairs = aligned(*(explained(text, *range(9)) for text in texts))
    for place, text in enumerate(texts):
        assert "".join(pair[place][0] for pair in pairs if pair[place]) == "".join(text.split())


def test_texts_that_are_too_long_are_not_aligned():
    long = explained("a " * MOST, *[0.0] * MOST)
    assert aligned(long, explained("a", 0.0)) is None
    assert len(words(long)) == MOST
    assert aligned(explained("", 0.0), explained("", 0.0)) == ()
