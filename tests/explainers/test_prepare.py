"""Label names, near-duplicates and splits."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from explainers import AskWhyError
from explainers.columns import of_values
from explainers.prepare import (
    NO_CLASS,
    assign_splits,
    drop_near_duplicates,
    label_by_name,
    label_by_range,
    label_sets,
    label_texts,
)

SHARES = {"test": 0.2, "validation": 0.1}


def column(*values: object) -> pa.ChunkedArray:
    return of_values(values)


def test_labels_are_named_and_others_keep_their_text():
    assert label_by_name(column("0", "1", "ham", None, " ", "2.5"), {"0": "no", "1": "yes"}).to_pylist() == [
        "no", "yes", "ham", None, None, "2.5",
    ]  # fmt: skip
    mixed = column(0, 1.0, "ham", None, 2.5, float("nan"), True)
    assert label_by_name(mixed, {"0": "no", "1": "yes"}).to_pylist() == ["no", "yes", "ham", None, "2.5", None, "True"]


def test_whole_floats_are_named_as_integers():
    assert label_by_name(column(1.0, 0.0, float("nan")), {"1": "yes"}).to_pylist() == ["yes", "0", None]


def test_ranges_hold_both_their_ends():
    values = column("-4", "-0.5", "-0.4", "0", "0.5", "4", "4.1", None, "1", "much")
    named = label_by_range(values, {"negative": (-4, -0.5), "positive": (0.5, 4)})
    assert named.to_pylist() == ["negative", "negative", None, None, "positive", "positive", None, None, "positive", None]
    assert label_by_range(column(1, None, 9), {"low": (0, 5)}).to_pylist() == ["low", None, None]


def test_ranges_of_words_are_an_error():
    with pytest.raises(AskWhyError, match="a label column of numbers"):
        label_by_range(column("good", None), {"up": (0, 1)})


def test_several_labels_are_lists_or_cells_with_a_separator():
    names = {"0": "joy", "1": "rage"}
    assert label_sets(column('["0", "1"]', "[]", None, "[1, 1]"), None, names).to_pylist() == [
        ["joy", "rage"],
        [],
        None,
        ["rage"],
    ]
    assert label_sets(column("0; 1", ";", " ", None, "calm"), ";", names).to_pylist() == [
        ["joy", "rage"],
        [],
        None,
        None,
        ["calm"],
    ]
    assert label_sets(column("[joy]", '["rage"]'), None, {}) is None
    assert label_sets(column("joy", "rage"), None, {}) is None
    assert label_sets(column(None, None), None, {}) is None


def test_sets_of_labels_are_equal_as_texts_when_they_are_equal():
    sets = label_sets(column("b;a", "a;b", ";", None), ";", {})
    assert label_texts(sets).to_pylist() == ["a, b", "a, b", NO_CLASS, None]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ([], []),
        (["a"], [0]),
        (["Call 1234 now!", "call  99 NOW", "call now"], [0]),
        (["1 2 3", "4 5 6", "10 2 3", "?!"], [0, 2, 3]),
        (["무료 상품 받기", "무료상품 받기!", "안녕하세요"], [0, 2]),
        (["free prize", "prize free"], [0, 1]),
        (["a b", "b a", "A-B"], [0, 1]),
    ],
)
def test_the_first_of_alike_texts_is_kept(texts, kept):
    assert drop_near_duplicates(texts) == kept


def test_the_threshold_decides():
    texts = ["the cat sat on the mat today", "the cat sat on the mat tonight"]
    assert drop_near_duplicates(texts) == [0, 1]
    assert drop_near_duplicates(texts, threshold=0.5) == [0]
    assert drop_near_duplicates(texts, threshold=0.99) == [0, 1]


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=7).map(" ".join), max_size=25),
    st.sampled_from([0.3, 0.6, 0.9]),
)
def test_no_pair_that_is_alike_is_overlooked(texts, threshold):
    """Against the cosines of every pair."""
    seen: dict[str, int] = {}
    for place, text in enumerate(texts):
        seen.setdefault(text.replace(" ", ""), place)
    kept = sorted(seen.values())
    if not kept:
        return
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+").fit_transform(
        [texts[at] for at in kept]
    )
    close = (vectors @ vectors.T).toarray() >= threshold
    dropped: set[int] = set()
    for later in range(len(kept)):
        if any(close[later, earlier] for earlier in range(later) if earlier not in dropped):
            dropped.add(later)
    assert drop_near_duplicates(texts, threshold) == [at for place, at in enumerate(kept) if place not in dropped]


def test_a_text_like_a_dropped_one_may_stay():
    first, second, third = "one two three four", "three four five six", "five six seven eight"
    assert drop_near_duplicates([first, third], threshold=0.2) == [0, 1]
    assert drop_near_duplicates([second, third], threshold=0.2) == [0]
    assert drop_near_duplicates([first, second, third], threshold=0.2) == [0, 2]


@given(st.lists(st.text(max_size=12), max_size=12))
def test_what_is_kept_is_its_own_best(texts):
    kept = drop_near_duplicates(texts)
    assert kept == sorted(set(kept))
    assert bool(kept) == bool(texts)
    assert drop_near_duplicates([texts[place] for place in kept]) == list(range(len(kept)))
    assert drop_near_duplicates(texts + texts) == kept


@given(counts=st.lists(st.integers(0, 60), min_size=1, max_size=4), seed=st.integers(0, 9))
def test_every_label_is_split_in_the_same_shares(counts, seed):
    labels = [f"label{index}" for index, count in enumerate(counts) for _ in range(count)]
    splits = assign_splits(labels, len(labels), SHARES, seed)
    found = Counter(zip(labels, splits, strict=True))
    for index, count in enumerate(counts):
        assert found[f"label{index}", "test"] == round(count * 0.2)
        assert found[f"label{index}", "validation"] == round(count * 0.1)
    assert set(splits) <= {"train", *SHARES}


def test_rows_without_labels_are_split_all_together():
    splits = assign_splits(None, 50, SHARES, 1)
    assert Counter(splits) == {"train": 35, "test": 10, "validation": 5}
    assert splits == assign_splits(None, 50, SHARES, 1) != assign_splits(None, 50, SHARES, 2)


def test_the_order_of_the_labels_does_not_move_their_rows():
    one = assign_splits(["a", "b"] * 30, 60, SHARES, 3)
    assert one == assign_splits(["a", "b"] * 30, 60, dict(SHARES), 3)
    assert len(set(one[:20])) > 1  # drawn, not taken from the front


@pytest.mark.parametrize("shares", [{"test": 1.0}, {"test": 0.6, "validation": 0.4}, {"test": 2}])
def test_shares_that_leave_no_training_rows(shares):
    with pytest.raises(AskWhyError, match="must add up to less than 1"):
        assign_splits(["a"] * 10, 10, shares, 0)
