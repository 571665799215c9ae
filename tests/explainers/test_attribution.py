"""Attribution on models without special tokens, and on one whose right answer is known."""

from __future__ import annotations

import json
from itertools import combinations
from math import comb

import numpy as np
import pytest

from explainers import METHODS, AskWhyError, Explanation, Piece, attribute, attribute_many
from explainers.attribution.masks import EXACT_UNITS
from explainers.cache import forget
from explainers.units import UNITS, assign, units

from tests.explainers import architectures

TEXT = "You won a free prize!\nCall now, 안녕 👍 love."
FEW = {"gradient_shap": {"samples": 10}, "lime": {"samples": 100}}
WORDS = "you won a free prize call now love ok"  # as many as are counted out exactly


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["gpt2", "roberta"])
def test_byte_level_models(name, method, unit, request):
    classifier = request.getfixturevalue(name)
    explanation = attribute(classifier, TEXT, method=method, unit=unit, **FEW.get(method, {}))
    assert (explanation.method, explanation.unit, explanation.model) == (method, unit, classifier.fingerprint)
    assert all(TEXT[piece.start : piece.end] == piece.text != "" for piece in explanation.pieces)
    assert np.isfinite([piece.score for piece in explanation.pieces]).all()
    assert any(piece.score != 0 for piece in explanation.pieces)
    rows = classifier.forward([classifier.encode(TEXT)])
    assert explanation.value == pytest.approx(float(classifier.as_log_odds(rows, classifier.index(explanation.target))), abs=1e-4)
    if unit != "token":
        assert [piece.text for piece in explanation.pieces] == [span.of(TEXT) for span in units(TEXT, unit)]
    if explanation.converged and METHODS[method].complete:
        change = explanation.value - explanation.baseline
        assert explanation.total == pytest.approx(change, abs=max(0.02 * abs(change), 0.02) + 1e-4)
    again = attribute(classifier, TEXT, method=method, unit=unit, **FEW.get(method, {}))
    assert again.pieces == explanation.pieces


@pytest.mark.parametrize("name", ["bert", "gpt2", "roberta"])
def test_integrated_gradients_reach_the_tolerance_and_total_the_same_for_every_unit(name, request):
    classifier = request.getfixturevalue(name)
    found = [attribute(classifier, TEXT, unit=unit) for unit in UNITS]
    assert all(explanation.converged for explanation in found)
    assert all(explanation.total == pytest.approx(found[0].total, abs=1e-5) for explanation in found)
    assert abs(found[0].total - (found[0].value - found[0].baseline)) == pytest.approx(
        found[0].gap * max(abs(found[0].value - found[0].baseline), 0.02), abs=1e-4
    )


def test_gradients_are_autograds(bert):
    encoding = bert.encode(TEXT)
    inputs, _ = bert.embed(encoding)
    inputs.requires_grad_()
    bert.as_log_odds(bert.from_embeddings(inputs, encoding), 1).sum().backward()
    text = ~np.array(encoding.special)
    first = [piece.score for piece in attribute(bert, TEXT, "LABEL_1", method="input_x_gradient", unit="token").pieces]
    np.testing.assert_allclose(first, (inputs.grad * inputs).sum(-1)[0].detach().numpy()[text], atol=1e-5)
    second = [piece.score for piece in attribute(bert, TEXT, "LABEL_1", method="grad_l2", unit="token").pieces]
    np.testing.assert_allclose(second, inputs.grad.norm(dim=-1)[0].numpy()[text], atol=1e-5)
    third = [piece.score for piece in attribute(bert, TEXT, "LABEL_1", method="saliency", unit="token").pieces]
    np.testing.assert_allclose(third, inputs.grad.abs().sum(-1)[0].numpy()[text], atol=1e-5)


