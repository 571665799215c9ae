"""keywords, counted and scored by hand."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd
import pytest

from ..told import facts, say, told

WORDS = {"spam": ["free", "prize", "claim"], "ham": ["dinner", "home", "love"]}
ROWS = pd.DataFrame({
    "text": [
        *(f"the FREE {WORDS['spam'][row % 3]} {'home' if row % 5 == 0 else ''}!" for row in range(20)),
        *(f"it's {WORDS['ham'][row % 3]}, {WORDS['ham'][row % 3]} {'prize' if row == 3 else ''}" for row in range(40)),
    ],
    "label": ["spam"] * 20 + ["ham"] * 40,
})  # fmt: skip
COUNTS = {
    label: Counter(
        word
        for text in ROWS.text[ROWS.label == label]
        for word in set(text.lower().replace("!", "").replace(",", "").split()) - {"the", "it's"}
    )
    for label in WORDS
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return told(tmp_path_factory.mktemp("keywords"), ROWS, label="label")


def pairs(result) -> list[tuple[str, int]]:
    return [(item.word, item.rows) for item in result.words]


@pytest.mark.parametrize(("order", "sign"), [("frequent", -1), ("rare", 1)])
def test_in_how_many_rows_each_word_is(assistant, order, sign):
    for label, counts in COUNTS.items():
        result = facts(assistant, f"where label = {label} | keywords order={order}")
        assert pairs(result) == sorted(counts.items(), key=lambda pair: (sign * pair[1], pair[0]))
        assert (result.distinct, result.total, result.rows) == (len(counts), len(counts), sum(ROWS.label == label))


def test_all_rows_and_the_most_frequent_are_the_default(assistant):
    together = COUNTS["ham"] + COUNTS["spam"]
    result = facts(assistant, "keywords")
    assert result.order == "frequent"
    assert pairs(result) == sorted(together.items(), key=lambda pair: (-pair[1], pair[0]))
    assert (result.rows, result.others) == (60, 0)


def test_words_that_set_rows_apart_are_scored_against_the_other_rows(assistant):
    result = facts(assistant, "where label = spam | keywords order=distinctive")
    meant = {}
    for word, here in COUNTS["spam"].items():
        a, b = here + 0.5, 20 - here + 0.5
        c, d = COUNTS["ham"][word] + 0.5, 40 - COUNTS["ham"][word] + 0.5
        meant[word] = (math.log(a / b) - math.log(c / d)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    kept = sorted((word for word in meant if meant[word] > 1.96), key=lambda word: -meant[word])
    assert [item.word for item in result.words] == kept
    assert "free" in kept and "home" not in kept
    assert [item.score for item in result.words] == pytest.approx([meant[word] for word in kept])
    assert [item.others for item in result.words] == [COUNTS["ham"][word] for word in kept]
    assert result.others == 40


def test_so_many_words_and_then_more_to_the_end_and_past_it(assistant):
    commands = ["where label = spam | keywords n=2"]
    seen = []
    for _ in range(2):
        turn = say(assistant, *commands)
        seen += pairs(turn.results[0])
        assert "Show more" in turn.reply.suggestions if len(seen) < 4 else "Show more" not in turn.reply.suggestions
        commands.append("more")
    assert seen == pairs(facts(assistant, "where label = spam | keywords"))
    for _ in range(2):
        turn = say(assistant, *commands)
        assert (turn.results[0].words, turn.reply.blocks) == ((), ())
        assert turn.reply.text == "There are no more words."
        commands.append("more")
    assert say(assistant, *commands[:2]).reply.text.startswith("The next most frequent of 4 words in 20 messages labelled spam")


def test_no_word_stands_out_where_all_are_alike(assistant):
    turn = say(assistant, "where id < 15 and label = ham | count", "where id in (22, 25) | keywords order=distinctive")
    assert turn.reply.text == "No words stand out in the 2 messages with id 22 or 25."


BAD = [
    ("keywords order=distinctive", "Words can only set some rows apart from the others"),
    ("keywords order=longest", "'order' of 'keywords' takes no 'longest'"),
    ("keywords n=0", "'n' of 'keywords' takes a whole number from 1 to 100, not '0'"),
    ('where text "free" | keywords', "Keywords need rows of the data"),
]


@pytest.mark.parametrize(("command", "said"), BAD, ids=[command for command, _ in BAD])
def test_what_cannot_be_told(assistant, command, said):
    turn = say(assistant, command)
    assert turn.failed
    assert turn.reply.text.startswith(said)
