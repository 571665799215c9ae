"""Log-probabilities of answers behind many variants of a prompt: padded batches that share what they begin with.

Rows that begin alike have the same keys and values there, so those are computed once, of the first row, and each batch
goes on from what all its rows have in common with it. Captum's LLM attribution runs every variant whole, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainers.batching import Progress
from explainers.errors import AskWhyError
from explainers.generative.model import GenerativeModel
from explainers.generative.objective import Branch, Objective
from explainers.generative.prefix import LEAST_SHARED, Kept, kept_of, new_cache, shared_by


@dataclass(frozen=True)
class Row:
    """A prompt's token ids and an answer behind them, of which a span counts."""

    context: tuple[int, ...]
    branch: Branch

    @property
    def ids(self) -> tuple[int, ...]:
        return (*self.context, *self.branch.given)

    @property
    def asked(self) -> int:
        """The first place whose logits count."""
        return len(self.context) + self.branch.first - 1


def values(
    model: GenerativeModel, objective: Objective, contexts: Sequence[tuple[int, ...]], progress: Progress | None = None
) -> np.ndarray:
    """(contexts,) values of the objective behind each of some prompts, in float64, without gradients.

    A prompt without tokens is a single blank one.
    """
    rows = [Row(context or (model.blank,), branch) for branch in objective.branches for context in contexts]
    found = log_likelihoods(model, rows, progress).view(len(objective.branches), len(contexts))
    signs = torch.tensor([branch.sign for branch in objective.branches], dtype=torch.float64)
    return (signs @ found).numpy()


def log_likelihoods(model: GenerativeModel, rows: Sequence[Row], progress: Progress | None = None) -> Tensor:
    """(rows,) summed log-probabilities of the rows' spans, float64 on the CPU; rows that are alike are run once.

    Raises AskWhyError when the model's answer is not a number.
    """
    places: dict[Row, int] = {}
    for row in rows:
        places.setdefault(row, len(places))
    distinct = list(places)
    longest = max(range(len(distinct)), key=lambda place: len(distinct[place].ids))
    base = distinct[longest]
    found = torch.empty(len(distinct), dtype=torch.float64)
    others = [place for place in range(len(distinct)) if place != longest]
    with torch.inference_mode():
        value, kept = _first(model, base, share=bool(others))
        found[longest] = value
        if others:
            found[others] = _rest(model, [distinct[place] for place in others], base, kept, progress)
    if not torch.isfinite(found).all():
        raise AskWhyError(
            f"{model.name} answers with what is not a number; its weights are damaged or its number type is too small, so load "
            'it anew with dtype = "float32".'
        )
    return found[[places[row] for row in rows]]


def _first(model: GenerativeModel, base: Row, share: bool) -> tuple[float, Kept]:
    """The value of one row, and the keys and values of its layers; none where they cannot be shared."""
    cache = new_cache(model) if share else None
    keep = torch.arange(base.asked, len(base.ids), device=model.device)
    made = model.run(input_ids=model.tensor([base.ids]), past_key_values=cache, use_cache=cache is not None, keep=keep)
    return float(_picked(made.logits, [base], base.asked)[0]), kept_of(cache, len(base.ids))


def _rest(model: GenerativeModel, rows: list[Row], base: Row, kept: Kept, progress: Progress | None) -> Tensor:
    alike = [_alike(row, base) if kept else 0 for row in rows]

    def compute(chosen: list[int]) -> Tensor:
        some = [rows[place] for place in chosen]
        shared = min(alike[place] for place in chosen)
        return _batch(model, some, kept, shared if shared >= LEAST_SHARED else 0)

    lengths = [len(row.ids) - same for row, same in zip(rows, alike, strict=True)]
    return model.queue.run(lengths, compute, progress=progress).double()


def _alike(row: Row, base: Row) -> int:
    """How many tokens a row has in common with the base, up to the one before those that count."""
    same = 0
    for one, other in zip(row.ids[: row.asked], base.ids, strict=False):
        if one != other:
            break
        same += 1
    return same


def _batch(model: GenerativeModel, rows: list[Row], kept: Kept, shared: int) -> Tensor:
    """(rows,) values of some rows, padded on the right, where causal attention does not look."""
    width = max(len(row.ids) for row in rows) - shared
    ids = torch.full((len(rows), width), model.blank)
    mask = torch.zeros((len(rows), shared + width), dtype=torch.long)
    for place, row in enumerate(rows):
        rest = row.ids[shared:]
        ids[place, : len(rest)] = torch.tensor(rest)
        mask[place, : shared + len(rest)] = 1
    options = shared_by(kept, len(rows), shared) if shared else {}
    if not mask.all():
        options["attention_mask"] = mask.to(model.device)
    first = min(row.asked for row in rows) - shared
    last = max(len(row.ids) for row in rows) - shared
    keep = torch.arange(first, last, device=model.device)
    made = model.run(input_ids=ids.to(model.device), keep=keep, **options)
    return _picked(made.logits, rows, first + shared)


def _picked(logits: Tensor, rows: list[Row], first: int) -> Tensor:
    """(rows,) summed log-probabilities from (rows, places, vocabulary) logits, the first place being at `first`."""
    found = []
    for own, row in zip(logits, rows, strict=True):
        span = own[row.asked - first : len(row.ids) - first].float()
        wanted = torch.tensor(row.branch.ids[row.branch.first : row.branch.last], device=logits.device)
        said = span.gather(-1, wanted[:, None])[:, 0]
        found.append((said - span.logsumexp(-1)).sum())
    return torch.stack(found)
