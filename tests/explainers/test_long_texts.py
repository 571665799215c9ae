"""Texts that are longer than the model reads are explained in overlapping windows."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import METHODS, attribute, attribute_many

LONG = "free prize now. You won!\n" * 14 + "love"
FAST = {"samples": 24, "steps": 3}


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("method", METHODS)
def test_the_whole_text_is_explained(name, method, request):
    classifier = request.getfixturevalue(name)
    options = {key: value for key, value in FAST.items() if key in METHODS[method].options}
    found = attribute(classifier, LONG, method=method, **options)
    count = len(classifier.windows(LONG))
    assert found.windows == count > 1 and not found.truncated
    assert " ".join(piece.text for piece in found.pieces) == " ".join(LONG.replace(".", " .").replace("!", " !").split())
    assert [piece.start for piece in found.pieces] == sorted(piece.start for piece in found.pieces)
    assert np.isfinite([piece.score for piece in found.pieces]).all()
    assert found.pieces[-1].score != 0
    assert found.probability == pytest.approx(float(classifier.probabilities([LONG]).max()), abs=1e-5)
    assert attribute(classifier, "free prize", method=method, **options).windows == 1


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("method", METHODS)
def test_only_what_is_read_is_explained_where_that_is_asked_for(name, method, request):
    classifier = request.getfixturevalue(name)
    options = {key: value for key, value in FAST.items() if key in METHODS[method].options}
    end = max(end for _, end in classifier.encode(LONG).offsets)
    found = attribute(classifier, LONG, method=method, whole=False, **options)
    read = attribute(classifier, LONG[:end], method=method, **options)
    assert found.truncated and found.windows == 1 and not read.truncated
    assert [piece.start for piece in found.pieces] == [piece.start for piece in read.pieces]  # the last one may be cut in two
    assert [piece.score for piece in found.pieces] == pytest.approx([piece.score for piece in read.pieces], abs=1e-4)
    assert found.probability == pytest.approx(float(classifier.probabilities([LONG]).max()), abs=1e-5)
    assert not attribute(classifier, "free prize", method=method, whole=False, **options).truncated


def test_a_word_in_two_windows_has_the_mean_of_its_scores(bert):
    target = bert.labels[1]
    found = attribute(bert, LONG, target, method="input_x_gradient")
    sums: dict[tuple[int, int], list[float]] = {}
    for window in bert.windows(LONG):
        inputs, _ = bert.embed(window)
        inputs.requires_grad_()
        bert.as_log_odds(bert.from_embeddings(inputs, window), 1).sum().backward()
        scores = (inputs * inputs.grad).sum(-1)[0].detach().numpy()
        words: dict[tuple[int, int], float] = {}
        for (start, end), special, score in zip(window.offsets, window.special, scores, strict=True):
            if not special:
                piece = next(piece for piece in found.pieces if piece.start <= start and end <= piece.end)
                words[piece.start, piece.end] = words.get((piece.start, piece.end), 0.0) + float(score)
        for span, score in words.items():
            sums.setdefault(span, []).append(score)
    assert max(len(scores) for scores in sums.values()) > 1
    whole = {span: np.mean(scores) for span, scores in sums.items()}
    cut = {
        (piece.start, piece.end)
        for piece in found.pieces
        if len(piece.text) > 1 and piece.text not in ("free", "now", "You", "won", "love")
    }
    for piece in found.pieces:
        if (piece.start, piece.end) not in cut:  # "prize" has several tokens, so a window can end inside it
            assert piece.score == pytest.approx(whole[piece.start, piece.end], abs=1e-5)


@pytest.mark.parametrize("unit", ["sentence", "line", "paragraph"])
def test_a_unit_that_is_cut_has_the_sum_of_its_parts(additive, unit):
    additive.weights = {"love": 2.0}
    text = "free " * 80 + "love"
    found = attribute(additive, text, "LABEL_1", method="occlusion", unit=unit)
    assert found.windows > 1
    (piece,) = found.pieces
    assert piece.text == text
    held = sum((window.offsets[-2][1] - window.offsets[1][0]) / len(text) for window in additive.windows(text))
    assert 1 < held < found.windows
    assert piece.score == pytest.approx(2.0 / held, abs=1e-4)  # one window loses 2, the others nothing


def test_tokens_are_counted_once(gpt2):
    found = attribute(gpt2, LONG, method="saliency", unit="token")
    assert "".join(piece.text for piece in found.pieces) == LONG


def test_long_and_short_texts_together(bert):
    together = attribute_many(bert, [LONG, "free prize", LONG[:150]], steps=8)
    for text, found in zip([LONG, "free prize", LONG[:150]], together, strict=True):
        alone = attribute(bert, text, steps=8)
        assert found.windows == alone.windows
        np.testing.assert_allclose([piece.score for piece in found.pieces], [piece.score for piece in alone.pieces], atol=1e-5)


def test_blank_windows_are_passed_over(gpt2):
    text = "free" + " " * 200 + "love"
    found = attribute(gpt2, text, method="occlusion")
    assert [piece.text for piece in found.pieces] == ["free", "love"]
    assert found.windows == 2 < len(gpt2.windows(text))
    assert found.probability == pytest.approx(float(gpt2.probabilities([text]).max()), abs=1e-5)


def test_where_one_window_has_all_words_the_model_still_answers_to_the_beginning(gpt2):
    text = "\n" * 110 + "free"
    found = attribute(gpt2, text, gpt2.labels[0])
    assert found.windows == 1
    assert found.probability == pytest.approx(float(gpt2.probabilities([text])[0, 0]), abs=1e-5)
