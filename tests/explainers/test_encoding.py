"""Windows over a long text: nothing is left out, nothing is too long, and offsets are those of the whole text."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explainers import AskWhyError

LONG = " ".join(f"free prize {'call you ' * (number % 4)}now!" for number in range(40))


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
@pytest.mark.parametrize("overlap", [None, 0, 1, 30])
def test_windows_hold_the_whole_text_in_order(name, overlap, request):
    classifier = request.getfixturevalue(name)
    windows = classifier.windows(LONG, overlap)
    marks = classifier.tokenizer(LONG, return_offsets_mapping=True, return_special_tokens_mask=True)
    plain = [
        tuple(offset)
        for offset, special in zip(marks["offset_mapping"], marks["special_tokens_mask"], strict=True)
        if not special
    ]
    inside = [
        [offset for offset, special in zip(window.offsets, window.special, strict=True) if not special] for window in windows
    ]
    places = {offset: place for place, offset in enumerate(plain)}
    covered = [[places[offset] for offset in offsets] for offsets in inside]
    assert all(run == list(range(run[0], run[-1] + 1)) for run in covered)
    assert (covered[0][0], covered[-1][-1]) == (0, len(plain) - 1)
    least = 14 if overlap is None else overlap
    assert all(before[-1] + 1 - after[0] >= least for before, after in pairwise(covered))
    assert {len(window.ids) for window in windows} == {classifier.max_tokens}
    for window in windows:
        assert (window.text, window.truncated) == (LONG, True)
        assert [mark for mark in window.special] == [token in classifier.tokenizer.all_special_ids for token in window.ids]


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_a_short_text_is_one_window_and_the_first_is_what_the_model_reads(name, request):
    classifier = request.getfixturevalue(name)
    (window,) = classifier.windows("you won")
    assert window == classifier.encode("you won")
    assert not window.truncated
    for text in ("you won", LONG):
        cut = classifier.tokenizer(text, truncation=True, max_length=classifier.max_tokens, return_offsets_mapping=True)
        encoding = classifier.encode(text)
        assert list(encoding.ids) == cut["input_ids"]
        assert list(encoding.offsets) == [tuple(offset) for offset in cut["offset_mapping"]]
        assert encoding == classifier.windows(text)[0]


def test_an_overlap_must_leave_room(bert):
    for overlap in (-1, 58, 100):
        with pytest.raises(AskWhyError, match=f"Windows of 58 tokens cannot overlap by {overlap}; choose from 0 to 57"):
            bert.windows(LONG, overlap)


def test_a_text_without_tokens_is_refused_where_there_are_no_special_ones(gpt2, bert):
    with pytest.raises(AskWhyError, match="no words in this text that the model can read"):
        gpt2.encode("")
    with pytest.raises(AskWhyError, match="no words in this text that the model can read"):
        gpt2.probabilities(["free", ""])
    assert all(bert.encode("").special)
    assert bert.probabilities(["", "  \n"]).shape == gpt2.probabilities([" ", "\n\t"]).shape == (2, 2)
