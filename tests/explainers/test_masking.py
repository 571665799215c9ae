"""Masks of many questions: what they hide, and that no row is run twice."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import AskWhyError
from explainers.masking import MaskedRows, full, leave_one_out, segment

TEXT = "You won a free prize!"


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("unit", ["token", "word", "sentence"])
def test_every_unit_owns_a_token_and_no_special_token_has_an_owner(name, unit, request):
    made = segment(request.getfixturevalue(name), TEXT, unit)
    assert sorted(set(made.owners.tolist()) - {-1}) == list(range(len(made)))
    assert (made.owners[np.array(made.encoding.special, dtype=bool)] == -1).all()


def test_units_that_the_model_does_not_read_are_left_out(bert):
    text = " ".join(["love"] * 200)
    made = segment(bert, text)
    assert made.encoding.truncated
    assert 0 < len(made) < 200
    assert [span.of(text) for span in made.spans] == ["love"] * len(made)


def test_rows_are_those_of_the_classifier(bert):
    made, rows = segment(bert, TEXT), MaskedRows(bert)
    masks = np.vstack([full(len(made)), leave_one_out(len(made))])
    logits = rows.ask(made, masks)
    rows.run()
    for mask, row in zip(masks, logits(), strict=True):
        kept = np.array([owner < 0 or mask[owner] for owner in made.owners])
        np.testing.assert_allclose(bert.forward([made.encoding], keep=[kept])[0], row, atol=1e-5)


def test_no_row_is_run_twice(bert):
    made, rows = segment(bert, TEXT), MaskedRows(bert)
    first = rows.ask(made, np.vstack([full(len(made)), full(len(made)), leave_one_out(len(made))]))
    again = rows.ask(segment(bert, TEXT, "sentence"), full(1))  # everything shown, though by another unit
    rows.run()
    assert rows.passes == len(made) + 1
    np.testing.assert_array_equal(first()[0], again()[0])
    later = rows.ask(made, leave_one_out(len(made)))
    rows.run()
    assert rows.passes == len(made) + 1
    np.testing.assert_array_equal(later(), first()[2:])


@pytest.mark.parametrize(("text", "unit", "said"), [(TEXT, "verse", "no unit 'verse'"), ("   ", "word", "no words")])
def test_what_cannot_be_cut_is_refused(bert, text, unit, said):
    with pytest.raises(AskWhyError, match=said):
        segment(bert, text, unit)
