"""Edits of texts change what they name and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.edits import Change, difference, insert, occurrences, remove, replace, substitute
from explainers.units import Span, units

WORDS = st.lists(st.sampled_from(["free", "Prize", "não", "무료", "奖", "don't", "🎁", "a-b", "x"]), min_size=1, max_size=8)


def squeezed(text: str) -> str:
    return "".join(text.split())


@st.composite
def text_and_spans(draw):
    text = draw(st.text(max_size=40) | WORDS.map(" ".join))
    return text, draw(st.sets(st.sampled_from(units(text, "word")))) if units(text, "word") else set()


@given(case=text_and_spans(), new=st.text(min_size=1, max_size=5))
def test_a_substitution_changes_only_its_spans(case, new):
    text, spans = case
    expected, last = "", 0
    for span in sorted(spans, key=lambda span: span.start):
        expected += text[last : span.start] + new
        last = span.end
    assert substitute(text, dict.fromkeys(spans, new)) == expected + text[last:]


@given(case=text_and_spans())
def test_a_deletion_takes_its_spans_and_only_spaces_besides(case):
    text, spans = case
    gone = {place for span in spans for place in range(span.start, span.end)}
    kept = "".join(character for place, character in enumerate(text) if place not in gone)
    changed = substitute(text, dict.fromkeys(spans, ""))
    assert squeezed(changed) == squeezed(kept)
    assert len(kept) - len(spans) <= len(changed) <= len(kept)


@given(words=WORDS)
def test_an_inserted_text_is_the_only_difference(words):
    text = " ".join(words)
    for where in ("start", "end", {"before": words[-1]}, {"after": words[0]}):
        changes = difference(text, insert(text, "quite new", where))
        assert not [change for change in changes if change.kind == "removed"]
        assert squeezed("".join(change.text for change in changes if change.kind == "added")) == "quitenew"


@given(words=WORDS)
def test_a_replaced_word_is_gone_and_its_neighbours_stay(words):
    changed = replace(" ".join(words), words[0], "ZZZ")
    assert changed.split(" ") == ["ZZZ" if word == words[0] else word for word in words]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Free, free and FREE", "free", ["Free", "free", "FREE"]),
        ("freedom free", "free", ["free"]),
        ("a_free free_a", "free", ["free", "free"]),  # no whole word, so any run of characters
        ("big\n  bad wolf", "Big Bad", ["big\n  bad"]),
        ("cost: $5.00 (five)", "$5.00", ["$5.00"]),
        ("any.thing anything", "any.thing", ["any.thing"]),
        ("무료상품을 받으세요", "상품", ["상품"]),
        ("今天免费领奖", "免费", ["免费"]),
        ("I can't", "can't", ["can't"]),
        ("cafe\u0301 cafe", "cafe", ["cafe"]),  # an accent written by itself is part of its word
        ("हिन्दी हिन्द", "हिन्द", ["हिन्द"]),
    ],
)
def test_where_words_occur(text, words, expected):
    spans = occurrences(text, words)
    assert [span.of(text) for span in spans] == expected
    assert spans == sorted(spans, key=lambda span: span.start)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("You won a prize", "You", "won a prize"),
        ("You won a prize", "prize", "You won a"),
        ("You won a prize", "won", "You a prize"),
        ("You won, truly", "won", "You, truly"),
        ("free (call) now", "call", "free () now"),
        ("a\nfree\nb", "free", "a\n\nb"),
        ("call free!", "free", "call!"),
        ("지금 무료 상품", "무료", "지금 상품"),
        ("free Free prize", "free", "prize"),
        ("free free, prize", "free", ", prize"),
    ],
)
def test_spaces_after_a_deletion(text, words, expected):
    assert remove(text, words) == expected


def test_the_first_words_take_their_spaces_with_them():
    text = "You have won a prize"
    words = units(text, "word")
    assert substitute(text, dict.fromkeys(words[:2], "")) == "won a prize"
    assert substitute(text, dict.fromkeys(words[:4], "")) == "prize"
    assert substitute(text, {words[0]: "", words[1]: "", words[3]: ""}) == "won prize"
    assert substitute(text, dict.fromkeys(words, "")) == ""


def test_spans_are_changed_wherever_they_are_given():
    text = "one two three"
    changes = {Span(8, 13): "3", Span(0, 3): "1"}
    assert substitute(text, changes) == "1 two 3"
    assert substitute(text, {}) == text


def test_differences_word_by_word():
    assert difference("You won a prize", "You lost a prize") == [
        Change("same", "You "),
        Change("removed", "won"),
        Change("added", "lost"),
        Change("same", " a prize"),
    ]
    assert difference("same", "same") == [Change("same", "same")]
    assert difference("", "new") == [Change("added", "new")]
    assert difference("old", "") == [Change("removed", "old")]
    assert difference("", "") == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: remove("a b", "c"), "'c' does not occur in the text"),
        (lambda: insert("a b", "x", {"before": "c"}), "'c' does not occur"),
        (lambda: insert("a b", "x", {"after": "c"}), "'c' does not occur"),
        (lambda: replace("a b", "", "x"), "names no words"),
        (lambda: replace("cafe\u0301", "cafe", "tea"), "'cafe' does not occur"),
        (lambda: insert("a b", "x", "middle"), "'middle' is no place in a text; choose start, end, or before or after"),
        (lambda: insert("a b", "x", {}), "is no place in a text"),
        (lambda: insert("a b", "x", {"between": "a"}), "is no place in a text"),
        (lambda: remove("Free", "free"), "would leave no text"),
        (lambda: remove(" free\nFREE ", "free"), "would leave no text"),
    ],
)
def test_edits_that_cannot_be_made(call, said):
    with pytest.raises(AskWhyError, match=said):
        call()
