"""How far the parser is believed, and when it asks: fitted on questions whose programs are known."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.parsing.doubt import FILE, LEAST, Doubt, Judged, calibration_error, fit

SHARE = st.floats(0, 1)
JUDGED = st.builds(Judged, likelihood=SHARE, right=st.booleans(), second=SHARE, second_right=st.booleans())


def overconfident(count: int = 2000) -> list[Judged]:
    """A model that is right half as often as it says."""
    generator = random.Random(3)
    likelihoods = [generator.random() for _ in range(count)]
    return [Judged(said, generator.random() < said / 2) for said in likelihoods]


def test_what_is_fitted_is_how_often_it_is_right():
    doubt = fit(overconfident())
    assert doubt.questions == 2000
    for said in (0.2, 0.5, 0.9):
        assert doubt.confidence(said) == pytest.approx(said / 2, abs=0.08)


def test_calibration_lessens_the_error_on_other_questions():
    judged = overconfident(4000)
    doubt, rest = fit(judged[:2000]), judged[2000:]
    right = [one.right for one in rest]
    raw = calibration_error([one.likelihood for one in rest], right)
    assert raw == pytest.approx(0.25, abs=0.03)
    assert calibration_error([doubt.confidence(one.likelihood) for one in rest], right) < 0.05


@given(st.lists(JUDGED, min_size=LEAST, max_size=120), SHARE, SHARE)
def test_more_likely_is_never_less_believed(judged, one, other):
    doubt = fit(judged)
    low, high = sorted((one, other))
    assert 0 < doubt.confidence(low) <= doubt.confidence(high) < 1


@given(st.lists(JUDGED, max_size=120))
def test_asking_is_rare(judged):
    doubt = fit(judged)
    if doubt.questions:
        beside = sum(one.second > doubt.close for one in judged)
        assert beside <= 0.05 * len(judged)


def test_it_asks_where_asking_mends():
    sure = [Judged(0.95, True, 0.02)] * 90
    mended = [Judged(0.45, False, 0.8, True)] * 3
    needless = [Judged(0.6, True, 0.4)] * 7
    assert fit([*sure, *mended, *needless]).close == 0.8


def test_it_does_not_ask_where_that_mends_nothing():
    assert fit([Judged(0.5, True, 0.9)] * 50).close == 1.0


def test_too_few_questions_leave_the_defaults():
    assert fit([Judged(0.5, True)] * (LEAST - 1)) == Doubt()
    assert Doubt().confidence(0.3) == pytest.approx(0.3)


def test_it_is_kept_beside_the_adapter(tmp_path):
    doubt = fit(overconfident())
    doubt.write(tmp_path)
    assert Doubt.read(tmp_path) == doubt
    assert Doubt.read(tmp_path / "none") == Doubt()


@pytest.mark.parametrize(
    "damage",
    [
        "no json",
        "[]",
        '{"close": 0.5}',
        '{"knots": [], "close": 0.5, "questions": 9}',
        '{"knots": [[0.5, 0.9], [0.7, 0.8]], "close": 0.5, "questions": 9}',
        '{"knots": [[0.5, 0.9]], "close": NaN, "questions": 9}',
        '{"knots": "abc", "close": 0.5, "questions": 9}',
    ],
)
def test_a_damaged_file_is_told(tmp_path, damage):
    (tmp_path / FILE).write_text(damage, "utf-8")
    with pytest.raises(AskWhyError, match=r"is damaged; remove it, or write it anew with `askwhy train parser --measure`"):
        Doubt.read(tmp_path)


def test_the_file_is_json(tmp_path):
    Doubt(close=0.4, questions=30).write(tmp_path)
    assert set(json.loads((tmp_path / FILE).read_text("utf-8"))) == {"knots", "close", "questions"}


@pytest.mark.parametrize(
    ("confidences", "right", "error"),
    [([], [], 0.0), ([1.0, 1.0], [True, True], 0.0), ([0.9, 0.9], [True, False], 0.4), ([0.0, 1.0], [True, False], 1.0)],
)
def test_calibration_error_by_hand(confidences, right, error):
    assert calibration_error(confidences, right) == pytest.approx(error)
