"""What methods that hide units share: the objective for masks of a text, and masks to choose from.

Own code in these methods where Captum has them: it runs masks one by one, or batches of one text; here the masks of all
texts are rows of the classifier's queue, and each distinct one runs once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.attribution.method import Task
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.masking import MaskedRows

SAMPLES = 512
SEED = 13
EXACT_UNITS = 9  # up to here, all masks together are no more than SAMPLES


def values(
    classifier: Classifier, tasks: Sequence[Task], masks: Sequence[np.ndarray], progress: Progress | None = None
) -> list[np.ndarray]:
    """For each task the (masks,) objective of its (masks, units) boolean masks, True for a unit that is shown."""
    rows = shown_rows(classifier, tasks)
    asked = [rows.ask(task.segments, own) for task, own in zip(tasks, masks, strict=True)]
    rows.run(progress)
    return [task.objective.of(classifier, logits()).double().numpy() for task, logits in zip(tasks, asked, strict=True)]


def shown_rows(classifier: Classifier, tasks: Sequence[Task]) -> MaskedRows:
    """Rows that know the whole texts already."""
    rows = MaskedRows(classifier)
    for task in tasks:
        rows.know(task.segments, task.logits)
    return rows


def passes(masks: np.ndarray) -> int:
    """The rows that (masks, units) masks add to the whole text's."""
    return distinct(masks) - int(masks.all(axis=1).any())


def distinct(masks: np.ndarray) -> int:
    return len(np.unique(masks, axis=0))


def spread(unit_scores: np.ndarray, task: Task) -> np.ndarray:
    """(tokens,) the score of each unit in equal parts on its tokens."""
    counts = np.bincount(task.owners[task.owners >= 0], minlength=len(unit_scores))
    return np.where(task.owners >= 0, (unit_scores / counts)[np.maximum(task.owners, 0)], 0.0)


def ends(count: int) -> np.ndarray:
    """(2, units): no unit, and every unit."""
    return np.vstack([np.zeros(count, dtype=bool), np.ones(count, dtype=bool)])


def every(count: int) -> np.ndarray:
    """(2 ** units, units): all masks there are, from none to all units."""
    return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(bool)


def positive(samples: int, least: int = 1) -> None:
    """Raises AskWhyError for too few samples."""
    if samples < least:
        raise AskWhyError(f"{samples} samples are too few; give {least} or more.")
