"""Grad-CAM for transformers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from explainers.attribution import layers
from explainers.attribution.method import Layer, Scores, Task
from explainers.attribution.paths import Batch, ends, finite, gradient_queue, pad
from explainers.classifier import Classifier, Progress


def grad_cam(
    classifier: Classifier, tasks: Sequence[Task], *, layer: Layer = None, relu: bool = False, progress: Progress | None = None
) -> list[Scores]:
    """What a layer puts out at each token, weighed by the gradient's mean over tokens.

    Selvaraju et al. 2017, with tokens in the place of pixels and the width in that of channels; without a layer it is the
    last. `relu` keeps only what speaks for the target, as the paper does for images. Own code: Captum's LayerGradCam takes
    the second dimension, which in a transformer is that of the tokens, for the channels.
    """
    (chosen,) = layers.choose(classifier, layer)
    tokens: list[np.ndarray] = [np.empty(0)] * len(tasks)

    def compute(rows: list[int]) -> Tensor:
        batch = Batch(classifier, [tasks[row] for row in rows], chosen)
        states = pad([ends(classifier, task, layer=chosen)[0] for task in batch.tasks]).requires_grad_()
        values = batch.values(states)
        (gradients,) = torch.autograd.grad(values.sum(), states)
        for place, (row, task) in enumerate(zip(rows, batch.tasks, strict=True)):
            size = len(task.encoding.ids)
            weights = gradients[place, :size].mean(dim=0)
            scores = (states[place, :size].detach() * weights).sum(-1)
            tokens[row] = (scores.relu() if relu else scores).double().cpu().numpy()
        return values

    gradient_queue(classifier).run([len(task.encoding.ids) for task in tasks], compute, pad=classifier.pads, progress=progress)
    return [Scores(tokens=scores, passes=2, parameters={"layer": chosen}) for scores in finite(classifier, tokens)]
