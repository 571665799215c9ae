"""The index of words against a plain reading of every text."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import word_index as module
from explainers.assets import CACHE_VARIABLE
from explainers.units import count_units, is_word, pieces
from explainers.word_index import WordIndex, word_index
from explainers.wording import distinctive

TEXTS = [
    "Free entry, free prize!",
    "the FREE call",
    "Bill's call is for me - ever",
    "안녕 무료",
    "!!! ?",
    "a b c 2 22",
    "",
    "İstanbul",
]


def said(text: str) -> set[str]:
    return {piece.lower() for piece in pieces(text, "word") if is_word(piece)}


def held(index: WordIndex) -> list[set[str]]:
    words = index.vocabulary.to_pylist()
    return [{words[place] for place in index.numbers[a:b]} for a, b in zip(index.starts, index.starts[1:], strict=False)]


@given(
    st.lists(st.text(st.sampled_from("aBİſKé무1_'’-. !?\n") | st.characters(exclude_categories=("Cs",)), max_size=20), max_size=8)
)
def test_each_row_has_its_words_and_counts(texts):
    index = word_index(texts, "")
    assert held(index) == [said(text) for text in texts]
    assert index.vocabulary.to_pylist() == sorted(set().union(*map(said, texts)))
    assert index.characters.tolist() == [len(text) for text in texts]
    assert index.words.tolist() == [count_units(text, "word") for text in texts]
    assert index.sentences.tolist() == [count_units(text, "sentence") for text in texts]


@pytest.fixture(scope="module")
def index() -> WordIndex:
    generator = random.Random(1)
    return word_index(
        [" ".join(generator.choices(["one", "two", "three", "four", "the", "free", "call"], k=4)) for _ in range(80)], ""
    )


@pytest.mark.parametrize("positions", [[], [3], [5, 2, 70], list(range(60)), list(range(80))], ids=len)
def test_words_of_some_rows(index, positions):
    rows = held(index)
    counts = Counter(word for place in positions for word in rows[place])
    words = index.vocabulary.to_pylist()
    found = index.within(np.array(positions, dtype=int))
    assert {word: count for word, count in zip(words, found, strict=True) if count} == counts
    order, often = index.ranked(np.array(positions, dtype=int))
    meant = sorted((word for word in counts if word in ("free", "call")), key=lambda word: (-counts[word], word))
    assert (index.said(order), often.tolist()) == (meant, [counts[word] for word in meant])
    rarest, _ = index.ranked(np.array(positions, dtype=int), rarest=True)
    assert index.said(rarest) == sorted(meant, key=lambda word: (counts[word], word))


def test_rows_that_have_words(index):
    words = index.vocabulary.to_pylist()
    rows = held(index)
    wanted = np.array([words.index("free"), words.index("two")])
    assert index.rows_with(wanted).tolist() == [bool(row & {"free", "two"}) for row in rows]
    positions, asked = np.array([70, 1, 33]), [words.index("two"), words.index("call")]
    assert index.held(positions, asked).tolist() == [[word in rows[place] for place in positions] for word in ("two", "call")]


def test_what_sets_rows_apart():
    made = word_index(["free prize", "free call"] * 20 + ["see you", "call me"] * 20, "")
    here, there = np.arange(40), np.arange(40, 80)
    assert made.distinctive(here, there) == distinctive(
        ["call", "free", "prize"], np.array([20, 40, 20]), 40, np.array([20, 0, 0]), 40
    )  # fmt: skip
    assert [item.word for item in made.distinctive(here, there)] == ["free", "prize"]


def test_it_is_made_once_and_mapped(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(module, "REPORTED", 3)
    told: list[float] = []
    first = word_index(TEXTS, "data", told.append)
    assert told == [3 / 8, 6 / 8]
    monkeypatch.setattr(module, "_built", None)
    again = word_index(TEXTS, "data")
    assert isinstance(again.numbers, np.memmap)
    assert held(again) == held(first) == [said(text) for text in TEXTS]
    with pytest.raises(TypeError):
        word_index(TEXTS, "other data")


def test_a_damaged_index_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    word_index(TEXTS, "data")
    for name in ("numbers.npy", "vocabulary.arrow"):
        (file,) = tmp_path.rglob(name)
        file.write_bytes(b"damaged")
        assert held(word_index(TEXTS, "data")) == [said(text) for text in TEXTS]


def test_few_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    for number in range(12):
        word_index(TEXTS, f"data {number}")
    assert len(list((tmp_path / "words").iterdir())) == 8
    assert (tmp_path / "words" / f"data 11-{module.VERSION}").exists()
