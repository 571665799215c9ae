"""Salience by gradients: one objective for the whole span, so one pass and not one for each of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from explainers.attribution.integrals import START, Integral, Refined, gauss_legendre, summed
from explainers.attribution.meter import half
from explainers.batching import Progress
from explainers.errors import AskWhyError, closest
from explainers.generative import prefix
from explainers.generative.model import GenerativeModel
from explainers.generative.objective import FLOOR
from explainers.generative.task import Found, Task

BASELINES = ("padding", "zero")
TOLERANCE = 0.05  # of the change along the path, and of the largest segment: a language model turns often on its way
MOST = 64  # nodes of a path from which on no more are added


def grad_l2(model: GenerativeModel, task: Task, *, progress: Progress | None = None) -> Found:
    """The length (L2 norm) of the gradient at each token: how much it matters, without a direction."""
    _, gradient, value = _gradient(model, task)
    return Found(tokens=gradient.norm(dim=-1).cpu().numpy(), value=value, passes=len(task.objective.branches))


def input_x_gradient(model: GenerativeModel, task: Task, *, progress: Progress | None = None) -> Found:
    """The gradient times the embedding at each token: a first-order guess, positive where the token supports the span.

    Shrikumar et al. 2016. The gradient is that of the log-probability; LIT takes that of the loss, which has the
    other sign.
    """
    states, gradient, value = _gradient(model, task)
    return Found(tokens=(gradient * states).sum(-1).cpu().numpy(), value=value, passes=len(task.objective.branches))


def integrated_gradients(
    model: GenerativeModel,
    task: Task,
    *,
    baseline: str = "padding",
    tolerance: float = TOLERANCE,
    most: int = MOST,
    steps: int = 0,
    progress: Progress | None = None,
) -> Found:
    """The gradient along the straight path from a baseline prompt to the prompt, added up.

    Sundararajan, Taly and Yan 2017. Steps are added until the scores add up to the change of the log-probability, and those of
    segments are known, within the tolerance, or there are `most`; or `steps` Gauss-Legendre nodes are used, as Captum
    does. The baseline is padding, zero or a token by its name, in the place of all of the person's tokens; the template's
    and the answer's stay.
    """
    states = _states(model, task)
    change = states - _baseline(model, task, baseline, states)
    if steps:
        shares, weights = gauss_legendre(steps)
        values, parts = _slopes(model, task, states, change, shares, progress)
        found = summed(values, parts, weights, FLOOR, tolerance)
    else:
        found = _adaptive(model, task, states, change, tolerance, most, progress)
    return Found(
        tokens=found.tokens,
        value=found.end,
        baseline=found.start,
        gap=found.gap,
        converged=found.settled,
        passes=(found.nodes + (2 if steps else 0)) * len(task.objective.branches),
        parameters={"steps": found.nodes},
    )


def _adaptive(
    model: GenerativeModel,
    task: Task,
    states: Tensor,
    change: Tensor,
    tolerance: float,
    most: int,
    progress: Progress | None,
) -> Integral:
    by_segment, by_token = Refined(FLOOR, tolerance, most), Refined(FLOOR, tolerance, most)
    wanted: Sequence[float] = START
    rounds = 0
    while wanted:
        values, parts = _slopes(model, task, states, change, wanted, half(progress, rounds))
        for share, value, part in zip(wanted, values.tolist(), parts, strict=True):
            by_segment.nodes[share] = (value, task.summed(part))
            by_token.nodes[share] = (value, part)
        by_segment.measure()
        wanted = by_segment.missing()
        rounds += 1
    by_token.measure()
    if progress:
        progress(1.0)
    return replace(by_token.integral(), settled=by_segment.settled)


def _slopes(
    model: GenerativeModel, task: Task, states: Tensor, change: Tensor, shares: Sequence[float], progress: Progress | None
) -> tuple[np.ndarray, np.ndarray]:
    """The (shares,) objective at shares of a path of (tokens, width) states, and its (shares, tokens) slopes by token.

    What a template sets before the prompt is alike at all points, so it is run once.
    """
    first, kept = _before(model, task, states)
    states, change = states[first:], change[first:]

    def compute(rows: list[int]) -> Tensor:
        left = torch.tensor([1 - shares[row] for row in rows], device=states.device, dtype=states.dtype)
        points = (states - left[:, None, None] * change).detach().requires_grad_()  # the end is the prompt to the last bit
        total, gradient = torch.zeros(len(rows), device=states.device), torch.zeros_like(points)
        for branch in task.objective.branches:  # one by one, so that one graph at a time is in the memory
            options = prefix.shared_by(kept, len(rows), first) if kept else {}
            value = task.objective.of_branch(model, points, branch, **options) * branch.sign
            gradient += torch.autograd.grad(value.sum(), points)[0]
            total = total + value.detach()
        return torch.column_stack([total, (gradient * change).sum(-1)])

    length = len(states) + task.objective.longest
    found = model.gradient_queue.run([length] * len(shares), compute, progress=progress).double().numpy()
    if not np.isfinite(found).all():
        raise AskWhyError(f"The gradients of {model.name} are not numbers; choose a method that removes segments, as occlusion.")
    return found[:, 0], np.pad(found[:, 1:], ((0, 0), (first, 0)))


def _before(model: GenerativeModel, task: Task, states: Tensor) -> tuple[int, prefix.Kept]:
    """How many tokens of the template stand before the prompt, with their keys and values; 0 where these are not shared."""
    first = task.prompt.scaffold.index(False)
    cache = prefix.new_cache(model) if first >= prefix.LEAST_SHARED else None
    if cache is None:
        return 0, []
    with torch.no_grad():
        model.run(inputs_embeds=states[None, :first], past_key_values=cache, use_cache=True, keep=1)
    kept = prefix.kept_of(cache, first)
    return (first, kept) if kept else (0, [])


def _gradient(model: GenerativeModel, task: Task) -> tuple[Tensor, Tensor, float]:
    """The (tokens, width) embeddings of the prompt, the gradient of the objective there, and the objective."""
    states = _states(model, task)
    points = states.clone()[None].requires_grad_()
    value = task.objective.of_states(model, points)
    (gradient,) = torch.autograd.grad(value.sum(), points)
    if not torch.isfinite(gradient).all():
        raise AskWhyError(f"The gradients of {model.name} are not numbers; choose a method that removes segments, as occlusion.")
    return states.double(), gradient[0].double(), float(value.detach())


def _states(model: GenerativeModel, task: Task) -> Tensor:
    return model.embed(model.tensor([task.prompt.ids]))[0]


def _baseline(model: GenerativeModel, task: Task, baseline: str, states: Tensor) -> Tensor:
    """(tokens, width) embeddings of the baseline. Raises AskWhyError for one that there is not."""
    if baseline == "zero":
        other = torch.zeros_like(states[0])
    else:
        other = model.embed(model.tensor([[_baseline_token(model, baseline)]]))[0, 0]
    scaffold = torch.tensor(task.prompt.scaffold, device=states.device)[:, None]
    return torch.where(scaffold, states, other)


def _baseline_token(model: GenerativeModel, baseline: str) -> int:
    if baseline == "padding":
        padding = model.tokenizer.pad_token_id
        known = padding is not None and padding < model.model.get_input_embeddings().weight.shape[0]
        return padding if known else model.blank  # some tokenizers have one that their model does not
    token = model.tokenizer.get_vocab().get(baseline)
    if token is None:
        raise AskWhyError(f"There is no baseline '{baseline}', and no such token; {closest(baseline, BASELINES)}")
    return token
