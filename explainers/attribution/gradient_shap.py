"""Expected gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from explainers.attribution.method import Scores, Task
from explainers.attribution.paths import BASELINES, Path, ends, shifted, slopes
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError


def gradient_shap(
    classifier: Classifier,
    tasks: Sequence[Task],
    *,
    samples: int = 60,
    stdev: float = 0.0,
    seed: int = 13,
    progress: Progress | None = None,
) -> list[Scores]:
    """The mean gradient at random points between the text and random baselines, times the way there.

    Lundberg and Lee 2017; Erion et al. 2021. Baselines are padding, mask (where the tokenizer has one) and zero; `stdev`
    is that of noise on the embeddings. Own code for one reason: Captum's GradientShap draws from numpy's one generator,
    which threads share, and runs all samples in one batch. Errors are of the mean over samples.
    """
    if samples < 2:
        raise AskWhyError("gradient_shap needs at least 2 samples.")
    names = [name for name in BASELINES if name != "mask" or classifier.tokenizer.mask_token_id is not None]
    points, starts = [], []
    for task in tasks:
        generator = np.random.default_rng(seed)
        states = [ends(classifier, task, name) for name in names]
        text = states[0][0]
        for _ in range(samples):
            share, drawn = generator.random(), int(generator.integers(len(names)))
            noise = torch.from_numpy(generator.standard_normal(text.shape)).to(text) * stdev if stdev else 0.0
            points.append((Path(task, text + noise, states[drawn][1]), share))
            starts.append(drawn)
        points += [(Path(task, text, blank), 0.0) for _, blank in states]
        points.append((Path(task, text, text), 1.0))
    values, parts, _ = slopes(classifier, points, progress=progress)
    made, size = [], samples + len(names) + 1
    for place, task in enumerate(tasks):
        own, ends_ = np.array(parts[place * size : place * size + samples]), values[place * size + samples : (place + 1) * size]
        before = float(ends_[starts[place * samples : (place + 1) * samples]].mean())
        tokens = own.mean(axis=0)
        by_unit = np.array([np.bincount(task.owners[task.owners >= 0], row[task.owners >= 0]) for row in own])
        made.append(
            Scores(
                tokens=tokens,
                passes=size,
                baseline=before,
                gap=shifted(tokens, float(ends_[-1]) - before, task.objective.floor),
                errors=by_unit.std(axis=0, ddof=1) / np.sqrt(samples),
                parameters={"baselines": names},
            )
        )
    return made
