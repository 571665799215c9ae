"""statistics against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assistant.operations.statistics import BINS, VALUES, summarise

from ..told import facts, say, told

TEXTS = ["one two", "one", "a b c. d!", "many more words are in this one", "x y"] * 4


def rows() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame({
        "text": TEXTS,
        "age": [None, *generator.normal(40, 9, len(TEXTS) - 1)],
        "year": generator.integers(1990, 2021, len(TEXTS)),
        "price": generator.integers(10_000, 9_000_000, len(TEXTS)),
        "sent": pd.date_range("2024-01-30", periods=len(TEXTS)),
        "sender": [None, None, *(["bank"] * 10), *(["friend"] * 8)],
        "nothing": [None] * len(TEXTS),
        "same": [7] * len(TEXTS),
        "place": [f"town {number}" for number in range(len(TEXTS))],
        "later": [True] * 15 + [False] * 5,
    })  # fmt: skip


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return told(tmp_path_factory.mktemp("statistics"), rows())


@pytest.mark.parametrize("column", ["age", "year", "price", "same"])
def test_numbers_are_pandas(assistant, column):
    result, known = facts(assistant, f"statistics of={column}"), rows()[column].dropna()
    found = result.summary
    assert (found.mean, found.deviation) == pytest.approx((known.mean(), known.std()))
    assert (found.low, *found.quartiles, found.high) == pytest.approx(known.quantile([0, 0.25, 0.5, 0.75, 1]).tolist())
    assert (result.rows, result.missing) == (20, rows()[column].isna().sum())


@pytest.mark.parametrize("field", ["words", "characters", "sentences"])
def test_lengths(assistant, field):
    counted = {
        "words": [2, 1, 4, 7, 2] * 4,
        "characters": [len(text) for text in TEXTS],
        "sentences": [1, 1, 2, 1, 1] * 4,
    }[field]
    result = facts(assistant, f"statistics of={field}")
    assert (result.summary.mean, result.missing) == (pytest.approx(np.mean(counted)), 0)


def test_words_are_the_default(assistant):
    assert facts(assistant, "statistics").of == "words"


def test_of_the_chosen_rows_only(assistant):
    turn = say(assistant, "where year > 2005 | statistics of=year")
    known = rows().year[rows().year > 2005]
    assert turn.results[0].summary.mean == pytest.approx(known.mean())
    assert turn.reply.text.startswith(f"Over {len(known)} messages with year above 2005, year is ")


def test_values_are_counted(assistant):
    result = facts(assistant, "statistics of=sender")
    assert (result.counts, result.distinct, result.missing) == ((("bank", 10), ("friend", 8)), 2, 2)
    turn = say(assistant, "statistics of=sender")
    assert "over 18 messages; the commonest is bank, with 10 (56%)." in turn.reply.text
    assert turn.reply.text.endswith("2 messages without a value are left out.")
    assert facts(assistant, "statistics of=later").counts == (("true", 15), ("false", 5))


def test_only_the_commonest_of_many_values(tmp_path):
    many = pd.DataFrame({"text": ["x"] * 30, "place": [f"town {number}" for number in range(30)]})
    result = facts(told(tmp_path, many), "statistics of=place")
    assert (len(result.counts), result.distinct) == (VALUES, 30)


def test_dates_have_ends(assistant):
    result = facts(assistant, "statistics of=sent")
    assert result.ends == ("2024-01-30", "2024-02-18")
    assert "from 2024-01-30 to 2024-02-18, over 20 messages." in say(assistant, "statistics of=sent").reply.text


def test_a_column_without_values(assistant):
    turn = say(assistant, "statistics of=nothing")
    assert not turn.failed
    assert turn.reply.text == "None of the 20 messages has a value for nothing."
    assert turn.reply.blocks == ()


def test_one_value_for_all(assistant):
    assert say(assistant, "statistics of=same").reply.text == "All 20 messages have the same same, 7."
    assert say(assistant, "where id = 1 | statistics").reply.text == "The 1 message with id 1 has 1 word."


def test_the_answer_in_words(assistant):
    assert say(assistant, "statistics").reply.text == (
        "20 messages have 3.2 words on average; half of them lie between 2 and 4, all between 1 and 7."
    )


def test_large_numbers_are_written_out(assistant):
    said = say(assistant, "statistics of=price").reply
    assert "e+" not in said.text + "".join(name for name, _ in said.blocks[0].bars)


@pytest.mark.parametrize(
    "numbers", [[1, 2, 3], [1990, 2020, 2001, 2001], [0.5, 2.5, 9.75], [-3, 40, 7], [5, 5], [0.25], [-0.5, 1e9]]
)
def test_each_number_is_in_one_bin(numbers):
    bins = summarise(np.array(numbers, dtype=float)).bins
    assert len(bins) <= BINS
    assert sum(count for *_, count in bins) == len(numbers)
    assert bins[0][0] == min(numbers) and bins[-1][1] == max(numbers)
    whole = all(float(number).is_integer() for number in numbers)
    for place, (low, high, count) in enumerate(bins):
        upper = (lambda x, high=high: x <= high) if whole or place == len(bins) - 1 else (lambda x, high=high: x < high)
        assert sum(low <= number and upper(number) for number in numbers) == count


BAD = [
    ("statistics of=colour", "'of' of 'statistics' takes a field or column, and 'colour' is none"),
    ("statistics of=label", "The data has no label column"),
    ('where text "free" | statistics', "Statistics need rows of the data"),
    ("where id = 99 | statistics", "There is no message 99"),
]


@pytest.mark.parametrize(("command", "said"), BAD, ids=[command for command, _ in BAD])
def test_what_cannot_be_told(assistant, command, said):
    turn = say(assistant, command)
    assert turn.failed
    assert turn.reply.text.startswith(said)
