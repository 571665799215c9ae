"""Integrated gradients: of the input embeddings, of layers, and token by token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from explainers.attribution import layers
from explainers.attribution.integrals import FLOOR, TOLERANCE, Integral, integrate
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

    Sundararajan, Taly and Yan 2017. Steps are added until the scores add up to the change of the objective, and hold
    still, within the tolerance; or as many Gauss-Legendre nodes are used as `steps` says. The baseline is padding, mask
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
                layers={number: one.tokens for number, one in zip(chosen, found, strict=True)},
                parameters={"layers": chosen, "steps": max(one.nodes for one in found)},
            )
        )
    return made


def sequential_integrated_gradients(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    baseline: str = "",
    tolerance: float = TOLERANCE,
    steps: int = 0,
    progress: Progress | None = None,
) -> list[Scores]:
    """Integrated gradients for one token at a time, while the others keep their place in the text.

    Enguehard 2023 (Sequential Integrated Gradients). The baseline of a token is the mask token where the tokenizer has
    one, else padding. Scores add up token by token: each to what the objective loses when its token is at the baseline.
    The gap is the mean over tokens, as a share of the mean change.
    """
    baseline = baseline or ("padding" if classifier.tokenizer.mask_token_id is None else "mask")
    paths, counts = [], []
    for task in tasks:
        text, blank = ends(classifier, task, baseline)
        moving = torch.eye(len(text), device=text.device)[[not special for special in task.encoding.special]]
        paths += [Path(task, text, blank, one) for one in moving]
        counts.append(len(moving))
    found = iter(integrate(classifier, paths, tolerance=tolerance, steps=steps, progress=progress))
    made = []
    for count in counts:
        own = [next(found) for _ in range(count)]
        changes = np.array([one.end - one.start for one in own])
        tokens = np.sum([one.tokens for one in own], axis=0)
        off = np.abs(np.array([one.tokens.sum() for one in own]) - changes)
        made.append(
            Scores(
                tokens=tokens,
                passes=sum(one.nodes for one in own),
                gap=float(off.mean() / max(np.abs(changes).mean(), FLOOR)),
                converged=all(one.settled for one in own),
                parameters={"baseline": baseline, "steps": max(one.nodes for one in own)},
            )
        )
    return made
