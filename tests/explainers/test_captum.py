"""At equal nodes and masks the engine's numbers are Captum's; at nodes of its own choice they tend to them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import (
    FeatureAblation,
    GradientShap,
    InputXGradient,
    IntegratedGradients,
    LayerGradCam,
    LayerIntegratedGradients,
    Saliency,
    ShapleyValues,
)

from explainers import Classifier, attribute
from explainers.attribution import layers
from explainers.attribution.objective import Objective

from tests.explainers import architectures
from tests.explainers.architectures import TEXTS

TEXT = TEXTS[0]
NAMES = ("bert", "xlm-roberta", "llama", "modernbert")


class Reference:
    """A text, its baseline and what is explained of a class as a function of embeddings, for Captum."""

    def __init__(self, name: str, text: str = TEXT, target: int = 1, output: str = "log_odds") -> None:
        self.classifier: Classifier = architectures.build(name)
        self.target = target
        self.objective = Objective(target, output=output)
        self.encoding = self.classifier.encode(text)
        self.inputs, self.baseline = self.classifier.embed(self.encoding)
        self.inputs.requires_grad_()
        self.words = ~np.array(self.encoding.special)

    def __call__(self, embeddings: torch.Tensor) -> torch.Tensor:
        return self.objective.of(self.classifier, self.classifier.from_embeddings(embeddings, self.encoding))

    def explain(self, method: str, **options: object) -> np.ndarray:
        """(tokens of the text,) scores of the engine."""
        found = attribute(
            self.classifier, self.encoding.text, self.classifier.labels[self.target], method=method, unit="token", **options
        )
        return np.array([piece.score for piece in found.pieces])

    def same(self, scores: torch.Tensor, method: str, **options: object) -> None:
        expected = scores[0].detach().numpy()[self.words]
        np.testing.assert_allclose(self.explain(method, **options), expected, atol=1e-5)
        assert np.abs(expected).max() > 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_gradients(name):
    model = Reference(name)
    model.same(Saliency(model).attribute(model.inputs).sum(-1), "saliency")
    model.same(Saliency(model).attribute(model.inputs, abs=False).norm(dim=-1), "grad_l2")
    model.same(InputXGradient(model).attribute(model.inputs).sum(-1), "input_x_gradient")


@pytest.mark.parametrize("steps", [5, 20])
@pytest.mark.parametrize("name", NAMES)
def test_integrated_gradients_at_gauss_legendre_nodes(name, steps):
    model = Reference(name)
    scores = IntegratedGradients(model).attribute(model.inputs, baselines=model.baseline, n_steps=steps).sum(-1)
    model.same(scores, "integrated_gradients", steps=steps)


@pytest.mark.parametrize("output", ["log_odds", "logit", "probability"])
@pytest.mark.parametrize("name", NAMES)
def test_integrated_gradients_at_the_nodes_they_choose_tend_to_captums(name, output):
    model = Reference(name, output=output)
    exact = IntegratedGradients(model).attribute(model.inputs, baselines=model.baseline, n_steps=300, internal_batch_size=100)
    expected = exact.sum(-1)[0].detach().numpy()[model.words]
    for tolerance in (0.05, 0.01):
        error = np.abs(model.explain("integrated_gradients", output=output, tolerance=tolerance) - expected).max()
        assert error <= max(tolerance * np.abs(expected).max(), 0.005)


@pytest.mark.parametrize("name", NAMES)
def test_sequential_integrated_gradients_are_those_of_paths_on_which_one_token_moves(name):
    model = Reference(name, "free love here")
    expected = []
    for token in np.flatnonzero(model.words):
        start = model.inputs.detach().clone()
        start[:, token] = model.baseline[:, token]
        scores = IntegratedGradients(model).attribute(model.inputs, baselines=start, n_steps=300, internal_batch_size=100)
        expected.append(float(scores.detach().sum()))
    np.testing.assert_allclose(model.explain("sequential_integrated_gradients", baseline="padding"), expected, atol=1e-4)
    assert np.ptp(expected) > 1e-2


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_layer_integrated_gradients(name, layer):
    model = Reference(name)
    block = layers._blocks(model.classifier)[layer]
    explain = LayerIntegratedGradients(model, block)
    scores = explain.attribute(model.inputs, baselines=model.baseline, n_steps=12)
    scores = (scores[0] if isinstance(scores, tuple) else scores).sum(-1)
    expected = scores[0].detach().numpy()[model.words]
    np.testing.assert_allclose(model.explain("layer_integrated_gradients", layer=layer, steps=12), expected, atol=1e-5)


def test_layers_are_explained_one_by_one_and_together():
    model = Reference("albert")  # calls one module for all its layers
    label = model.classifier.labels[1]
    both = attribute(model.classifier, TEXT, label, method="layer_integrated_gradients", layer="all")
    assert list(both.layers) == [0, 1] == both.parameters["layers"]
    for layer, scores in both.layers.items():
        alone = attribute(model.classifier, TEXT, label, method="layer_integrated_gradients", layer=layer)
        np.testing.assert_allclose(scores, [piece.score for piece in alone.pieces], atol=1e-5)
        assert alone.total == pytest.approx(alone.value - alone.baseline, abs=0.03)
    np.testing.assert_allclose([piece.score for piece in both.pieces], np.mean(list(both.layers.values()), axis=0), atol=1e-6)
    assert not np.allclose(both.layers[0], both.layers[1], atol=1e-3)


def test_gradient_shap_tends_to_what_captums_tends_to():
    model = Reference("bert")
    zero = torch.where(torch.tensor(model.encoding.special)[None, :, None], model.inputs.detach(), 0.0)
    np.random.seed(1)
    torch.manual_seed(1)
    draws = GradientShap(model).attribute(model.inputs, baselines=torch.cat([model.baseline, zero]), n_samples=1500, stdevs=0.0)
    expected = draws.sum(-1)[0].detach().numpy()[model.words]
    found = attribute(model.classifier, TEXT, model.classifier.labels[1], method="gradient_shap", unit="token", samples=1500)
    scores, errors = (np.array([getattr(piece, name) for piece in found.pieces]) for name in ("score", "error"))
    assert found.parameters["baselines"] == ["padding", "zero"]
    assert (errors > 0).all()
    assert (np.abs(scores - expected) < 4.5 * np.sqrt(2) * errors).all()
    assert np.abs(expected).max() > 10 * errors.max()


@pytest.mark.parametrize("relu", [False, True])
def test_grad_cam_where_captum_is_told_which_dimension_is_the_width(relu):
    model = Reference("bert")

    class Turned(torch.nn.Module):
        """Puts out (rows, width, tokens), as Captum expects it; the block after it gets its state as before."""

        def forward(self, state):
            return state.transpose(1, 2)

    turned, block = Turned(), layers._blocks(model.classifier)[1]
    handle = block.register_forward_hook(lambda module, given, output: turned(output).transpose(1, 2))
    try:
        scores = LayerGradCam(model, turned).attribute(model.inputs, relu_attributions=relu)[:, 0]
    finally:
        handle.remove()
    model.same(scores, "grad_cam", relu=relu)
    model.same(scores, "grad_cam", relu=relu, layer=1)


def _masked(model: Reference):
    """The log-odds for (rows, units) masks, one row at a time."""

    def answer(shown: torch.Tensor) -> torch.Tensor:
        logits = model.classifier.forward(
            [model.encoding] * len(shown), keep=[_keep(model, mask) for mask in shown.bool().numpy()]
        )
        return model.classifier.as_log_odds(logits, model.target)

    return answer


def _keep(model: Reference, mask: np.ndarray) -> np.ndarray:
    keep = np.ones(len(model.words), dtype=bool)
    keep[model.words] = mask
    return keep


@pytest.mark.parametrize("name", NAMES)
def test_hiding_tokens(name):
    model = Reference(name, "free love here")
    everything = torch.ones(1, int(model.words.sum()))
    ablation = FeatureAblation(_masked(model)).attribute(everything)[0].numpy()
    np.testing.assert_allclose(model.explain("occlusion"), ablation, atol=1e-5)
    shapley = ShapleyValues(_masked(model)).attribute(everything)[0].numpy()
    np.testing.assert_allclose(model.explain("kernel_shap"), shapley, atol=1e-4)
