"""Attention from the places that predict a span to the prompt: rolled out over layers, and head by head."""

from __future__ import annotations

import torch
from torch import Tensor

from explainers.attribution.attention import showing_attention
from explainers.batching import Progress
from explainers.errors import AskWhyError
from explainers.generative.model import GenerativeModel
from explainers.generative.task import Found, Task


def attention_rollout(model: GenerativeModel, task: Task, *, progress: Progress | None = None) -> Found:
    """How much of each token reaches the places that predict the span if attention only mixed tokens.

    Abnar and Zuidema 2020: the mean over heads and the residual connection in equal parts, multiplied over the layers.
    Not negative, and the same whatever the span says: it knows where the model looked, not what for. With causal attention
    every layer moves weight towards the first token, so in a deep model little is left for the others.
    """
    weights, places = attend(model, task)
    reached = torch.zeros(weights[0].shape[-1], dtype=torch.float64)
    reached[places] = 1 / len(places)
    for layer in reversed(weights):
        mixed = layer.double().mean(dim=0) + torch.eye(len(reached))
        reached = reached @ (mixed / mixed.sum(dim=-1, keepdim=True))
    return Found(tokens=reached[: len(task.prompt.ids)].numpy(), passes=1)


def attend(model: GenerativeModel, task: Task) -> tuple[list[Tensor], Tensor]:
    """For each layer (heads, tokens, tokens) weights of prompt and answer, on the CPU, and the places that predict the span.

    Raises AskWhyError for a model that does not show its attention.
    """
    branch = task.objective.branches[0]
    whole = (*task.prompt.ids, *branch.given)
    with torch.inference_mode(), showing_attention(model):
        made = model.run(input_ids=model.tensor([whole]), output_attentions=True, keep=1)
    weights = getattr(made, "attentions", None)
    if not weights or any(one is None or one.dim() != 4 for one in weights):
        raise AskWhyError(f"{model.name} has no attention weights to show; choose another method.")
    first = len(task.prompt.ids) - 1
    return [one[0].float().cpu() for one in weights], torch.arange(first + branch.first, first + branch.last)
