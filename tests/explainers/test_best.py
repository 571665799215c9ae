"""The most faithful of several maps."""

from __future__ import annotations

import json

import pytest

from explainers import METHODS, AskWhyError, attribute, best, faithfulness
from explainers.best import DEFAULT_SET

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

QUICK = ("input_x_gradient", "saliency", "occlusion", "kernel_shap")


@pytest.mark.parametrize("text", TEXTS[::2])
@pytest.mark.parametrize("name", ["bert", "gpt2"])
def test_no_method_of_the_set_is_more_faithful(name, text, request):
    classifier = request.getfixturevalue(name)
    found = best(classifier, text, methods=QUICK)
    alone = [faithfulness(classifier, [attribute(classifier, text, method=method)])[0] for method in QUICK]
    assert found.candidates[0].score == pytest.approx(max(each.score for each in alone), abs=1e-6)
    assert found.method == found.candidates[0].method == found.explanation.method
    expected = sorted((each.score for each in alone), reverse=True)
    assert [each.score for each in found.candidates] == pytest.approx(expected, abs=1e-6)
    assert found.margin == pytest.approx(found.candidates[0].score - found.candidates[1].score)
    assert found.gap == pytest.approx(found.candidates[0].score - found.candidates[0].chance.mean)


def test_the_right_method_wins(additive):
    additive.weights = {"free": 4.0, "prize": 2.0, "love": -3.0}
    found = best(additive, "you won a free prize call now love", "LABEL_1", methods=("input_x_gradient", "occlusion"))
    assert (found.method, found.second) == ("occlusion", "input_x_gradient")
    assert found.margin > 0
    assert found.gap > 0


def test_the_first_of_equals_wins(additive):
    additive.weights = {"free": 4.0}
    order = [best(additive, "free prize", "LABEL_1", methods=methods).method for methods in (QUICK[2:], QUICK[:1:-1])]
    assert order == ["occlusion", "kernel_shap"]


def test_rows_are_shared_between_methods(bert, monkeypatch):
    found = best(bert, TEXTS[0], methods=("occlusion", "kernel_shap"))
    bert.work.reset()
    faithfulness(bert, [attribute(bert, TEXTS[0], method="occlusion")])
    single = bert.work.rows
    bert.work.reset()
    faithfulness(bert, [attribute(bert, TEXTS[0], method=method) for method in ("occlusion", "kernel_shap")])
    assert bert.work.rows < 2 * single + 512
    assert found.candidates[0].chance == found.candidates[1].chance


def test_one_method_has_no_second(bert):
    told: list[float] = []
    found = best(bert, "free", methods=("occlusion",), progress=told.append)
    assert (found.margin, found.second, found.gap) == (None, None, pytest.approx(0.0))
    assert told == [0.5, 1.0]
    assert json.loads(json.dumps(found.to_dict()))["explanation"]["method"] == "occlusion"


def test_a_contrast_and_an_output_are_those_of_the_winner_and_the_field():
    classifier = architectures.build("bert", 3)
    first, _, last = classifier.labels
    found = best(classifier, TEXTS[0], first, methods=QUICK, against=last)
    assert (found.explanation.against, found.explanation.output) == (last, "logit_difference")
    alone = attribute(classifier, TEXTS[0], first, method=found.method, against=last)
    assert found.explanation.pieces == alone.pieces
    chances = best(classifier, TEXTS[0], first, methods=("occlusion",), output="probability").explanation
    assert chances.output == "probability"
    assert chances.value == pytest.approx(chances.probability, abs=1e-5)
    with pytest.raises(AskWhyError, match="no output 'odds'"):
        best(classifier, TEXTS[0], first, output="odds")


def test_what_a_model_does_not_allow_is_left_out_of_the_default_set_but_not_of_a_named_one(encoder_decoder):
    found = best(encoder_decoder, "free love here")
    assert set(found.left_out) == {"integrated_gradients"}
    assert "encoder-decoder" in found.left_out["integrated_gradients"]
    assert {one.method for one in found.candidates} == set(DEFAULT_SET) - {"integrated_gradients"}
    with pytest.raises(AskWhyError, match="encoder-decoder"):
        best(encoder_decoder, "free love here", methods=("occlusion", "integrated_gradients"))
    with pytest.raises(AskWhyError, match="no words"):
        best(encoder_decoder, " ")


def test_the_default_set_are_methods():
    assert set(DEFAULT_SET) <= set(METHODS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"methods": ("occlusion", "limes")}, "did you mean 'lime'"),
        ({"methods": ()}, "no method to choose from"),
        ({"unit": "verse"}, "no unit 'verse'"),
        ({"target": "eggs"}, "no class 'eggs'"),
        ({"text": " "}, "no words"),
    ],
)
def test_bad_input_is_refused(bert, options, said):
    with pytest.raises(AskWhyError, match=said):
        best(bert, **({"text": TEXTS[0]} | options))
