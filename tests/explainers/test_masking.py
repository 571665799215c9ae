"""Masks of many questions: what they hide, and that no row is run twice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainers import AskWhyError, attribute, attribute_many
from explainers.masking import MaskedRows, full, leave_one_out, segment

from tests.explainers import architectures

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


def test_a_whole_text_that_is_known_is_not_run_again(bert):
    made, rows = segment(bert, TEXT), MaskedRows(bert)
    known = torch.tensor([1.0, 2.0])
    rows.know(made, known)
    logits = rows.ask(made, np.vstack([full(len(made)), leave_one_out(len(made))]))
    rows.run()
    assert rows.passes == len(made)
    assert torch.equal(logits()[0], known)


@pytest.mark.parametrize("method", ["occlusion", "lime", "kernel_shap", "partition_shap", "shapley_sampling"])
def test_an_explanation_runs_as_many_rows_as_it_says_and_texts_that_are_alike_share_them(bert, method):
    for text in ("you won free love", " ".join(["free prize call now"] * 4)):
        bert.work.reset()
        alone = attribute(bert, text, method=method)
        rows = bert.work.rows
        assert rows == alone.passes
        bert.work.reset()
        both = attribute_many(bert, [text, text], method=method)
        assert bert.work.rows == rows
        assert both[0].pieces == both[1].pieces


@pytest.mark.parametrize("method", ["occlusion", "lime", "kernel_shap", "partition_shap", "shapley_sampling"])
def test_memory_that_runs_out_changes_no_score(method):
    classifier = architectures.build("bert")
    text = "you won a free prize, call now love"
    expected = attribute(classifier, text, method=method)
    forward, sizes = classifier._forward, []

    def small(ids, *more):
        sizes.append(len(ids))
        if len(ids) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(ids, *more)

    classifier.__dict__["_forward"] = small
    found = attribute(classifier, text, method=method)
    assert max(sizes) > 3 and sizes[-1] <= 3
    np.testing.assert_allclose([p.score for p in found.pieces], [p.score for p in expected.pieces], atol=1e-4)


def test_a_run_that_is_stopped_leaves_nothing_half_known(bert, monkeypatch):
    class Stop(Exception):
        pass

    def stop(share):
        told.append(share)
        if len(told) == 2:
            raise Stop

    told: list[float] = []
    monkeypatch.setattr(bert.queue, "budget", 20)
    made, rows = segment(bert, TEXT), MaskedRows(bert)
    logits = rows.ask(made, leave_one_out(len(made)))
    with pytest.raises(Stop):
        rows.run(stop)
    assert rows.passes == 0 and len(told) == 2 and told[1] < 1
    with pytest.raises(KeyError):
        logits()
    rows.run()
    assert rows.passes == len(made)
    assert logits().isfinite().all()


@pytest.mark.parametrize(("text", "unit", "said"), [(TEXT, "verse", "no unit 'verse'"), ("   ", "word", "no words")])
def test_what_cannot_be_cut_is_refused(bert, text, unit, said):
    with pytest.raises(AskWhyError, match=said):
        segment(bert, text, unit)
