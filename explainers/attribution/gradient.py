"""One gradient at the text, by Captum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from captum.attr import InputXGradient, Saliency
from torch import Tensor

from explainers.attribution.method import Scores, Task
from explainers.attribution.paths import Batch, ends, finite, gradient_queue, pad
from explainers.classifier import Classifier, Progress


def saliency(classifier: Classifier, tasks: Sequence[Task], *, progress: Progress | None = None) -> list[Scores]:
    """The absolute gradient at each token, summed over the width: how much it matters, without a direction.

    Simonyan, Vedaldi and Zisserman 2013; Captum's Saliency.
    """
    return _each(classifier, tasks, lambda batch, states: Saliency(batch.values).attribute(states, abs=True).sum(-1), progress)


def grad_l2(classifier: Classifier, tasks: Sequence[Task], *, progress: Progress | None = None) -> list[Scores]:
    """The length (L2 norm) of the gradient at each token: how much it matters, without a direction."""
    return _each(
        classifier, tasks, lambda batch, states: Saliency(batch.values).attribute(states, abs=False).norm(dim=-1), progress
    )


def input_x_gradient(classifier: Classifier, tasks: Sequence[Task], *, progress: Progress | None = None) -> list[Scores]:
    """The gradient at the text times its embeddings: a first-order guess.

    Shrikumar et al. 2016; Captum's InputXGradient. A model that normalises its embeddings before anything else, as
    ModernBERT, answers the same to longer ones, so there all scores are next to 0.
    """
    return _each(classifier, tasks, lambda batch, states: InputXGradient(batch.values).attribute(states).sum(-1), progress)


def _each(
    classifier: Classifier, tasks: Sequence[Task], explain: Callable[[Batch, Tensor], Tensor], progress: Progress | None
) -> list[Scores]:
    """Scores by `explain`, which returns (rows, tokens) of a batch and its states; texts share batches."""
    tokens: list[np.ndarray] = [np.empty(0)] * len(tasks)

    def compute(rows: list[int]) -> Tensor:
        batch = Batch(classifier, [tasks[row] for row in rows])
        found = explain(batch, pad([ends(classifier, task)[0] for task in batch.tasks]).requires_grad_()).detach()
        for row, task, scores in zip(rows, batch.tasks, found.double().cpu().numpy(), strict=True):
            tokens[row] = scores[: len(task.encoding.ids)]
        return found.sum(-1)

    gradient_queue(classifier).run([len(task.encoding.ids) for task in tasks], compute, pad=classifier.pads, progress=progress)
    return [Scores(tokens=scores, passes=1) for scores in finite(classifier, tokens)]
