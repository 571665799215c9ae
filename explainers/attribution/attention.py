"""Methods that follow the attention weights through the layers. They are of all methods the least tied to the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from explainers.attribution import layers
from explainers.attribution.method import Layer, Scores, Task
from explainers.attribution.objective import Objective
from explainers.classifier import Classifier, Encoding, Progress
from explainers.errors import AskWhyError

_switch = threading.RLock()  # the implementation is a setting of the model, which threads share


@dataclass(frozen=True, eq=False)
class Attentions:
    """One text's attention: `weights` is for each layer (1, heads, tokens, tokens), rows attending to columns.

    `state` (1, tokens, width) is what the last layer puts out, `value` the objective; `weights` and `state` are in its graph.
    """

    weights: tuple[Tensor, ...]
    state: Tensor
    value: Tensor


@contextmanager
def showing_attention(classifier: Classifier) -> Iterator[None]:
    """The model computes attention step by step and puts it out; afterwards all is as before.

    Raises AskWhyError for a model that cannot.
    """
    model = classifier.model
    with _switch:
        before, shown = model.config._attn_implementation, model.config.output_attentions
        try:
            model.set_attn_implementation("eager")
            model.config.output_attentions = True
        except (ValueError, ImportError, NotImplementedError) as error:
            raise AskWhyError(f"{classifier.name} does not show its attention; choose another method.") from error
        try:
            yield
        finally:
            model.config.output_attentions = shown
            model.set_attn_implementation(before)


def attend(classifier: Classifier, encoding: Encoding, objective: Objective) -> Attentions:
    """One pass over a text that keeps its attention weights. Raises AskWhyError for a model without them."""
    layers.check_answer(classifier)
    outputs: list[object] = []
    thread = threading.get_ident()

    def keep(module: torch.nn.Module, given: object, output: object) -> None:
        if threading.get_ident() == thread:
            outputs.append(output)

    embeddings = classifier.embed(encoding)[0].requires_grad_()
    handle = classifier.model.base_model.register_forward_hook(keep)
    try:
        with showing_attention(classifier), layers.captured(classifier, layers.depth(classifier) - 1) as states:
            value = objective.of(classifier, classifier.from_embeddings(embeddings, encoding))[0]
    finally:
        handle.remove()
    weights = getattr(outputs[-1], "attentions", None) if outputs else None
    if not weights or any(one is None or one.dim() != 4 for one in weights):
        raise AskWhyError(f"{classifier.name} has no attention weights to show; choose another method.")
    return Attentions(tuple(weights), states[0], value)


def attention_rollout(
    classifier: Classifier, tasks: Sequence[Task], *, layer: Layer = None, progress: Progress | None = None
) -> list[Scores]:
    """How much of each token reaches the answer if attention only mixed tokens: the same for every class.

    Abnar and Zuidema 2020: the mean over heads and the residual connection in equal parts, multiplied over layers up to
    `layer` (the last by default). Scores are not negative and add up to 1, special tokens included.
    """
    last = _one(classifier, layer)

    def explain(found: Attentions) -> Tensor:
        size = found.state.shape[1]
        mixed = torch.eye(size, dtype=torch.float64)
        for weights in found.weights[: last + 1]:
            here = weights[0].detach().double().cpu().mean(dim=0) + torch.eye(size)
            mixed = (here / here.sum(dim=-1, keepdim=True)) @ mixed
        return _read(found) @ mixed

    return _each(classifier, tasks, explain, progress, last)


def attention_x_gradient(
    classifier: Classifier, tasks: Sequence[Task], *, layer: Layer = None, progress: Progress | None = None
) -> list[Scores]:
    """How much of each token reaches the answer by attention whose growth would raise the target.

    Chefer, Gur and Wolf 2021 (Generic Attention-model Explainability, self-attention): attention times its gradient,
    where positive, the mean over heads, added up over layers up to `layer` (the last by default). Scores are not negative.
    """
    last = _one(classifier, layer)

    def explain(found: Attentions) -> Tensor:
        weights = found.weights[: last + 1]
        gradients = torch.autograd.grad(found.value, weights, retain_graph=True)
        relevance = torch.eye(found.state.shape[1], dtype=torch.float64)
        for attention, gradient in zip(weights, gradients, strict=True):
            here = (attention.detach() * gradient)[0].double().cpu().relu().mean(dim=0)
            relevance = relevance + here @ relevance
        return _read(found) @ (relevance - torch.eye(len(relevance)))

    return _each(classifier, tasks, explain, progress, last)


def _read(found: Attentions) -> Tensor:
    """(tokens,) how much of the last layer's state at each token the answer is read from, adding up to 1.

    The share of the gradient there, so that it holds for the first token, the last one, and a mean.
    """
    (gradient,) = torch.autograd.grad(found.value, found.state, retain_graph=True)
    size = gradient[0].double().norm(dim=-1).cpu()
    return size / size.sum().clamp_min(1e-300)


def _one(classifier: Classifier, layer: Layer) -> int:
    return layers.choose(classifier, layer)[0]


def _each(
    classifier: Classifier,
    tasks: Sequence[Task],
    explain: Callable[[Attentions], Tensor],
    progress: Progress | None,
    layer: int,
) -> list[Scores]:
    made = []
    for place, task in enumerate(tasks):
        tokens = explain(attend(classifier, task.encoding, task.objective)).numpy()
        made.append(Scores(tokens=tokens, passes=1, parameters={"layer": layer}))
        if progress:
            progress((place + 1) / len(tasks))
    return made
