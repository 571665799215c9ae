"""Prompts cut into segments, few-shot blocks told apart, and spans of answers found by what people say."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.generative import UNITS, GenerativeModel, cut, resolve
from explainers.generative.segments import cut_tokens, owners
from explainers.spans import Reference
from explainers.units import Span

SHOTS = """Say whether the dish suits the guest.

Likes: bread
Dish: onion soup
Advice: Try it.

Likes: cheese
Dish: quiche
Advice:"""
ANSWER = "Analysis: it has 3 eggs. Eggs are out.\nRecommendation: Avoid it, or pay $4.\n"


@given(st.text(st.sampled_from("ab .!?\n:->#\t한é"), min_size=1, max_size=60), st.sampled_from(UNITS[1:5]))
def test_every_character_lies_in_one_segment(text: str, unit: str) -> None:
    if not text.strip():
        with pytest.raises(AskWhyError, match="no words"):
            cut(text, unit)
        return
    segments = cut(text, unit)
    assert "".join(segment.text for segment in segments) == text
    assert all(one.end == other.start for one, other in itertools.pairwise(segments))
    assert all(segment.text.strip() for segment in segments)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (SHOTS, ["instruction", "example", "query"]),
        ("Q: 1 + 1?\nA: 2\nQ: 2 + 2?\nA: 4\nQ: 3 + 3?\nA:", ["example", "example", "query"]),
        ("Classify.\ngreat film -> good\ndull film -> bad\nfine film ->", ["instruction", "example", "example", "query"]),
        ("Example 1:\nhot -> cold\n\nExample 2:\nup -> down\n\nNow do the same for: left", ["example", "example", "text"]),
        ("Rules.\n### one\na b\n### two\nc d", ["instruction", "example", "example"]),
        ("Input: a\nOutput: b\n\nInput: c\nOutput: d\n\nAnswer in one word, please.", ["example", "example", "text"]),
    ],
)
def test_examples_are_told_apart(text: str, roles: list[str]) -> None:
    segments = cut(text, "example")
    assert [segment.role for segment in segments] == roles
    assert "".join(segment.text for segment in segments) == text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, ANSWER.strip()),
        ("the whole answer", ANSWER.strip()),
        ("last line", "Recommendation: Avoid it, or pay $4."),
        ("the first line", "Analysis: it has 3 eggs. Eggs are out."),
        ("sentence 2", "Eggs are out."),
        ("the second sentence", "Eggs are out."),
        ("2nd sentence", "Eggs are out."),
        ("the last number", "4"),
        ('"avoid it"', "Avoid it"),
        ("avoid it", "Avoid it"),
        ("line starting with Recommendation", "Recommendation: Avoid it, or pay $4."),
        ("the line that starts with 'Analysis'", "Analysis: it has 3 eggs. Eggs are out."),
        ("the Recommendation line", "Recommendation: Avoid it, or pay $4."),
        (Reference(part="word", which="last"), "4"),
        (Span(0, 8), "Analysis"),
    ],
)
def test_a_span_is_found_by_what_is_said(said: object, expected: str) -> None:
    assert resolve(ANSWER, said).of(ANSWER) == expected


@pytest.mark.parametrize(
    ("answer", "said", "sentence"),
    [
        (" \n", None, "empty"),
        (ANSWER, "Recomandaton", "did you mean 'Recommendation'"),
        (ANSWER, "zebra crossing", "it says: 'Analysis"),
        (ANSWER, "line 7", "line 7"),
        (ANSWER, "the number", "say which one"),
        (ANSWER, "it", "2 times"),
        (ANSWER, " ", "target is empty"),
        (ANSWER, Span(500, 600), "no words from 500"),
    ],
)
def test_what_is_not_there_gets_a_sentence(answer: str, said: object, sentence: str) -> None:
    with pytest.raises(AskWhyError, match=sentence):
        resolve(answer, said)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (None, "needs a pattern"),
        ("(", "no regular expression"),
        ("x" * 201, "201 characters"),
        ("zzz", "does not occur"),
        (r"(a|aa)+$b", "does not occur|too long"),
        (r"(?:(?:a+)+)+(?<=c)z", "does not occur|too long"),
    ],
)
def test_a_pattern_that_does_not_serve_gets_a_sentence(pattern: str | None, sentence: str) -> None:
    with pytest.raises(AskWhyError, match=sentence):
        cut("a" * 40 + "!", "pattern", pattern)


def test_a_pattern_begins_segments() -> None:
    assert [segment.text for segment in cut("x 1. a 2. b", "pattern", r"\d\.")] == ["x ", "1. a ", "2. b"]


def test_other_units_get_a_sentence() -> None:
    with pytest.raises(AskWhyError, match="did you mean 'paragraph'"):
        cut("a", "paragraf")
    with pytest.raises(AskWhyError, match="No examples"):
        cut("just some words. and more", "example")


def test_each_token_has_a_segment_and_scaffold_has_none(llama: GenerativeModel) -> None:
    prompt = llama.prompt("you won free\n\ncall here", chat=True)
    places = owners(prompt, cut(prompt.text, "line"), "line")
    assert [place == -1 for place in places] == list(prompt.scaffold)
    assert sorted(set(places)) == [-1, 0, 1]
    assert [segment.text for segment in cut_tokens(prompt)][:3] == ["you", "won", "free"]
