"""Edits of texts change what they name and nothing else."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.edits import KINDS, Change, Emptied, Unchanged, difference, edit, substitute
from explainers.spans import PARTS, Ambiguous, Unfound
from explainers.units import Span, units

WORDS = st.lists(st.sampled_from(["free", "Prize", "não", "무료", "奖", "don't", "🎁", "a-b", "x"]), min_size=1, max_size=8)


def remove(text: str, old: str) -> str:
    return edit(text, "remove", old=old).after


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
        changes = difference(text, edit(text, "insert", new="quite new", where=where, which=1).after)
        assert not [change for change in changes if change.kind == "removed"]
        assert squeezed("".join(change.text for change in changes if change.kind == "added")) == "quitenew"


@given(words=WORDS)
def test_a_replaced_word_is_gone_and_its_neighbours_stay(words):
    changed = edit(" ".join(words), "replace", old=words[0], new="ZZZ").after
    assert changed.split(" ") == ["ZZZ" if word == words[0] else word for word in words]


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


TEXT = "Call 555 now, call! Win $5 or 7. See http://a.co/1 ok"

EDITS = [
    ("replace", {"old": "call", "new": "ring"}, "ring 555 now, ring! Win $5 or 7. See http://a.co/1 ok"),
    ("replace", {"old": "call", "which": 2, "new": "ring"}, "Call 555 now, ring! Win $5 or 7. See http://a.co/1 ok"),
    ("replace", {"part": "number", "which": "last", "new": "two"}, "Call 555 now, call! Win $5 or two. See http://a.co/1 ok"),
    ("replace", {"part": "number", "which": "all", "new": "N"}, "Call N now, call! Win $N or N. See http://a.co/1 ok"),
    ("remove", {"part": "url"}, "Call 555 now, call! Win $5 or 7. See ok"),
    ("remove", {"part": "number", "which": 2, "count": 2}, "Call 555 now, call! Win $ or. See http://a.co/1 ok"),
    ("remove", {"part": "sentence", "old": "win"}, "Call 555 now, call! See http://a.co/1 ok"),
    ("keep", {"part": "sentence", "which": 1}, "Call 555 now, call!"),
    ("keep", {"part": "sentence", "which": "last", "count": 2}, "Win $5 or 7. See http://a.co/1 ok"),
    ("keep", {"old": "call"}, "Call call"),
    ("keep", {"part": "number"}, "555 5 7"),
    ("insert", {"new": "Hi", "where": "start"}, f"Hi {TEXT}"),
    ("insert", {"new": "Hi"}, f"{TEXT} Hi"),
    ("append", {"new": "Hi"}, f"{TEXT} Hi"),
    ("insert", {"new": "me", "where": {"after": "call"}, "which": "last"}, "Call 555 now, call me! Win $5 or 7. See http://a.co/1 ok"),
    ("insert", {"new": "Or.", "where": "before", "part": "sentence", "which": 2}, TEXT.replace("Win", "Or. Win")),
    ("insert", {"new": "x", "where": "after", "old": "now"}, TEXT.replace("now", "now x")),
    ("insert", {"new": "please", "where": {"before": "call"}, "which": "all"}, TEXT.replace("Call", "please Call").replace(" call", " please call")),
    ("rewrite", {"new": "Hi"}, "Hi"),
    ("upper", {}, TEXT.upper()),
    ("upper", {"old": "now"}, TEXT.replace("now", "NOW")),
    ("lower", {"part": "word", "which": 1}, TEXT.replace("Call", "call")),
    ("title", {"part": "sentence", "which": 1}, TEXT.replace("now, call", "Now, Call")),
    ("swap", {"part": "sentence", "which": 1, "partner": "last"}, "See http://a.co/1 ok Win $5 or 7. Call 555 now, call!"),
    ("swap", {"part": "number", "which": 1, "partner": 2}, "Call 5 now, call! Win $555 or 7. See http://a.co/1 ok"),
    ("swap", {"old": "now", "new": "ok"}, "Call 555 ok, call! Win $5 or 7. See http://a.co/1 now"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "after"), EDITS, ids=[f"{kind} {given}" for kind, given, _ in EDITS])
def test_an_edit(kind, given, after):
    made = edit(TEXT, kind, **given)
    assert (made.before, made.after) == (TEXT, after)
    assert all(0 <= span.start <= span.end <= len(TEXT) for span in made.spans)
    assert list(made.spans) == sorted(made.spans, key=lambda span: span.start)


def test_two_sentences_are_swapped_without_saying_which():
    assert edit("One. Two!", "swap", part="sentence").after == "Two! One."


def test_a_removed_line_leaves_no_empty_one():
    assert edit("a\nb\nc", "remove", part="line", which=2).after == "a\nc"
    assert edit("a\nb\nc", "remove", part="line", which="last").after == "a\nb"
    assert edit("a\nb\nc", "keep", part="line", which=2, count=2).after == "b\nc"
    assert edit("a\n\nb\nc", "remove", part="line", old="b").after == "a\n\nc"


def test_capitals_begin_words_only():
    assert edit("i don't KNOW the o'neills", "title").after == "I Don't Know The O'neills"


def test_an_edit_tells_which_words_it_took():
    assert edit("I dont worry", "remove", old="wrory").read_as == "worry"
    assert edit("I don’t worry", "remove", old="dont").read_as == "don’t"
    assert edit("I worry", "remove", old="WORRY").read_as is None


@given(words=WORDS, kind=st.sampled_from(["upper", "lower", "title"]))
def test_a_change_of_case_changes_nothing_else(words, kind):
    text = " ".join(words)
    with contextlib.suppress(Unchanged):
        assert edit(text, kind).after.casefold() == text.casefold()


@st.composite
def edits(draw):
    """Any edit of any text, whether or not it can be made."""
    text = draw(st.text(max_size=60) | WORDS.map(" ".join) | st.just(TEXT))
    words = st.none() | st.sampled_from(text.split() or ["x"]) | st.text(max_size=6)
    side = st.sampled_from([None, "start", "end", "before", "after"])
    which = st.none() | st.integers(1, 4) | st.sampled_from(["last", "all"])
    return text, draw(st.sampled_from(KINDS)), {
        "old": draw(words), "part": draw(st.none() | st.sampled_from(PARTS)), "which": draw(which), "new": draw(words),
        "count": draw(st.none() | st.integers(1, 3)), "partner": draw(st.none() | st.integers(1, 3) | st.just("last")),
        "where": draw(side | st.builds(lambda name, said: {name: said or "x"}, st.sampled_from(["before", "after"]), words)),
        "every": draw(st.booleans()),
    }  # fmt: skip


@given(case=edits())
def test_any_edit_changes_the_text_where_it_says_or_tells_why_not(case):
    text, kind, given = case
    try:
        made = edit(text, kind, **given)
    except AskWhyError as error:
        assert str(error).endswith((".", "?"))
        return
    assert made.before == text
    assert made.after != text
    assert made.after.strip()
    assert edit(text, kind, **given) == made
    changes = difference(text, made.after)
    assert "".join(change.text for change in changes if change.kind != "added") == text
    assert "".join(change.text for change in changes if change.kind != "removed") == made.after
    if kind in ("replace", "upper", "lower", "title") and made.spans:  # what is outside the spans stays
        outside = text[: made.spans[0].start], text[made.spans[-1].end :]
        assert made.after.startswith(outside[0])
        assert made.after.endswith(outside[1])


WRONG = [
    ({"kind": "remove", "old": "c"}, Unfound, "'c' does not occur in the text"),
    ({"kind": "insert", "new": "x", "where": {"before": "c"}}, Unfound, "'c' does not occur"),
    ({"kind": "insert", "new": "x", "where": "middle"}, AskWhyError, "'middle' is no place in a text; choose start, end, or"),
    ({"kind": "insert", "new": "x", "where": {}}, AskWhyError, "is no place in a text"),
    ({"kind": "insert", "new": "x", "where": {"between": "a"}}, AskWhyError, "is no place in a text"),
    ({"kind": "insert", "new": "x", "where": "after"}, AskWhyError, "To insert something after words, say which words."),
    (
        {"kind": "insert", "new": "x", "where": {"after": "a"}},
        Ambiguous,
        "'a' occurs 2 times; say which one: the first or the last",
    ),
    ({"kind": "remove", "part": "number"}, Ambiguous, "There are numbers in 2 places; say which one"),
    ({"kind": "remove", "part": "number", "which": 3}, Unfound, "The text has only 2 numbers, so nothing was changed."),
    ({"kind": "remove", "part": "number", "which": "last", "count": 3}, Unfound, "The text has only 2 numbers"),
    ({"kind": "remove", "old": "b", "which": 2}, Unfound, "'b' occurs only once in the text"),
    ({"kind": "remove", "part": "url"}, Unfound, "The text has no links, so nothing was changed."),
    ({"kind": "remove", "part": "sentence", "old": "zebra"}, Unfound, "'zebra' does not occur"),
    ({"kind": "remove", "part": "verse"}, AskWhyError, "There is no part 'verse' of a text"),
    (
        {"kind": "remove", "part": "sentence", "which": "all"},
        Emptied,
        "Removing sentences would leave no text; nothing was changed.",
    ),
    ({"kind": "replace", "old": " ", "new": "x"}, AskWhyError, "To replace, say which words to look for."),
    ({"kind": "replace", "old": "b"}, AskWhyError, "To replace, say which words to put in."),
    ({"kind": "keep"}, AskWhyError, "To keep, say which words to keep."),
    ({"kind": "swap", "old": "b"}, AskWhyError, "To swap, say which two words or which two sentences"),
    ({"kind": "swap", "part": "word"}, AskWhyError, "The text has 5 words; say which two to swap"),
    ({"kind": "swap", "part": "word", "which": 2, "partner": 2}, AskWhyError, "are the same, or the one holds the other"),
    ({"kind": "lower", "old": "b"}, Unchanged, "The edit leaves the text as it is"),
    ({"kind": "shout"}, AskWhyError, "There is no edit 'shout'"),
]


@pytest.mark.parametrize(("given", "error", "said"), WRONG, ids=[str(given) for given, *_ in WRONG])
def test_an_edit_that_cannot_be_made_says_why(given, error, said):
    with pytest.raises(error, match=re.escape(said)):
        edit("1 a 2 b a", **given)


@pytest.mark.parametrize("text", ["Free", " free\nFREE "])
def test_nothing_is_edited_away(text):
    with pytest.raises(Emptied, match="Removing 'free' would leave no text"):
        remove(text, "free")


def test_every_part_is_meant_on_many_texts():
    assert edit("1 a 2", "remove", part="number", every=True).after == "a"


def test_a_small_edit_of_a_very_long_text_is_a_small_difference():
    words = ["free", "call", "home", "tonight"] * 1000
    old, new = " ".join(words), " ".join([*words[:2001], "late", *words[2002:]])
    assert [(change.kind, change.text) for change in difference(old, new)][1:3] == [("removed", "call"), ("added", "late")]
    assert [change.kind for change in difference(old, new)] == ["same", "removed", "added", "same"]
    assert difference(old, old) == [Change("same", old)] and difference("", "") == []
    assert difference("free free", "free") == [Change("same", "free"), Change("removed", " free")]


def test_the_difference_of_long_texts_that_repeat_themselves_takes_no_minutes():
    old, new = "a " + "the " * 1500 + "b", "x " + "the " * 1450 + "y"
    started = time.perf_counter()
    made = difference(old, new)
    assert time.perf_counter() - started < 5
    assert "".join(change.text for change in made if change.kind != "added") == old
    assert "".join(change.text for change in made if change.kind != "removed") == new
