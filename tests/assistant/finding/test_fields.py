"""Values of fields, and the bands that they are cut into."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from explainers.errors import AskWhyError
from explainers.units import count_units

from assistant.context import Context
from assistant.conversation import Conversation
from assistant.finding.fields import BANDS, bands, is_date, is_number, tally, values

from ..told import says, told

TEXTS = ["free call now", "see you. Love!", "home", "win", "a b c d", "it's me"]
ROWS = pd.DataFrame({
    "text": TEXTS,
    "label": ["spam", "ham", "ham", None, "ham", "spam"],
    "age": [30.0, None, 10.5, float("inf"), 10.5, 70.0],
    "year": [2001, 2003, 2003, 2010, 2020, 2001],
    "sent": pd.to_datetime(["2024-01-01", "2024-03-01", None, "2024-02-01", "2024-01-15", "2024-12-31"]),
    "known": [True, False, None, True, True, False],
    "sender": ["bank", "friend", None, "bank", "bank", "friend"],
})  # fmt: skip
ANSWERS = ["spam", "ham", "spam", "ham", "ham", "ham"]


@pytest.fixture(scope="module")
def context(tmp_path_factory) -> Context:
    answers = says(ANSWERS, sure=[0.9, 0.6, 0.7, 0.8, 0.95, 0.5])
    made = told(tmp_path_factory.mktemp("fields"), ROWS, answers, label="label")
    return Context(made.workspace, Conversation(), None, (), None, lambda stage, share: None)


EVERY = np.arange(len(ROWS))


@pytest.mark.parametrize("field", ["characters", "words", "sentences"])
def test_what_is_counted_in_a_text(context, field):
    count = {"characters": len}.get(field, lambda text: count_units(text, field.removesuffix("s")))
    assert values(context, field, EVERY).to_pylist() == [count(text) for text in TEXTS]


def test_what_the_model_says(context):
    assert values(context, "prediction", EVERY).to_pylist() == ANSWERS
    assert values(context, "confidence", EVERY).to_pylist() == pytest.approx([0.9, 0.6, 0.7, 0.8, 0.95, 0.5])


def test_columns_in_the_order_of_the_rows_that_are_asked_for(context):
    assert values(context, "sender", np.array([4, 0, 2])).to_pylist() == ["bank", "bank", None]
    assert values(context, "label", np.array([3, 1])).to_pylist() == [None, "ham"]
    assert len(values(context, "age", np.array([], dtype=int))) == 0


def test_what_is_not_finite_is_missing(context):
    assert values(context, "age", EVERY).to_pylist() == [30.0, None, 10.5, None, 10.5, 70.0]


def test_truth_values_are_called_as_conditions_call_them(context):
    found = values(context, "known", EVERY)
    assert found.to_pylist() == ["true", "false", None, "true", "true", "false"]
    assert tally(found) == [("true", 3), ("false", 2)]


def test_a_field_that_is_not_there(tmp_path):
    bare = told(tmp_path, ROWS[["text"]])
    context = Context(bare.workspace, Conversation(), None, (), None, lambda stage, share: None)
    with pytest.raises(AskWhyError, match="The data has no label column"):
        values(context, "label", np.arange(2))


def test_the_commonest_value_comes_first_and_nulls_do_not_count():
    assert tally(pa.array(["b", "a", None, "a", "c", "b"])) == [("a", 2), ("b", 2), ("c", 1)]
    assert tally(pa.array([None, None], pa.string())) == []


def test_kinds():
    assert is_number(pa.array([1])) and is_number(pa.array([0.5]))
    assert not is_number(pa.array(["1"])) and not is_number(pa.array([True]))
    assert is_date(pa.array([datetime.date(2024, 1, 1)])) and is_date(pa.array(pd.to_datetime(["2024-01-01"])))


def cut(found: pa.Array, field: str = "x", **options) -> list[tuple[str, list[int]]]:
    return [(band.name, band.places.tolist()) for band in bands(found, field, **options)]


def test_numbers_are_cut_into_equal_shares():
    found = bands(pa.array(range(100)), "age")
    assert len(found) == BANDS
    assert [len(band.places) for band in found] == [25, 25, 25, 25]
    assert found[0].name == "age 0 to 24" and found[-1].name == "age 75 to 99"
    assert np.concatenate([band.places for band in found]).tolist() == list(range(100))


def test_each_row_with_a_value_is_in_one_band():
    generator = np.random.default_rng(0)
    for size in (1, 2, 3, 7, 50):
        numbers = generator.integers(0, 6, size).tolist()
        numbers[0] = None
        places = [place for _, inside in cut(pa.array(numbers, pa.int64())) for place in inside]
        assert sorted(places) == [place for place, number in enumerate(numbers) if number is not None]


def test_names_of_bands_say_what_is_in_them():
    assert cut(pa.array([1, 1, 1, 1])) == [("x 1", [0, 1, 2, 3])]
    assert cut(pa.array([0.5, 1.25])) == [("x 0.5", [0]), ("x 1.25", [1])]
    assert [name for name, _ in cut(pa.array([2001] * 9 + [1_500_000]))] == ["x 2001", "x 1,500,000"]


def test_dates_are_cut_and_named_by_day():
    days = pa.array(pd.date_range("2024-01-01", periods=8))
    assert cut(days, "sent")[0] == ("sent 2024-01-01 to 2024-01-02", [0, 1])
    assert [places for _, places in cut(days)] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert cut(pa.array([datetime.date(2024, 1, 5), None])) == [("x 2024-01-05", [0])]


def test_categories_by_how_often_they_occur_and_at_most_so_many():
    found = pa.array(["a", "b", None, "b", "c", "b", "a"])
    assert cut(found, "sender") == [("sender b", [1, 3, 5]), ("sender a", [0, 6]), ("sender c", [4])]
    assert cut(found, "sender", most=1) == [("sender b", [1, 3, 5])]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.string(), pa.timestamp("s")])
def test_no_value_no_band(kind):
    assert cut(pa.array([None, None], kind)) == []
    assert cut(pa.array([], kind)) == []