def shapley(classifier, text: str, target: int) -> tuple[list[float], float]:
    """Shapley values of the words by their definition, and the change from no word to all of them."""
    encoding = classifier.encode(text)
    owners = np.array(assign(text, encoding.offsets, units(text, "word")))
    owners[np.array(encoding.special, dtype=bool)] = -1
    everyone = range(owners.max() + 1)
    sets = [frozenset(shown) for size in range(len(everyone) + 1) for shown in combinations(everyone, size)]
    keep = [np.array([owner < 0 or owner in shown for owner in owners]) for shown in sets]
    rows = classifier.forward([encoding] * len(keep), keep=keep)
    odds = dict(zip(sets, classifier.as_log_odds(rows, target).double().tolist(), strict=True))
    found = []
    for word in everyone:
        others = [shown for shown in sets if word not in shown]
        parts = [(odds[rest | {word}] - odds[rest]) / comb(len(everyone) - 1, len(rest)) for rest in others]
        found.append(sum(parts) / len(everyone))
    return found, odds[frozenset(everyone)] - odds[frozenset()]


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_kernel_shap_of_nine_words_is_exact(name, request):
    classifier = request.getfixturevalue(name)
    target = classifier.labels[-1]
    expected, change = shapley(classifier, WORDS, len(classifier.labels) - 1)
    found = attribute(classifier, WORDS, target, method="kernel_shap")
    assert len(found.pieces) == EXACT_UNITS
    assert found.parameters["exact"]
    np.testing.assert_allclose([piece.score for piece in found.pieces], expected, atol=1e-4)
    assert sum(piece.score for piece in found.pieces) == pytest.approx(change, abs=1e-4)
    assert found.value - found.baseline == pytest.approx(change, abs=1e-4)


def test_kernel_shap_of_a_multi_label_model_is_exact():
    classifier = architectures.build("bert", 3, problem_type="multi_label_classification")
    expected, _ = shapley(classifier, "free prize call now", 2)
    found = attribute(classifier, "free prize call now", classifier.labels[2], method="kernel_shap")
    np.testing.assert_allclose([piece.score for piece in found.pieces], expected, atol=1e-4)


@pytest.mark.parametrize("method", ["occlusion", "lime", "kernel_shap", "partition_shap", "shapley_sampling"])
@pytest.mark.parametrize("count", [2, 4, 9, 10, 20])
def test_a_sum_of_words_is_given_back_word_by_word(additive, method, count):
    words = ["free", "prize", "love", "home"][:count]
    text = " ".join(words + [f"w{place}" for place in range(count - len(words))])
    additive.weights = {"free": 2.0, "prize": 0.5, "love": -1.5, "home": -0.25}
    found = attribute(additive, text, "LABEL_1", method=method)
    scores = {piece.text: piece.score for piece in found.pieces}
    assert {word: scores[word] for word in words} == pytest.approx({word: additive.weights[word] for word in words}, abs=2e-3)
    assert all(abs(score) < 2e-3 for word, score in scores.items() if word not in words)
    other = attribute(additive, text, "LABEL_0", method=method)
    assert [piece.score for piece in other.pieces] == pytest.approx([-piece.score for piece in found.pieces], abs=1e-6)
    if method == "lime":
        assert found.fit == pytest.approx(1.0, abs=1e-3)


def test_lime_says_how_badly_a_sum_fits(additive):
    additive.weights, additive.bonus = {"free": 1.0, "prize": 1.0, "love": -1.0}, 3.0
    found = attribute(additive, "free prize love now", "LABEL_1", method="lime")
    assert 0 < found.fit < 0.99
    signs = {piece.text: np.sign(round(piece.score, 2)) for piece in found.pieces}
    assert signs["free"] == signs["prize"] == 1
    scores = {piece.text: piece.score for piece in found.pieces}
    assert abs(scores["now"]) < 0.25 * scores["free"]  # not 0: the more words are shown, the likelier are all three


@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
@pytest.mark.parametrize("method", METHODS)
def test_one_word_is_enough(name, method, request):
    classifier = request.getfixturevalue(name)
    found = attribute(classifier, "free", method=method)
    assert [piece.text for piece in found.pieces] == ["free"]
    if found.converged and METHODS[method].family == "shapley":
        assert found.pieces[0].score == pytest.approx(found.value - found.baseline, abs=1e-5)
    if method == "occlusion":
        assert found.pieces[0].score == pytest.approx(
            attribute(classifier, "free", method="kernel_shap").pieces[0].score, abs=1e-5
        )


