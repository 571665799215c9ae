"""Integrated gradients: of the input embeddings, and of what layers put out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.attribution import layers
from explainers.attribution.integrals import TOLERANCE, Integral, integrate
from explainers.attribution.meter import part
from explainers.attribution.method import Layer, Scores, Task
from explainers.attribution.paths import Path, ends
from explainers.classifier import Classifier, Progress


def integrated_gradients(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    baseline: str = "padding",
    tolerance: float = TOLERANCE,
    steps: int = 0,
    progress: Progress | None = None,
) -> list[Scores]:
    """The gradient along the straight path from a baseline to the text, added up.

    Sundararajan, Taly and Yan 2017. Steps are added until the scores add up to the change of the objective, and are known,
    within the tolerance; or `steps` Gauss-Legendre nodes are used, as Captum does by default. The baseline is padding, mask
    or zero, in the place of all tokens that are not special.
    """
    paths = [Path(task, *ends(classifier, task, baseline)) for task in tasks]
    found = integrate(classifier, paths, tolerance=tolerance, steps=steps, progress=progress)
    return [
        Scores(
            tokens=one.tokens,
            passes=one.nodes + (2 if steps else 0),
            baseline=one.start,
            gap=one.gap,
            converged=one.settled,
            logits=one.logits,
            parameters={"steps": one.nodes},
        )
        for one in found
    ]


def layer_integrated_gradients(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    layer: Layer = None,
    baseline: str = "padding",
    tolerance: float = TOLERANCE,
    steps: int = 0,
    progress: Progress | None = None,
) -> list[Scores]:
    """Integrated gradients of what a layer puts out for each token: the mean over the layers asked for.

    The path leads from the layer's state for the baseline to that for the text (Captum's LayerIntegratedGradients; own
    code for the reason in integrals.py, and because a layer that a model calls several times has one module only).
    At every layer the scores add up to the same change. Without a layer it is the first: at the last one, most models
    keep all in the token they answer at.
    """
    chosen = layers.choose(classifier, 0 if layer is None else layer)
    by_layer: list[list[Integral]] = []
    for place, one in enumerate(chosen):
        paths = [Path(task, *ends(classifier, task, baseline, one)) for task in tasks]
        meter = part(progress, place / len(chosen), 1 / len(chosen))
        by_layer.append(integrate(classifier, paths, tolerance=tolerance, steps=steps, layer=one, progress=meter))
    made = []
    for found in zip(*by_layer, strict=True):
        made.append(
            Scores(
                tokens=np.mean([one.tokens for one in found], axis=0),
                passes=sum(one.nodes for one in found) + 2 * len(found),
                baseline=found[0].start,
                gap=max(one.gap for one in found),
                converged=all(one.settled for one in found),
                logits=found[0].logits,
                layers={number: one.tokens for number, one in zip(chosen, found, strict=True)},
                parameters={"layers": chosen, "steps": max(one.nodes for one in found)},
            )
        )
    return made
