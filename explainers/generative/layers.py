"""Looking into the model: scores of segments layer by layer, and attention head by head."""

from __future__ import annotations

from contextlib import ExitStack

import torch

from explainers.attribution import layers
from explainers.errors import AskWhyError
from explainers.generative.attention import attend
from explainers.generative.model import GenerativeModel
from explainers.generative.results import Answer, HeadAttention, LayerSalience
from explainers.generative.salience import prepare, scored
from explainers.spans import Reference
from explainers.units import Span


def layer_salience(
    model: GenerativeModel,
    answer: Answer,
    target: str | Reference | Span | None = None,
    *,
    against: str | None = None,
    unit: str = "sentence",
    pattern: str | None = None,
) -> LayerSalience:
    """Gradient times activation at what each layer puts out, summed over the tokens of each segment, positive for support.

    Captum's LayerGradientXActivation, at all layers in one pass and for the whole span. At the last layer only the
    place before the span counts, since nothing is mixed behind it. `segments` hold the mean over layers.
    Raises AskWhyError as `salience`.
    """
    task, span = prepare(model, answer, target, against, unit, pattern)
    states = model.embed(model.tensor([task.prompt.ids]))
    count = layers.depth(model)
    by_layer = torch.zeros(count, len(task.prompt.ids), dtype=torch.float64)
    total = 0.0
    for branch in task.objective.branches:
        with ExitStack() as stack:
            seen = [stack.enter_context(layers.captured(model, layer)) for layer in range(count)]
            value = task.objective.of_branch(model, states.clone().requires_grad_(), branch)[0] * branch.sign
        activations = [one[0] for one in seen]
        gradients = torch.autograd.grad(value, activations)
        for layer, (activation, gradient) in enumerate(zip(activations, gradients, strict=True)):
            product = (activation.detach() * gradient)[0].double().sum(-1).cpu()
            by_layer[layer] += product[: len(task.prompt.ids)]
        total += float(value.detach())
    rows = [task.summed(row) for row in by_layer.numpy()]
    if not torch.isfinite(by_layer).all():
        raise AskWhyError(f'The gradients of {model.name} are not numbers; load it with dtype = "float32".')
    mean = task.summed(by_layer.mean(0).numpy())
    found = tuple(tuple(row.tolist()) for row in rows)
    return LayerSalience(scored(task, mean), found, total, span.of(answer.text), model.name)


def head_attention(
    model: GenerativeModel,
    answer: Answer,
    target: str | Reference | Span | None = None,
    *,
    unit: str = "sentence",
    pattern: str | None = None,
) -> HeadAttention:
    """How much the places that predict the span attend to each segment, in each head of each layer: a mean over the span.

    `segments` hold the mean over layers and heads. Raises AskWhyError as `salience`.
    """
    task, span = prepare(model, answer, target, None, unit, pattern)
    weights, places = attend(model, task)
    size = len(task.prompt.ids)
    made = torch.stack([layer[:, places, :size].double().mean(dim=1) for layer in weights]).numpy()  # layers, heads, tokens
    rows = tuple(tuple(tuple(task.summed(head).tolist()) for head in layer) for layer in made)
    apart = task.owners < 0
    scaffold = tuple(tuple(float(head[apart].sum()) for head in layer) for layer in made)
    return HeadAttention(scored(task, task.summed(made.mean(axis=(0, 1)))), rows, scaffold, span.of(answer.text), model.name)
