"""Straight paths from a baseline to a text, and the gradients of the model at points on them.

Every point is a row of the classifier's queue: rows of many texts and paths share batches of like length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from explainers.attribution import layers
from explainers.attribution.method import Task
from explainers.attribution.objective import of_rows
from explainers.batching import Queue
from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError, closest

# Padded tokens in one pass by kind of device. A backward pass needs what the forward pass computed, so fewer tokens fit
# than without: into the memory, and into a CPU's caches. On a CPU with a classifier of 6 layers: 156 ms a text at 512
# tokens, 240 ms at 4096.
GRADIENT_BUDGETS = {"cpu": 512, "mps": 5461, "cuda": 16_384}
BASELINES = ("padding", "mask", "zero")
_queues: WeakKeyDictionary[Classifier, Queue] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Path:
    """A line of (tokens, width) states from `baseline` to `text`."""

    task: Task
    text: Tensor
    baseline: Tensor

    @property
    def change(self) -> Tensor:
        """(tokens, width), from the start of the path to its end."""
        return self.text - self.baseline


@dataclass(frozen=True, eq=False)
class Batch:
    """Rows of several texts as one function of their states: input embeddings, or what a layer puts out."""

    classifier: Classifier
    tasks: Sequence[Task]
    layer: int | None = None

    def values(self, states: Tensor) -> Tensor:
        """(rows,) values of the tasks' objectives for (rows, tokens, width) states; keeps gradients."""
        return self.of(self.logits(states))

    def of(self, logits: Tensor) -> Tensor:
        """(rows,) values of the tasks' objectives from (rows, classes) logits; keeps gradients."""
        return of_rows(self.classifier, logits, [task.objective for task in self.tasks])

    def logits(self, states: Tensor) -> Tensor:
        """(rows, classes) logits for (rows, tokens, width) states; keeps gradients."""
        encodings = [task.encoding for task in self.tasks]
        if self.layer is None:
            return self.classifier.from_embeddings(states, encodings)
        embeddings = pad([self.classifier.embed(encoding)[0][0] for encoding in encodings])
        with layers.replaced(self.classifier, self.layer, states):
            return self.classifier.from_embeddings(embeddings, encodings)


def gradient_queue(classifier: Classifier) -> Queue:
    """Batches for passes with gradients; one for each classifier, so that what its memory does not hold is tried once."""
    if classifier not in _queues:
        queue = _queues[classifier] = Queue(classifier.device)
        queue.budget = GRADIENT_BUDGETS.get(classifier.device.partition(":")[0], GRADIENT_BUDGETS["cpu"])
    return _queues[classifier]


def pad(states: Sequence[Tensor]) -> Tensor:
    """(rows, tokens, width) of (tokens, width) states, zeros behind the shorter ones."""
    return pad_sequence(list(states), batch_first=True)


def slopes(
    classifier: Classifier,
    points: Sequence[tuple[Path, float]],
    *,
    layer: int | None = None,
    progress: Progress | None = None,
) -> tuple[np.ndarray, list[np.ndarray], Tensor]:
    """The objective at points, each a path and the share of it that is behind, and its slope along the path by token.

    Returns (points,) values, for each point (tokens,) gradient times change, summed over the width, in float64, and the
    (points, classes) logits. Raises AskWhyError when an answer or a gradient is not a number.
    """
    found: list[np.ndarray] = [np.empty(0)] * len(points)

    def compute(rows: list[int]) -> Tensor:
        paths = [points[row][0] for row in rows]
        shares = torch.tensor([points[row][1] for row in rows], device=classifier.device).view(-1, 1, 1)
        changes = pad([path.change for path in paths])
        # from the end backwards, so that the end is the text itself, to the last bit
        states = (pad([path.text for path in paths]) - (1 - shares) * changes).requires_grad_()
        batch = Batch(classifier, [path.task for path in paths], layer)
        logits = batch.logits(states)
        values = batch.of(logits)
        (gradients,) = torch.autograd.grad(values.sum(), states)
        parts = (gradients * changes).sum(-1).double().cpu().numpy()
        for row, path, part in zip(rows, paths, parts, strict=True):
            found[row] = part[: len(path.text)]
        return torch.column_stack([values, logits])

    lengths = [len(path.text) for path, _ in points]
    answers = gradient_queue(classifier).run(lengths, compute, pad=classifier.pads, progress=progress)
    if not torch.isfinite(answers).all():
        classifier.forward([path.task.encoding for path, _ in points])  # tells damaged weights apart
    return answers[:, 0].double().numpy(), finite(classifier, found), answers[:, 1:]


def finite(classifier: Classifier, found: list[np.ndarray]) -> list[np.ndarray]:
    """What was found from gradients. Raises AskWhyError when it is not a number."""
    if not all(np.isfinite(one).all() for one in found):
        raise AskWhyError(f"The gradients of {classifier.name} are not numbers; choose a method that hides words, as occlusion.")
    return found


def ends(classifier: Classifier, task: Task, baseline: str = "padding", layer: int | None = None) -> tuple[Tensor, Tensor]:
    """(tokens, width) states of a text and of its baseline, at the input or as a layer puts them out.

    The baseline has the same special tokens and, in the place of the others, padding tokens, mask tokens, or zeros.
    Raises AskWhyError for another baseline, or one that the tokenizer does not have.
    """
    text, blank = classifier.embed(task.encoding)
    if baseline not in BASELINES:
        raise AskWhyError(f"There is no baseline '{baseline}'; {closest(baseline, BASELINES)}")
    if baseline != "padding":
        special = torch.tensor(task.encoding.special, device=text.device)[None, :, None]
        other = torch.zeros_like(text[0, 0])
        if baseline == "mask":
            if classifier.tokenizer.mask_token_id is None:
                raise AskWhyError(f"The tokenizer of {classifier.name} has no mask token; choose the baseline padding or zero.")
            ids = torch.tensor([classifier.tokenizer.mask_token_id], device=text.device)
            other = classifier.model.get_input_embeddings()(ids)[0]
        blank = torch.where(special, text, other)
    if layer is None:
        return text[0], blank[0]
    with torch.no_grad(), layers.captured(classifier, layer) as states:
        classifier.from_embeddings(torch.cat([text, blank]), task.encoding)
    return states[0][0], states[0][1]


def shifted(scores: np.ndarray, change: float, floor: float) -> float:
    """How far (tokens,) scores are from adding up to a change, as a share of it; `floor` is the least change counted."""
    return float(abs(scores.sum() - change) / max(abs(change), floor))
