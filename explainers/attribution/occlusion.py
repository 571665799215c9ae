"""Leave one out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.attribution import masks
from explainers.attribution.method import Scores, Task
from explainers.classifier import Classifier, Progress
from explainers.masking import full, leave_one_out


def occlusion(classifier: Classifier, tasks: Sequence[Task], *, progress: Progress | None = None) -> list[Scores]:
    """How much the objective falls when one unit is hidden and the others stay.

    Leave one out; Zeiler and Fergus 2014. A hidden unit keeps its place, but no token can attend to it.
    """
    wanted = [np.vstack([full(len(task.segments)), leave_one_out(len(task.segments))]) for task in tasks]
    found = masks.values(classifier, tasks, wanted, progress)
    return [
        Scores(tokens=masks.spread(own[0] - own[1:], task), passes=len(own) - 1) for task, own in zip(tasks, found, strict=True)
    ]
