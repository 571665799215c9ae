"""Sequential integrated gradients, without a gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from explainers.attribution.method import Scores, Task
from explainers.attribution.paths import Batch, ends, pad
from explainers.classifier import Classifier, Progress


def sequential_integrated_gradients(
    classifier: Classifier, tasks: Sequence[Task], *, baseline: str = "", progress: Progress | None = None
) -> list[Scores]:
    """Integrated gradients for one token at a time, while the others keep their place in the text.

    Enguehard 2023 (Sequential Integrated Gradients). The baseline of a token is the mask token where the tokenizer has
    one, else padding. On each path one token moves, so by the fundamental theorem of calculus its score, summed over the
    width, is what the objective loses when the token is at its baseline. That is computed here: one row without a
    gradient for each token, and no error, instead of the gradients of many points that the paper adds up.
    """
    baseline = baseline or ("padding" if classifier.tokenizer.mask_token_id is None else "mask")
    states = [ends(classifier, task, baseline) for task in tasks]
    rows: list[tuple[int, int | None]] = []  # which text, and its token that is at the baseline
    for place, task in enumerate(tasks):
        rows += [(place, None), *((place, int(token)) for token in np.flatnonzero(~np.array(task.encoding.special, dtype=bool)))]

    def state(place: int, token: int | None) -> Tensor:
        text, blank = states[place]
        return text if token is None else torch.cat([text[:token], blank[token : token + 1], text[token + 1 :]])

    def compute(chosen: list[int]) -> Tensor:
        batch = Batch(classifier, [tasks[rows[row][0]] for row in chosen])
        with torch.inference_mode():
            return batch.values(pad([state(*rows[row]) for row in chosen]))

    lengths = [len(states[place][0]) for place, _ in rows]
    values = classifier.queue.run(lengths, compute, pad=classifier.pads, progress=progress).double().numpy()
    scores, whole = [np.zeros(len(text)) for text, _ in states], 0.0
    for (place, token), value in zip(rows, values, strict=True):
        if token is None:
            whole = value
        else:
            scores[place][token] = whole - value
    return [
        Scores(tokens, passes=1 + task.encoding.special.count(False), gap=0.0, converged=True, parameters={"baseline": baseline})
        for task, tokens in zip(tasks, scores, strict=True)
    ]
