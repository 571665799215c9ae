"""Spans are found as people mean them: words in any case, and parts by their kind."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.spans import PARTS, Ambiguous, Reference, Unfound, find, occurrences, parts


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Free, free and FREE", "free", ["Free", "free", "FREE"]),
        ("freedom free", "free", ["free"]),
        ("I, in it", "I", ["I"]),
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
        ("I don't know", "dont", "don't"),
        ("I don’t know", "don't", "don’t"),
        ("an e-mail came", "email", "e-mail"),
        ("an e-mail came", "e mail", "e-mail"),
        ("see you to-morrow", "see you tomorrow", "see you to-morrow"),
        ("I receive it", "recieve", "receive"),
        ("he is coming", "comming", "coming"),
        ("a tommorow", "tomorow", "tommorow"),
        ("he is comming home", "coming home", "comming home"),
    ],
)
def test_words_are_found_as_others_write_them(text, words, expected):
    found = find(text, Reference(words))
    assert [span.of(text) for span in found.spans] == [expected]
    assert found.read_as == expected


def test_words_as_they_are_written_come_first():
    text = "dont, don't and wont"
    assert [span.of(text) for span in occurrences(text, "dont")] == ["dont"]
    assert find(text, Reference("dont")).read_as is None


@pytest.mark.parametrize(
    ("text", "words", "nearest"),
    [
        ("win a Prize", "prise", "Prize"),
        ("win a prize", "zebra", None),
        ("big bad wolf", "big mad wolf", "big bad wolf"),
        ("cafe\u0301", "cafe", "cafe\u0301"),
        ("", "free", None),
    ],
)
def test_the_nearest_words_are_named_where_none_occur(text, words, nearest):
    with pytest.raises(Unfound, match=f"'{words}' does not occur in the text") as raised:
        occurrences(text, words)
    assert raised.value.nearest == nearest
    assert str(raised.value).endswith("." if nearest is None else f"did you mean '{nearest}'?")


def test_no_character_is_cut_in_two():
    family = "👨\u200d👩\u200d👧"
    with pytest.raises(Unfound):
        occurrences(f"hi {family}", "👩")
    assert [span.of(family) for span in occurrences(family, family)] == [family]


PARTED = [
    ("number", "Pay 1,000.50 by 12/03/2004 or 5 on the 2nd, 22nd or +44; x2 150p 3개", ["1,000.50", "12/03/2004", "5", "+44", "150", "3"]),
    ("number", "see http://a.co/1 @b2 c3@d.com #4you 9", ["9"]),
    ("url", "See http://x.co/a?b=1. Or www.y.org, or bbc.co.uk/news! not a@b.com, e.g.this", ["http://x.co/a?b=1", "www.y.org", "bbc.co.uk/news"]),
    ("email", "Write to a.b+c@d-e.co.uk, or x@y", ["a.b+c@d-e.co.uk"]),
    ("mention", "@bob and @eve_1, a@b.com", ["@bob", "@eve_1"]),
    ("hashtag", "#win #1 #오늘 a#b &#39;", ["#win", "#오늘"]),
    ("emoji", "hi 😀👍🏽 :) :-( 👨\u200d👩\u200d👧🇰🇷 1️⃣ © <3 8) http://a", ["😀", "👍🏽", ":)", ":-(", "👨\u200d👩\u200d👧", "🇰🇷", "1️⃣", "<3"]),
    ("money", "£1,000 or 50 euros, $5k, 20p, 5000원 and 7 apples", ["£1,000", "50 euros", "$5k", "5000원"]),
    ("punctuation", "Well, don't!! (ok) a@b.com :) #x.", [",", "!!", "(", ")", "."]),
    ("capitals", "FREE I am OK Ok A1 B2B 무료", ["FREE", "OK", "B2B"]),
    ("word", "I can't, ok? 무료 상품", ["I", "can't", "ok", "무료", "상품"]),
    ("sentence", "One. Two! Three", ["One.", "Two!", "Three"]),
    ("line", "a b\n\nc", ["a b", "c"]),
    ("paragraph", "a\nb\n\nc", ["a\nb", "c"]),
    ("example", "Do it.\n\nQ: a\nA: b\n\nQ: c\nA: d\n\nQ: e\nA:", ["Q: a\nA: b", "Q: c\nA: d"]),
    ("example", "no examples here", []),
]  # fmt: skip


@pytest.mark.parametrize(("part", "text", "expected"), PARTED, ids=[f"{part} {text[:12]}" for part, text, _ in PARTED])
def test_parts_of_a_text(part, text, expected):
    assert [span.of(text) for span in parts(text, part)] == expected


def test_every_kind_of_part_is_among_the_cases():
    assert {part for part, *_ in PARTED} == set(PARTS)


@given(text=st.text(max_size=60) | st.text("aB1@#:/.,😀-' $€\n", max_size=60), part=st.sampled_from(PARTS))
def test_parts_stand_apart_in_their_order(text, part):
    spans = parts(text, part)
    assert all(span.of(text).strip() for span in spans)
    assert all(earlier.end <= later.start for earlier, later in itertools.pairwise(spans))


@given(text=st.text(max_size=60), words=st.text(min_size=1, max_size=8))
def test_words_found_are_in_the_text_apart_from_each_other(text, words):
    try:
        spans = occurrences(text, words)
    except AskWhyError:
        return
    assert spans
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(earlier.end <= later.start for earlier, later in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (Reference(part="number"), ["1", "2", "3"]),
        (Reference(part="number", which="all"), ["1", "2", "3"]),
        (Reference(part="number", which=1), ["1"]),
        (Reference(part="number", which="last"), ["3"]),
        (Reference(part="number", which=2, count=2), ["2", "3"]),
        (Reference(part="number", which="last", count=2), ["2", "3"]),
        (Reference(part="number", count=2), ["1", "2"]),
        (Reference("a"), ["a", "A"]),
        (Reference("a", which=2), ["A"]),
        (Reference("B", part="sentence"), ["2 b."]),
    ],
)
def test_which_of_several(reference, expected):
    text = "1 a. 2 b. 3 A"
    assert [span.of(text) for span in find(text, reference).spans] == expected


def test_where_only_one_can_be_meant_it_is_asked_which():
    with pytest.raises(Ambiguous, match="say which one: the first, the second or the last") as raised:
        find("1 2 3", Reference(part="number"), several=False)
    assert [span.start for span in raised.value.spans] == [0, 2, 4]
    assert [span.start for span in find("a 2", Reference(part="number"), several=False).spans] == [2]


def test_signs_are_told_from_words():
    assert [span.of("x_'-_y, don't a-b!") for span in parts("x_'-_y, don't a-b!", "punctuation")] == ["_'-_", ",", "!"]


@pytest.mark.parametrize("text", ["a." * 3000, "1" * 6000 + "@", "." * 6000, "@" + "a" * 6000])
def test_no_part_takes_long_to_find(text):
    parts("Q: a\nQ: b", "example")  # loads what examples are found with
    for part in PARTS:
        started = time.perf_counter()
        parts(text, part)
        assert time.perf_counter() - started < 3, part