def test_tokens_are_pieces_one_by_one(bert):
    encoding = bert.encode(TEXT)
    pieces = attribute(bert, TEXT, method="occlusion", unit="token").pieces
    inside = [span for span, special in zip(encoding.offsets, encoding.special, strict=True) if not special]
    assert [(piece.start, piece.end) for piece in pieces] == inside


def test_errors_name_what_there_is(bert):
    def refused(pattern, target=None, **asked):
        with pytest.raises(AskWhyError, match=pattern):
            attribute(bert, TEXT, target, **asked)

    refused("'zzz'; choose from integrated_gradients, input_x_gradient, saliency, grad_l2", method="zzz")
    refused("'zzz'; choose from token, word, sentence, line", unit="zzz")
    refused("'zzz'; choose from LABEL_0, LABEL_1", "zzz")
    refused("no class 'spam'", against="spam")
    refused("against itself", "LABEL_0", against="LABEL_0")
    refused("no output 'zzz' to explain; choose from log_odds, probability, logit", output="zzz")
    refused("leave the output out", "LABEL_0", against="LABEL_1", output="probability")
    refused("occlusion does not look at one layer; layer_integrated_gradients, grad_cam", method="occlusion", layer=0)
    refused("no layer 2; the layers of bert are 0 to 1", method="grad_cam", layer=2)
    refused("no layer -1; the layers", method="attention_rollout", layer=-1)
    refused("no layer 'last'; choose from 0 to 1, or 'all'", method="layer_integrated_gradients", layer="last")
    refused("No layer is named", method="layer_integrated_gradients", layer=[])
    refused("takes one layer, a number from 0", method="grad_cam", layer="all")
    refused("lime has no option 'sample'; did you mean 'samples'", method="lime", sample=5)
    refused("saliency has no option 'samples'; there are none", method="saliency", samples=5)
    refused("'samples' of lime is int, as 512; not 'many'", method="lime", samples="many")
    refused("'samples' of lime is int, as 512; not True", method="lime", samples=True)
    refused("'samples' of lime is int, as 512; not 2.5", method="lime", samples=2.5)
    refused("'samples' of lime cannot be -3", method="lime", samples=-3)
    refused("0 samples are too few", method="shapley_sampling", samples=0)
    refused("'tolerance' of integrated_gradients cannot be nan", tolerance=float("nan"))
    refused("no baseline 'black'; choose from padding, mask, zero", baseline="black")
    refused("no mask token; choose the baseline padding or zero", baseline="mask")
    for unit in UNITS:
        with pytest.raises(AskWhyError, match="no words"):
            attribute(bert, " \n\t ", unit=unit)
    with pytest.raises(AskWhyError, match="2 targets are given for 1 texts"):
        attribute_many(bert, [TEXT], ["LABEL_0", "LABEL_1"])


def test_what_is_known_of_a_method_is_true_of_its_scores(bert):
    assert list(METHODS) == [method.name for method in METHODS.values()]
    for name, method in METHODS.items():
        assert method.family in ("gradient", "perturbation", "shapley", "attention")
        assert method.summary.endswith(".") and "\n" not in method.summary
        found = attribute(bert, TEXT, method=name)
        assert found.signed == method.signed == any(piece.score < 0 for piece in found.pieces)
        assert ("seed" in method.options) == method.stochastic
        assert set(method.options) - {"baseline"} <= set(found.parameters)
        if method.complete:
            assert found.total == pytest.approx(found.value - found.baseline, abs=0.03)


def test_another_seed_gives_other_scores(bert):
    for name, method in METHODS.items():
        if method.stochastic:
            same, other = (attribute(bert, TEXT, method=name, samples=20, seed=seed).pieces for seed in (13, 14))
            assert same == attribute(bert, TEXT, method=name, samples=20).pieces != other


def test_an_explanation_sorts_adds_and_travels(bert):
    pieces = (Piece(0, 1, "a", 0.5), Piece(2, 3, "b", -2.0), Piece(4, 5, "c", 1.0))
    made = Explanation("a b c", "x", "lime", "word", pieces, special=0.25, probability=0.5, value=0.0)
    assert [piece.text for piece in made.top(2)] == ["b", "c"]
    assert made.total == pytest.approx(-0.25)
    for name in METHODS:
        found = attribute(bert, TEXT, method=name)
        back = json.loads(json.dumps(found.to_dict()))
        assert back["pieces"][0]["text"] == "You"
        assert Explanation.from_dict(back) == found


