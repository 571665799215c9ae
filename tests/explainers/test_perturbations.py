"""One-word edits: what each kind makes, and what holds for all of them."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError
from explainers.perturbations import KINDS, changed, of_word, perturbations
from explainers.perturbations.homoglyph import ALIKE, LATIN
from explainers.perturbations.synonym import near_words
from explainers.perturbations.typo import NEIGHBOURS
from explainers.spans import parts
from explainers.swaps import words

SYNONYMS = {"free": ["gratis"], "call": ["ring", "phone"]}
WORDS = st.sampled_from(["Free", "call", "me", "a", "2", "don't", "무료", "PRIZE!", "ok.", "e-mail", "naïve", "🙂"])


def made(text: str, kind: str) -> set[str]:
    return {changed(text, [each]) for each in perturbations(text, [kind], synonyms=SYNONYMS)}


def test_each_kind_makes_what_it_says():
    assert made("Call me", "deletion") == {"me", "Call"}
    assert made("Call me", "case") == {"CALL me", "call me", "Call ME", "Call Me"}
    assert made("Call me", "spacing") == {"C all me", "Ca ll me", "Cal l me", "Callme"}
    assert made("Call me", "synonym") == {"Ring me", "Phone me"}
    assert made("CALL me", "synonym") == {"RING me", "PHONE me"}
    assert made("up", "homoglyph") == {"uр"}
    assert made("a 2 me", "typo") == set()
    typos = made("call", "typo")
    assert {"cll", "calll", "clal", "cakl", "cal"} <= typos
    assert all(typo.startswith("c") and typo.isalpha() for typo in typos)
    assert made("개", "typo") == {"게"}


def test_a_word_that_runs_into_the_next_names_both():
    (joined,) = [each for each in perturbations("a bit", ["spacing"]) if changed("a bit", [each]) == "abit"]
    assert joined.words("a bit") == ("a bit", "abit")


@given(said=st.lists(WORDS, min_size=1, max_size=5), seed=st.integers(0, 3))
def test_every_edit_changes_one_word_and_leaves_something(said, seed):
    text = " ".join(said)
    found = list(perturbations(text, seed=seed, synonyms=SYNONYMS))
    assert found == list(perturbations(text, seed=seed, synonyms=SYNONYMS))
    assert {each.word for each in found} <= set(parts(text, "word"))
    for each in found:
        new = changed(text, [each])
        old, put = each.words(text)
        assert new.strip() and new != text
        assert old in text and put in new
        assert new.startswith(text[: each.word.start].rstrip())
        assert new.endswith(text[max(each.word.end, each.span.end) :].lstrip())


def test_an_unknown_kind_is_named():
    with pytest.raises(AskWhyError, match="There is no kind of edit 'typos'"):
        of_word("call", parts("call", "word")[0], "typos", random.Random(0))
    assert set(KINDS) == {"deletion", "typo", "case", "spacing", "homoglyph", "synonym"}


def test_look_alikes_are_of_another_alphabet_and_keys_are_mutual():
    assert len(LATIN) == len(ALIKE) == len(set(LATIN))
    assert all(one.isascii() and not other.isascii() for one, other in zip(LATIN, ALIKE, strict=True))
    assert all(one in NEIGHBOURS[other] for one, near in NEIGHBOURS.items() for other in near)
    assert set(NEIGHBOURS["g"]) >= set("fhtvb")


def test_near_words_leave_out_opposites_and_forms():
    vectors = {
        "film": (1, 0, 0), "movie": (0.9, 0.1, 0), "films": (1, 0, 0), "good": (0, 1, 0), "bad": (0, 0.9, 0.1),
        "fine": (0, 0.9, 0.2), "harmful": (0, 0, 1), "harmless": (0, 0, 1), "xy": (1, 0, 0),
    }  # fmt: skip

    def embed(texts):
        return np.array([vectors[text] for text in texts], dtype=np.float32)

    found = near_words(list(vectors), embed, "test")
    assert found == {
        "film": ["movie"], "films": ["movie"], "movie": ["film", "films"], "good": ["fine"], "fine": ["good"]
    }  # fmt: skip
    assert near_words(["film"], embed, "test") == {}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_words_to_swap_are_told_apart(language):
    known = words(language)
    assert not known.known_names & known.known_places
    assert all(len(set(group)) == len(group) >= 2 for group in known.names.values())
    assert all(len(regions) >= 4 for regions in known.places.values())
