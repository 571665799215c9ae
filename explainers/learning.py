"""Letting a copy of a classifier learn one text, or forget it: gradient steps on its last layer alone.

A plain step would move every text that looks alike to the last layer. So each is a natural-gradient step: it moves the
other rows as little as the move of the text allows (the least-squares idea behind editing a layer by rank one, as in
Meng et al. 2022). The copy shares all other weights with the original, and the answers for every text whose features are
known follow at once.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from explainers.classifier import Classifier
from explainers.features import final_linear, head_features

STEP = 0.5  # log-odds that a step moves the text by, to first order
STEPS = 24
DAMPING = 1e-3  # of the mean variance of a feature, so that directions without rows are not moved along freely
SURE = 0.9  # probability of its class at which a text counts as learned
FORGOTTEN = 0.5  # and as forgotten


@dataclass(frozen=True)
class Adapted:
    """A copy of a classifier whose last layer took `steps` gradient steps on one text, each of 0.5 in log-odds.

    `before` and `after` are (classes,) probabilities of the text.
    """

    classifier: Classifier
    steps: int
    before: np.ndarray
    after: np.ndarray


def adapt(classifier: Classifier, text: str, label: str, others: np.ndarray, *, forget: bool = False) -> Adapted:
    """A copy that has learned that a text is of a class, or has forgotten it.

    `others` are (rows, width) features of the last layer for rows whose answers should stay (`head_features`). Learning
    stops when the class has a probability of 0.9, forgetting when it is below 0.5, both after 24 steps.
    Raises AskWhyError for an unknown class and for a model that does not end in a linear layer.
    """
    target = classifier.index(label)
    head = final_linear(classifier)
    last = 0.0 if head.bias is None else 1.0  # the last input is the bias
    asked = np.append(head_features(classifier, [text])[0], last).astype(np.float64)
    known = np.column_stack([others, np.full(len(others), last)]).astype(np.float64)
    spread = known.T @ known / max(len(known), 1)
    spread[np.diag_indices_from(spread)] += DAMPING * np.trace(spread) / len(spread) + 1e-12
    direction = torch.from_numpy(np.linalg.solve(spread, asked))
    features = torch.from_numpy(asked)
    weight = torch.cat(
        [
            head.weight.double().cpu(),
            (torch.zeros(len(classifier.labels)) if head.bias is None else head.bias.double().cpu())[:, None],
        ],
        1,
    )
    before, steps = None, 0
    while True:
        logits = (weight @ features)[None].float().requires_grad_()
        probabilities = classifier.as_probabilities(logits.detach())[0].numpy()
        before = probabilities if before is None else before
        chance = probabilities[target]
        if steps == STEPS or (chance < FORGOTTEN if forget else chance >= SURE):
            break
        slope = torch.autograd.grad(classifier.as_log_odds(logits, target)[0], logits)[0][0].double()
        move = torch.outer(slope, direction)
        weight = weight + (-STEP if forget else STEP) * move / float((slope**2).sum() * (features @ direction))
        steps += 1
    bias = None if head.bias is None else weight[:, -1]
    weight = weight[:, :-1]
    made = Classifier(
        _with_head(classifier.model, head, weight, bias),
        classifier.tokenizer, name=classifier.name, device=classifier.device, labels=classifier.labels, bf16=classifier.bf16,
    )  # fmt: skip
    return Adapted(made, steps, before, probabilities)


def answers(classifier: Classifier, features: np.ndarray) -> np.ndarray:
    """(rows, classes) float32 probabilities from (rows, width) features of the last layer."""
    head = final_linear(classifier)
    with torch.inference_mode():
        logits = nn.functional.linear(
            torch.from_numpy(np.array(features, dtype=np.float32)),
            head.weight.float().cpu(),
            None if head.bias is None else head.bias.float().cpu(),
        )
        return classifier.as_probabilities(logits).numpy()


def _with_head(model: nn.Module, head: nn.Linear, weight: torch.Tensor, bias: torch.Tensor | None) -> nn.Module:
    """The model with other weights in one linear layer; everything else is the very same modules."""
    path = next(name for name, module in model.named_modules() if module is head).split(".")
    root = parent = _shell(model)
    for name in path[:-1]:
        child = _shell(getattr(parent, name))
        parent._modules[name] = child
        parent = child
    fresh = copy.deepcopy(head)
    fresh.weight.data = weight.to(head.weight)
    if bias is not None:
        fresh.bias.data = bias.to(head.bias)
    parent._modules[path[-1]] = fresh
    return root


def _shell(module: Any) -> Any:
    """A copy of a module that holds the same submodules, in a table of its own."""
    made = copy.copy(module)
    made._modules = dict(module._modules)
    return made
