"""Rows sorted by a field, against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ..told import facts, say, told

TEXTS = ["one two", "one", "a b c. d!", "many more words are in this one", "x y"]


def rows() -> pd.DataFrame:
    return pd.DataFrame({
        "text": TEXTS,
        "price": [30.5, None, 7, 1200, 7],
        "sent": pd.to_datetime(["2024-03-01", "2024-01-05", "2024-02-01", None, "2024-06-30"]),
        "sender": ["bank", "friend", "bank", "bank", "friend"],
    })  # fmt: skip


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    return told(tmp_path_factory.mktemp("sorted"), rows())


def measured(field: str) -> pd.Series:
    if field == "words":
        return pd.Series([len(text.split()) for text in TEXTS])
    return pd.Series([len(text) for text in TEXTS]) if field == "characters" else rows()[field]


@pytest.mark.parametrize("order", ["descending", "ascending"])
@pytest.mark.parametrize("field", ["words", "characters", "price", "sent"])
def test_rows_come_in_pandas_order(prices, field, order):
    result = facts(prices, f"show n=5 by={field} order={order}")
    wanted = measured(field).sort_values(ascending=order == "ascending", kind="stable", na_position="last")
    if order == "descending":  # pandas turns ties around with the rest, which a reader would not
        wanted = (
            measured(field)
            .rename("value")
            .reset_index()
            .sort_values(["value", "index"], ascending=[False, True])
            .set_index("index")
            .value
        )
    assert [subject.row for subject in result.subjects] == wanted.index.tolist()
    assert result.order.missing == wanted.isna().sum()


def test_confidence_is_the_models_own(talk, workspace):
    confidence = workspace.probabilities().max(axis=1)
    result = talk("show n=50 by=confidence order=ascending").results[0]
    assert [subject.row for subject in result.subjects] == np.argsort(confidence, kind="stable").tolist()
    assert list(result.order.values) == pytest.approx(sorted(confidence.tolist()), abs=1e-6)


SAID = [
    ("show n=1 by=words", "The longest of 5 messages is message 3, with 7 words:\n“many more words are in this one”"),
    ("show n=1 by=words order=ascending", "The shortest of 5 messages is message 1, with 1 word:"),
    ("where sender = bank | show n=1 by=price", "Of 3 messages"),
    ("show n=1 by=price", "Of 5 messages, message 3 has the highest price, 1200:"),
    ("show n=1 by=sent", "The latest of 5 messages is message 4, of 2024-06-30:"),
    ("show n=2 by=price order=ascending", "There are 5 messages; here are the first 2, those with the lowest price first."),
    ("show n=5 by=sent order=ascending", "There are 5 messages, earliest first."),
]  # fmt: skip


@pytest.mark.parametrize(("command", "said"), SAID)
def test_the_order_is_said(prices, command, said):
    assert said in say(prices, command).reply.text


def test_rows_without_a_value_are_said_to_come_last(prices):
    assert "1 message without a value for price comes last." in say(prices, "show n=5 by=price").reply.text


def test_the_table_has_the_values(prices):
    (table,) = [block for block in say(prices, "show n=5 by=price").reply.blocks if block.kind == "table"]
    assert table.columns[1] == "price" and [row[1] for row in table.rows] == ["1200", "30.5", "7", "7", "–"]


def test_more_goes_on_in_the_same_order(talk):
    whole = talk("show n=6 by=words").results[0]
    assert talk("show n=3 by=words", "more").results[0].subjects == whole.subjects[3:]


def test_the_row_that_came_first_is_what_it_means_next(talk):
    longest = talk("show n=1 by=words").results[0].subjects[0]
    assert talk("show n=1 by=words", "predict").results[0].predictions[0].subject.row == longest.row


def test_an_order_without_a_field_is_by_words(prices):
    assert facts(prices, "show order=ascending").order.by == "words"


def test_an_order_is_of_the_rows_and_not_of_the_text_in_question(talk):
    assert talk("where id = 3 | predict", "clear", "show order=ascending").results[0].rows == 40


def test_a_column_of_names_has_no_order(prices):
    turn = say(prices, "show by=sender")
    assert turn.reply.text.startswith("sender is no number and no date")