def test_a_kept_explanation_is_the_same_and_only_for_the_same_question(bert, monkeypatch, tmp_path):
    monkeypatch.setenv("ASKWHY_CACHE", str(tmp_path))
    first = attribute(bert, TEXT, cache=True)
    bert.work.reset()
    again = attribute(bert, TEXT, cache=True)
    forget()
    from_disk = attribute(bert, TEXT, cache=True)
    assert first == again == from_disk and bert.work.forwards == 0
    asked = [{"unit": "token"}, {"method": "saliency"}, {"output": "logit"}, {"steps": 9}, {"target": bert.labels[0]}]
    asked += [{"target": bert.labels[0], "against": bert.labels[1]}, {"method": "grad_cam", "layer": 0}]
    found = [attribute(bert, TEXT, cache=True, **one) for one in asked]
    assert len({json.dumps(one.to_dict() | {"seconds": 0}) for one in [first, *found]}) == len(asked) + 1
    attribute(bert, TEXT)
    assert bert.work.forwards > 0


def test_progress_grows_to_the_whole_and_an_error_in_it_stops_the_work(bert):
    class Stop(Exception):
        pass

    def stop(share):
        raise Stop

    for name in METHODS:
        told: list[float] = []
        attribute_many(bert, [TEXT, "free prize"], method=name, progress=told.append)
        assert told and told == sorted(told) and told[-1] == pytest.approx(1.0)
        with pytest.raises(Stop):
            attribute(bert, TEXT, method=name, progress=stop)
        assert not bert.model.base_model._forward_hooks and not bert.model.config.output_attentions
    assert bert.probabilities([TEXT]).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "method", ["integrated_gradients", "gradient_shap", "input_x_gradient", "saliency", "grad_l2", "grad_cam"]
)
def test_gradients_that_are_not_numbers_are_refused(bert, monkeypatch, method):
    embed = bert.from_embeddings

    def sharp(embeddings, encoding):
        embeddings.register_hook(lambda gradient: gradient * np.nan)
        return embed(embeddings, encoding)

    if method == "grad_cam":
        monkeypatch.setattr(
            "explainers.attribution.grad_cam.torch.autograd.grad", lambda value, states: (states.detach() * np.nan,)
        )
    else:
        monkeypatch.setattr(bert, "from_embeddings", sharp)
    with pytest.raises(AskWhyError, match="gradients of bert are not numbers; choose a method that hides words"):
        attribute(bert, TEXT, method=method)


@pytest.mark.parametrize("method", ["integrated_gradients", "layer_integrated_gradients"])
@pytest.mark.parametrize("name", ["bert", "roberta", "gpt2"])
def test_integrals_tell_the_answer_at_their_end_and_nobody_asks_again(name, method, request):
    classifier = request.getfixturevalue(name)
    asked = attribute(classifier, TEXT, method=method)
    classifier.work.reset()
    given = attribute(classifier, TEXT, asked.target, method=method)
    assert given.passes == asked.passes - 1
    assert classifier.work.rows == given.passes
    assert (given.probability, given.value) == (pytest.approx(asked.probability, abs=1e-5), pytest.approx(asked.value, abs=1e-4))
    assert [piece.score for piece in given.pieces] == pytest.approx([piece.score for piece in asked.pieces], abs=1e-6)
    other = next(label for label in classifier.labels if label != asked.target)
    own = classifier.probabilities([TEXT])[0, classifier.index(other)]
    assert attribute(classifier, TEXT, other, method=method).probability == pytest.approx(own, abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_encoder_decoders_are_explained_by_hiding_words_and_say_so(encoder_decoder, method):
    if METHODS[method].family in ("perturbation", "shapley"):
        found = attribute(encoder_decoder, "free love here", method=method)
        assert [piece.text for piece in found.pieces] == ["free", "love", "here"]
        assert np.ptp([piece.score for piece in found.pieces]) > 1e-3
    else:
        with pytest.raises(AskWhyError, match="all that an encoder-decoder model reads; choose a method that hides words"):
            attribute(encoder_decoder, "free love here", method=method)
