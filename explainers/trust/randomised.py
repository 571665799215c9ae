"""A copy of a model with the weights of its upper half shuffled: what explains the model should explain the copy otherwise.

Sanity check after Adebayo et al. (2018): a map that stays the same did not come from what the model learned.
"""

from __future__ import annotations

import copy

import torch

from explainers.classifier import Classifier


def randomised(classifier: Classifier, *, seed: int) -> Classifier:
    """A classifier that shares the lower half of its weights with the original; the rest, head included, are shuffled.

    Each matrix keeps its own entries in a seeded random order, so that sizes stay as the model has them.
    """
    model = classifier.model
    embeddings = {id(parameter) for parameter in model.get_input_embeddings().parameters()}
    matrices = [weight for weight in model.parameters() if weight.dim() > 1 and id(weight) not in embeddings]
    upper = matrices[len(matrices) // 2 :]  # in the order in which the layers were made
    changed = {id(weight) for weight in upper}
    shared = {id(weight): weight for weight in (*model.parameters(), *model.buffers()) if id(weight) not in changed}
    kept = set(shared)  # deepcopy adds to what it is given
    made = copy.deepcopy(model, shared)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in (weight for weight in made.parameters() if id(weight) not in kept):
            order = torch.randperm(weight.numel(), generator=generator).to(weight.device)
            weight.copy_(weight.flatten()[order].view_as(weight))
    return type(classifier)(
        made,
        classifier.tokenizer,
        name=classifier.name,
        device=classifier.device,
        labels=classifier.labels,
        bf16=classifier.bf16,
    )
