"""Words over many texts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from explainers import AskWhyError, attribute, important_words
from explainers.importance import Importance

TEXTS = ["Free prize now", "free call now", "FREE love, free home", "love home", "now love", "see you", "?!", " "]


@pytest.fixture
def known(additive):
    additive.weights = {"free": 2.0, "Free": 2.0, "FREE": 6.0, "love": -1.0}
    return additive


def test_means_counts_and_ranks(known):
    found = important_words(known, TEXTS, "LABEL_1", minimum=2)
    free = found.words[0]
    # in the third text "FREE" has 6 and the other "free" 2; the text counts once, with their mean
    assert (free.word, free.mean, free.count, free.rows) == ("free", pytest.approx((2 + 2 + 4) / 3), 4, 3)
    assert free.share == pytest.approx(3 / 8)
    assert (found.rows, found.skipped) == (8, 1)
    low, high = stats.t.interval(0.95, 2, loc=8 / 3, scale=stats.sem([2, 2, 4]))
    assert (free.low, free.high) == (pytest.approx(low), pytest.approx(high))
    assert {word.word for word in found.words} == {"free", "love", "home", "now"}
    assert (found.words[-1].word, found.words[-1].mean) == ("love", pytest.approx(-1.0))
    assert found.rank_of(" Free ") == 1
    assert found.rank_of("LOVE") == 4
    assert [word.word for word in found.top(1)] == ["free"]
    assert [word.word for word in found.bottom()] == ["love"]
    assert found.rare == 4  # prize, call, see, you


def test_a_word_in_one_text_has_no_interval(known):
    found = important_words(known, ["free prize"], "LABEL_1", minimum=1)
    assert [(word.low, word.high) for word in found.words] == [(None, None)] * 2
    assert json.loads(json.dumps(found.to_dict()))["words"][0]["word"] == "free"


def test_what_speaks_for_one_of_two_classes_speaks_against_the_other(bert):
    one, other = (important_words(bert, TEXTS[:6], target, minimum=1) for target in ("LABEL_0", "LABEL_1"))
    mirrored = one.mirrored("LABEL_1")
    assert mirrored.target == "LABEL_1"
    for mine, theirs in ((mirrored, other), (mirrored.mirrored("LABEL_0"), one)):
        there = {word.word: word for word in theirs.words}
        assert {word.word for word in mine.words} == set(there)
        for word in mine.words:
            same = there[word.word]
            assert (word.count, word.rows, word.share) == (same.count, same.rows, same.share)
            assert word.mean == pytest.approx(same.mean, abs=1e-5)
            if same.low is None:
                assert (word.low, word.high) == (None, None)
            else:
                assert (word.low, word.high) == pytest.approx((same.low, same.high), abs=1e-5)
    assert [word.mean for word in mirrored.words] == sorted((word.mean for word in mirrored.words), reverse=True)


def test_it_is_told_and_read_again(bert):
    found = important_words(bert, TEXTS[:6], "LABEL_1", minimum=1)
    assert Importance.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_explanations_can_be_given(bert):
    texts = TEXTS[:6]
    made = [attribute(bert, text, "LABEL_1", method="kernel_shap") for text in texts]
    given = important_words(bert, [], "LABEL_1", explanations=made, minimum=2)
    own = important_words(bert, texts, "LABEL_1", method="kernel_shap", minimum=2)
    assert [word.word for word in given.words] == [word.word for word in own.words]
    assert [word.mean for word in given.words] == pytest.approx([word.mean for word in own.words], abs=1e-5)
    assert (given.method, given.signed, given.rows) == (own.method, own.signed, own.rows) == ("kernel_shap", True, 6)


def test_without_a_class_each_text_is_explained_for_its_own(bert):
    found = important_words(bert, TEXTS[:6], minimum=1)
    scores = [{p.text.casefold(): p.score for p in attribute(bert, text, method="occlusion").pieces} for text in TEXTS[:6]]
    assert found.target is None
    now = next(word for word in found.words if word.word == "now")
    assert now.mean == pytest.approx(np.mean([each["now"] for each in scores if "now" in each]), abs=1e-5)


def test_progress_can_cancel(bert):
    class Cancelled(Exception):
        pass

    def stop(done):
        raise Cancelled

    with pytest.raises(Cancelled):
        important_words(bert, TEXTS, "LABEL_1", progress=stop)


def test_bad_input_is_refused(bert):
    with pytest.raises(AskWhyError, match="no class 'eggs'"):
        important_words(bert, TEXTS, "eggs")
    with pytest.raises(AskWhyError, match="no attribution method"):
        important_words(bert, TEXTS, "LABEL_1", method="tarot")
    with pytest.raises(AskWhyError, match="no texts with words"):
        important_words(bert, ["", " "], "LABEL_1")
    with pytest.raises(AskWhyError, match="at least one text"):
        important_words(bert, TEXTS, "LABEL_1", minimum=0)
    mixed = [attribute(bert, "free", method="occlusion"), attribute(bert, "free", method="saliency")]
    with pytest.raises(AskWhyError, match="one method"):
        important_words(bert, [], explanations=mixed)
    with pytest.raises(AskWhyError, match="one method"):
        important_words(bert, [], explanations=[attribute(bert, "free", unit="token", method="occlusion")])
    with pytest.raises(AskWhyError, match="for 'LABEL_0', not for 'LABEL_1'"):
        important_words(bert, [], "LABEL_1", explanations=[attribute(bert, "free", "LABEL_0", method="occlusion")])
    with pytest.raises(AskWhyError, match="fewer than 2 of these texts"):
        important_words(bert, TEXTS, "LABEL_1", minimum=2).rank_of("prize")
