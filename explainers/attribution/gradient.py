"""Gradient methods on the input embeddings, by Captum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from torch import Tensor

from explainers.attribution.scores import Scores
from explainers.classifier import TOKEN_BUDGET, Classifier, Encoding

STEPS = (20, 40, 80, 160, 320)  # tried in turn until the completeness gap is small enough
TOLERANCE = 0.02  # of the difference between the log-odds and the baseline's
FLOOR = 0.02  # in log-odds; a gap below it is never worth more steps


def _target_of(classifier: Classifier, encoding: Encoding, target: int) -> Callable[[Tensor], Tensor]:
    return lambda embeddings: classifier.as_log_odds(classifier.from_embeddings(embeddings, encoding), target)


def integrated_gradients(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """Integrated gradients (Sundararajan et al. 2017) from a baseline of padding tokens, Gauss-Legendre nodes.

    The number of steps grows until the scores add up to the change in log-odds within the tolerance.
    """
    inputs, baseline = classifier.embed(encoding)
    objective = _target_of(classifier, encoding, target)
    explain = IntegratedGradients(objective)
    with torch.no_grad():
        before, after = objective(torch.cat([baseline, inputs])).tolist()
    change = after - before
    rows_at_once = max(1, TOKEN_BUDGET // len(encoding.ids))
    used, error, allowed = 0, float("inf"), max(TOLERANCE * abs(change), FLOOR)
    for steps in STEPS:
        scores = explain.attribute(inputs, baselines=baseline, n_steps=steps, internal_batch_size=rows_at_once)
        tokens = scores.sum(-1)[0].double().cpu().numpy()
        used += steps
        error = abs(tokens.sum() - change)
        if error <= allowed:
            break
    return Scores(
        tokens=tokens,
        passes=used + 2,
        baseline=before,
        gap=float(error / max(abs(change), FLOOR)),
        converged=bool(error <= allowed),
        parameters={"steps": steps, "baseline": "padding", "tolerance": TOLERANCE},
    )


def input_x_gradient(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """The gradient at the text times its embeddings (Shrikumar et al. 2016): a first-order guess."""
    inputs, _ = classifier.embed(encoding)
    scores = InputXGradient(_target_of(classifier, encoding, target)).attribute(inputs.requires_grad_())
    return Scores(tokens=scores.sum(-1)[0].detach().double().cpu().numpy(), passes=1)


def saliency(classifier: Classifier, encoding: Encoding, target: int, owners: np.ndarray) -> Scores:
    """The length of the gradient at each token (Simonyan et al. 2013): how much it matters, without a direction."""
    inputs, _ = classifier.embed(encoding)
    gradients = Saliency(_target_of(classifier, encoding, target)).attribute(inputs.requires_grad_(), abs=False)
    return Scores(tokens=gradients.norm(dim=-1)[0].detach().double().cpu().numpy(), passes=1, parameters={"signed": False})
