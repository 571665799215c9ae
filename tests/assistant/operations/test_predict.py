"""predict and likelihood against the classifier itself."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.saying.wording import percent


def test_predict_one_row(talk, workspace):
    chances = workspace.classifier.probabilities([workspace.dataset.texts[3]])[0]
    best = workspace.classifier.labels[int(chances.argmax())]
    turn = talk("where id = 3 | predict")
    (prediction,) = turn.results[0].predictions
    assert prediction.label == best
    assert list(prediction.probabilities.values()) == pytest.approx(chances.tolist())
    assert prediction.confidence == max(prediction.probabilities.values())
    assert prediction.correct == (best == "spam")
    assert turn.results[0].counts == {best: 1}
    assert turn.reply.text.startswith(f"The model says {best} for message 3, with a probability of {percent(chances.max())}.")
    assert ("so this answer is wrong" in turn.reply.text) == (best != "spam")


def test_bars_are_every_class_with_the_likeliest_first(talk):
    turn = talk("where id = 3 | predict")
    shown = turn.reply.blocks[0].bars
    assert dict(shown) == turn.results[0].predictions[0].probabilities
    assert [value for _, value in shown] == sorted((value for _, value in shown), reverse=True)


def test_predict_many_rows(talk, workspace):
    chosen = [place for place, label in enumerate(workspace.dataset.table["label"].to_pylist()) if label == "ham"]
    best = workspace.probabilities()[chosen].argmax(axis=1)
    turn = talk("where label = ham | predict")
    result = turn.results[0]
    assert result.rows == len(chosen) == 26
    assert result.counts == {label: int((best == index).sum()) for index, label in enumerate(workspace.classifier.labels)}
    assert [prediction.subject.row for prediction in result.predictions] == chosen[:10]
    assert [prediction.label for prediction in result.predictions] == [workspace.classifier.labels[index] for index in best[:10]]
    assert "Here are the first 10." in turn.reply.text
    assert len(turn.reply.blocks[0].rows) == 10


def test_an_edited_row_has_no_label_to_be_right_about(talk):
    edited = talk("where id = 3 | predict", 'edit old="me" new="us"', "predict")
    assert edited.results[0].predictions[0].correct is None
    assert "message 3 as edited" in edited.reply.text
    assert "label in the data" not in edited.reply.text


def test_a_long_text_is_said_to_be_cut(talk):
    long = talk(f'where text "{"free " * 60}" | predict')
    assert long.results[0].predictions[0].truncated
    assert "only its beginning counts" in long.reply.text
    short = talk('where text "free" | predict')
    assert not short.results[0].predictions[0].truncated
    assert "only its beginning counts" not in short.reply.text


def test_likelihood_of_a_class(talk, workspace):
    chances = dict(
        zip(workspace.classifier.labels, workspace.classifier.probabilities([workspace.dataset.texts[3]])[0], strict=True)
    )
    for label in workspace.classifier.labels:
        turn = talk(f"where id = 3 | likelihood class={label}")
        assert turn.results[0].label == label
        assert turn.results[0].mean[label] == pytest.approx(float(chances[label]))
        assert f"a probability of {percent(chances[label])} of being {label}" in turn.reply.text
    assert talk("where id = 3 | likelihood").results[0].label is None


def test_likelihood_over_rows_is_the_mean(talk, workspace):
    chosen = workspace.rows.select(talk("where sender = bank | count").program.where)
    mean = workspace.probabilities()[chosen].mean(axis=0)
    turn = talk("where sender = bank | likelihood class=spam")
    assert list(turn.results[0].mean.values()) == pytest.approx(mean.tolist())
    assert np.isclose(sum(turn.results[0].mean.values()), 1)
    assert f"the average probability is {percent(float(mean[1]))} for spam" in turn.reply.text
    assert turn.results[0].rows == len(chosen)
