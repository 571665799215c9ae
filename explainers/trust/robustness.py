"""Infidelity and sensitivity of an explanation, by Captum on the input embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from captum.metrics import infidelity as captum_infidelity
from captum.metrics import infidelity_perturb_func_decorator
from captum.metrics import sensitivity_max as captum_sensitivity_max
from torch import Tensor

from explainers.attribution.objective import Objective
from explainers.classifier import Classifier
from explainers.errors import AskWhyError, closest
from explainers.masking import Segments

SAMPLES = 64  # random sets of hidden units, for infidelity
NOISY = 5  # noisy copies of the text, for sensitivity
RADIUS = 0.05  # of the noise, as a share of the standard deviation of the text's embeddings
STEPS = 16  # of integrated gradients, on each noisy copy

Value = Callable[[Tensor], Tensor]
Explain = Callable[[Value, Tensor, Tensor, int], Tensor]  # what is explained, inputs, baseline, rows at once -> scores as inputs


def _saliency(value: Value, inputs: Tensor, baseline: Tensor, rows: int) -> Tensor:
    return Saliency(value).attribute(inputs)


def _grad_l2(value: Value, inputs: Tensor, baseline: Tensor, rows: int) -> Tensor:
    return Saliency(value).attribute(inputs, abs=False).norm(dim=-1, keepdim=True)


def _input_x_gradient(value: Value, inputs: Tensor, baseline: Tensor, rows: int) -> Tensor:
    return InputXGradient(value).attribute(inputs)


def _integrated_gradients(value: Value, inputs: Tensor, baseline: Tensor, rows: int) -> Tensor:
    explain = IntegratedGradients(value)
    return explain.attribute(inputs, baselines=baseline, n_steps=STEPS, internal_batch_size=max(rows, len(inputs)))


GRADIENT_METHODS: Mapping[str, Explain] = {
    "saliency": _saliency,
    "grad_l2": _grad_l2,
    "input_x_gradient": _input_x_gradient,
    "integrated_gradients": _integrated_gradients,
}


def infidelity(
    classifier: Classifier, segments: Segments, scores: np.ndarray, objective: Objective, *, seed: int
) -> tuple[float, float]:
    """Infidelity (Yeh et al. 2019) of (units,) scores: in the objective, squared, and as a share in [0, 1].

    Random sets of units are moved to the baseline's embeddings. Infidelity is the mean squared difference between
    the sum of their scores, in its best scale, and the fall of the objective; the share is of the mean squared fall, so
    0 means that the scores foretell every fall.
    """
    inputs, baseline = classifier.embed(segments.encoding)
    owners = torch.from_numpy(np.maximum(segments.owners, 0)).to(inputs.device)
    fixed = torch.from_numpy(segments.owners < 0).to(inputs.device)
    known: dict[tuple[float, ...], Tensor] = {}

    def value_of(shown: Tensor) -> Tensor:
        rows = [tuple(row) for row in shown.tolist()]
        new = list(dict.fromkeys(row for row in rows if row not in known))
        if new:
            share = torch.tensor(new, device=inputs.device)[:, owners].masked_fill(fixed, 1.0)[..., None]
            logits = classifier.from_embeddings(baseline + share * (inputs - baseline), segments.encoding)
            known.update(zip(new, objective.of(classifier, logits).detach().cpu(), strict=True))
        return torch.stack([known[row] for row in rows])

    def measure(attributions: np.ndarray, normalize: bool) -> float:
        generator = torch.Generator().manual_seed(seed)

        @infidelity_perturb_func_decorator(multiply_by_inputs=True)
        def hide(shown: Tensor, _: Tensor) -> Tensor:
            share = torch.rand((len(shown), 1), generator=generator)
            return shown * (torch.rand(shown.shape, generator=generator) > share)

        everything = torch.ones((1, len(segments)))
        found = captum_infidelity(
            value_of,
            hide,
            everything,
            torch.from_numpy(attributions.astype(np.float32))[None],
            baselines=torch.zeros_like(everything),
            n_perturb_samples=SAMPLES,
            max_examples_per_batch=min(SAMPLES, max(1, classifier.queue.budget // len(segments.encoding.ids))),
            normalize=normalize,
        )
        return max(0.0, float(found))

    value = measure(np.asarray(scores), normalize=True)
    falls = measure(np.zeros(len(segments)), normalize=False)  # the same rows again, so nothing is computed twice
    return value, min(1.0, value / falls) if falls > 1e-12 else 0.0


def sensitivity_max(classifier: Classifier, segments: Segments, method: str, objective: Objective, *, seed: int) -> float:
    """The largest change of a gradient method's scores under a little noise on the embeddings, as a share of their norm.

    Max-sensitivity (Yeh et al. 2019) of the scores of tokens. Raises AskWhyError for a method without gradients.
    """
    if method not in GRADIENT_METHODS:
        raise AskWhyError(
            f"Sensitivity is measured for gradient methods, and '{method}' is none of them; {closest(method, GRADIENT_METHODS)}"
        )
    inputs, baseline = classifier.embed(segments.encoding)
    rows = max(1, classifier.queue.budget // len(segments.encoding.ids))
    radius = RADIUS * float(inputs.std())
    generator = torch.Generator().manual_seed(seed)

    def value(embeddings: Tensor) -> Tensor:
        return objective.of(classifier, classifier.from_embeddings(embeddings, segments.encoding))

    def explain(embeddings: Tensor | tuple[Tensor]) -> tuple[Tensor]:
        here = embeddings[0] if isinstance(embeddings, tuple) else embeddings
        with torch.enable_grad():  # Captum measures without gradients
            scores = GRADIENT_METHODS[method](value, here.detach().requires_grad_(), baseline, rows)
        return (scores.sum(-1).detach(),)  # a tuple, since Captum takes a tensor for several explanations

    def noise(embeddings: Tensor) -> Tensor:
        drawn = torch.rand(embeddings.shape, generator=generator).to(embeddings.device)
        return embeddings + radius * (2 * drawn - 1)

    return float(captum_sensitivity_max(explain, inputs, noise, n_perturb_samples=NOISY))
