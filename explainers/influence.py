"""The training rows that pulled the model most towards an answer, or away from it: TracIn over the last linear layer.

TracIn (Pruthi et al. 2020) sums, over checkpoints of the training, the dot products of the gradients of a training
row's loss and the query's loss. Only the final weights are at hand, so this is TracIn with one checkpoint: it tells
how the two rows pull at the trained head now, not what happened during the training. Captum computes it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from captum.influence import TracInCPFast
from torch import nn
from torch.utils.data import TensorDataset

from explainers.classifier import Classifier, Progress
from explainers.errors import AskWhyError
from explainers.features import final_linear, head_features
from explainers.matrices import stored_rows

BATCH = 8192  # training rows whose features are in memory at a time


@dataclass(frozen=True)
class InfluentialRow:
    """A training row: `row` is its place among the training texts, `agrees` whether its label is the query's class.

    `influence` is the dot product of the gradients: by how much, for a small step, learning this row lowers the
    query's loss. Positive is a proponent, negative an opponent.
    """

    row: int
    text: str
    label: str
    influence: float
    agrees: bool


@dataclass(frozen=True)
class Influence:
    """The strongest proponents and opponents of the answer `target` on a text, out of `rows` training rows.

    `checkpoints` is 1: the final weights. `agreeing` is the share of all positive influence that comes from rows with
    the query's class as their label (None if there is none).
    """

    text: str
    target: str
    proponents: tuple[InfluentialRow, ...]
    opponents: tuple[InfluentialRow, ...]
    agreeing: float | None
    rows: int
    model: str
    checkpoints: int = 1
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def influence(
    classifier: Classifier,
    texts: Sequence[str],
    labels: Sequence[str],
    query: str,
    target: str | None = None,
    *,
    n: int = 5,
    progress: Progress | None = None,
) -> Influence:
    """The `n` strongest proponents and opponents among training texts with their labels, for a class on the query text.

    The class is the predicted one by default. What the last layer is given for the training texts is kept on disk.
    Raises AskWhyError for an unknown class or label, unequal numbers of texts and labels, and a model that does not
    end in a linear layer.
    """
    if n < 1:
        raise AskWhyError("At least one row has to be asked for; set `n` to 1 or more.")
    if len(texts) != len(labels):
        raise AskWhyError(f"There are {len(texts)} training texts but {len(labels)} labels; give one label for each text.")
    started = time.perf_counter()
    indices = [classifier.index(label) for label in labels]
    final_linear(classifier)
    matrix = stored_rows("features", classifier.fingerprint, texts, lambda some: head_features(classifier, some), progress)
    asked = head_features(classifier, [query])
    if target is None:
        target = classifier.labels[int(classifier.forward([classifier.encode(query)])[0].argmax())]
    values = influences(classifier, matrix, indices, asked[0], classifier.index(target))
    agrees = np.array(indices) == classifier.index(target)
    positive = values[values > 0].sum()

    def told(order: np.ndarray) -> tuple[InfluentialRow, ...]:
        return tuple(InfluentialRow(int(r), texts[r], labels[r], float(values[r]), bool(agrees[r])) for r in order[:n])

    order = np.argsort(-values, kind="stable")
    return Influence(
        text=query,
        target=target,
        proponents=told(order[values[order] > 0]),
        opponents=told(order[::-1][values[order[::-1]] < 0]),
        agreeing=float(values[agrees & (values > 0)].sum() / positive) if positive > 0 else None,
        rows=len(texts),
        model=classifier.fingerprint,
        seconds=time.perf_counter() - started,
    )


def influences(classifier: Classifier, matrix: np.ndarray, labels: Sequence[int], query: np.ndarray, target: int) -> np.ndarray:
    """(rows,) influence of training rows, given as (rows, width) head features and class indices, on a (width,) query.

    The dot product of the loss gradients over the weights and the bias of the head; the loss is cross-entropy, or
    binary cross-entropy for a multi-label model.
    """
    head = final_linear(classifier)
    weight = head.weight.detach().float().cpu()
    bias = torch.zeros(len(weight)) if head.bias is None else head.bias.detach().float().cpu()
    extended = nn.Linear(weight.shape[1] + 1, weight.shape[0], bias=False)  # Captum leaves the bias out, so it is a weight here
    extended.weight.data.copy_(torch.cat([weight, bias[:, None]], dim=1))
    constant = 0.0 if head.bias is None else 1.0
    loss = nn.BCEWithLogitsLoss(reduction="sum") if classifier.multi_label else nn.CrossEntropyLoss(reduction="sum")

    def inputs(features: np.ndarray) -> torch.Tensor:
        rows = torch.from_numpy(np.array(features, dtype=np.float32))
        return torch.cat([rows, torch.full((len(rows), 1), constant)], dim=1)

    def targets(classes: Sequence[int]) -> torch.Tensor:
        chosen = torch.tensor(classes)
        return nn.functional.one_hot(chosen, len(weight)).float() if classifier.multi_label else chosen

    found = []
    for start in range(0, len(matrix), BATCH):
        data = TensorDataset(inputs(matrix[start : start + BATCH]), targets(labels[start : start + BATCH]))
        traced = TracInCPFast(
            nn.Sequential(extended),
            extended,
            data,
            checkpoints=["final"],
            checkpoints_load_func=lambda model, checkpoint: 1.0,  # the weights are there; the learning rate only scales
            loss_fn=loss,
            batch_size=BATCH,
        )
        found.append(traced.influence((inputs(query[None]), targets([target])))[0].detach().numpy())
    return np.concatenate(found)
