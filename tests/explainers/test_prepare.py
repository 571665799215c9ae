"""Label names, near-duplicates and splits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers import AskWhyError
from explainers.prepare import assign_splits, drop_near_duplicates, label_by_name, label_by_range

SHARES = {"test": 0.2, "validation": 0.1}


def test_labels_are_named_and_others_keep_their_text():
    values = pd.Series([0, 1.0, "ham", None, 2.5, np.nan, True], dtype=object)
    named = label_by_name(values, {"0": "no", "1": "yes"})
    assert named.where(named.notna(), None).tolist() == ["no", "yes", "ham", None, "2.5", None, "True"]


def test_whole_floats_are_named_as_integers():
    assert label_by_name(pd.Series([1.0, 0.0, np.nan]), {"1": "yes"}).dropna().tolist() == ["yes", "0"]


def test_ranges_hold_both_their_ends():
    values = pd.Series([-4, -0.5, -0.4, 0, 0.5, 4, 4.1, None, "1", "much"])
    named = label_by_range(values, {"negative": (-4, -0.5), "positive": (0.5, 4)})
    assert named.tolist() == ["negative", "negative", None, None, "positive", "positive", None, None, "positive", None]


def test_ranges_keep_the_index_of_the_rows():
    assert label_by_range(pd.Series([1, 9], index=[7, 3]), {"low": (0, 5)}).to_dict() == {7: "low", 3: None}


def test_ranges_of_words_are_an_error():
    with pytest.raises(AskWhyError, match="a label column of numbers"):
        label_by_range(pd.Series(["good", None]), {"up": (0, 1)})


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
