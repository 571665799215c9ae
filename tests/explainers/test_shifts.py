"""Scores before and after an edit are set beside each other word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explainers.explanation import Explanation, Piece
from explainers.shifts import Shift, shifts


def explained(*scored: tuple[str, float]) -> Explanation:
    pieces, start = [], 0
    for text, score in scored:
        pieces.append(Piece(start, start + len(text), text, score))
        start += len(text) + 1
    text = " ".join(word for word, _ in scored)
    return Explanation(text, "spam", "occlusion", "word", tuple(pieces), special=0.0, probability=0.5, value=0.0)


def test_words_that_stay_go_and_come():
    before = explained(("win", 1.0), ("a", 0.1), ("prize", 2.0))
    after = explained(("Win", 1.5), ("a", 0.1), ("book", -0.4))
    assert shifts(before, after) == (
        Shift("prize", 2.0, None),
        Shift("Win", 1.0, 1.5),
        Shift("book", None, -0.4),
        Shift("a", 0.1, 0.1),
    )
    assert [shift.change for shift in shifts(before, after)] == [-2.0, 0.5, -0.4, 0.0]


def test_a_word_that_moved_is_the_same_word():
    before, after = explained(("a", 1.0), ("b", 2.0), ("c", 3.0)), explained(("c", 3.5), ("a", 1.0), ("b", 2.0))
    assert shifts(before, after)[0] == Shift("c", 3.0, 3.5)
    assert len(shifts(before, after)) == 3


SCORED = st.lists(st.tuples(st.sampled_from("abcd"), st.floats(-5, 5)), max_size=8)


@given(before=SCORED, after=SCORED)
def test_every_score_is_told_once(before, after):
    found = shifts(explained(*before), explained(*after))
    assert sorted(s.before for s in found if s.before is not None) == sorted(score for _, score in before)
    assert sorted(s.after for s in found if s.after is not None) == sorted(score for _, score in after)
    assert [abs(s.change) for s in found] == sorted((abs(s.change) for s in found), reverse=True)
