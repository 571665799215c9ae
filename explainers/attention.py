"""Attention of each layer and head for a text, gathered from tokens to words.

Attention says where a head looks, not what the answer rests on (Jain and Wallace 2019): it is shown, not ranked as a reason.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from explainers.classifier import Classifier
from explainers.encoding import Encoding
from explainers.errors import AskWhyError
from explainers.explanation import Piece
from explainers.features import model_inputs
from explainers.masking import segment


@dataclass(frozen=True)
class AttendedPair:
    """`source` attends to `target` with `weight` in [0, 1]."""

    source: Piece
    target: Piece
    weight: float


@dataclass(frozen=True)
class Attention:
    """Attention between the units of a text, of one layer and head or the mean over all of them where these are None.

    `weights` is (units, units), row attends to column: the mean over the tokens of the row's unit, the sum over those
    of the column's (Clark et al. 2019). `to_special` is the mean share that goes to special tokens instead, so a row
    and its share of that add up to 1. Each piece's score is the mean attention that it gets. `pairs` are the largest
    weights between different units. `special_by_head` is (layers, heads). Layers and heads are numbered from 0.
    """

    text: str
    unit: str
    layer: int | None
    head: int | None
    pieces: tuple[Piece, ...]
    weights: tuple[tuple[float, ...], ...]
    pairs: tuple[AttendedPair, ...]
    to_special: float
    special_by_head: tuple[tuple[float, ...], ...]
    layers: int
    heads: int
    truncated: bool
    model: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def attention(
    classifier: Classifier, text: str, *, layer: int | None = None, head: int | None = None, unit: str = "word", top: int = 10
) -> Attention:
    """Where the model looks in a text, with the `top` pairs of units.

    Raises AskWhyError for a layer or head that the model does not have, an unknown unit, a text without units, and a
    model without attention.
    """
    if top < 1:
        raise AskWhyError("At least one pair has to be asked for; set `top` to 1 or more.")
    segments = segment(classifier, text, unit)
    weights = attention_weights(classifier, segments.encoding)
    layers, heads = weights.shape[:2]
    for name, number, count in (("layer", layer, layers), ("head", head, heads)):
        if number is not None and not 0 <= number < count:
            raise AskWhyError(f"The model has no {name} {number}; its {name}s are 0 to {count - 1}.")
    member = segments.owners[None] == np.arange(len(segments))[:, None]  # (units, tokens)
    rows = member / member.sum(axis=1, keepdims=True)
    between = np.einsum("ut,lhts,vs->lhuv", rows, weights, member, optimize=True)
    special = 1 - between.sum(axis=-1).mean(axis=-1)  # (layers, heads)
    chosen = (slice(None) if layer is None else [layer], slice(None) if head is None else [head])
    matrix = between[chosen[0]][:, chosen[1]].mean(axis=(0, 1))
    pieces = tuple(
        Piece(span.start, span.end, span.of(text), float(score))
        for span, score in zip(segments.spans, matrix.mean(axis=0), strict=True)
    )
    apart = matrix.copy()
    np.fill_diagonal(apart, -1.0)
    order = [divmod(place, len(pieces)) for place in np.argsort(-apart, axis=None, kind="stable")[:top].tolist()]
    return Attention(
        text=text,
        unit=unit,
        layer=layer,
        head=head,
        pieces=pieces,
        weights=tuple(tuple(row) for row in matrix.tolist()),
        pairs=tuple(AttendedPair(pieces[i], pieces[j], float(matrix[i, j])) for i, j in order if i != j),
        to_special=float(np.clip(special[chosen[0]][:, chosen[1]].mean(), 0.0, 1.0)),
        special_by_head=tuple(tuple(row) for row in np.clip(special, 0.0, 1.0).tolist()),
        layers=layers,
        heads=heads,
        truncated=segments.encoding.truncated,
        model=classifier.fingerprint,
    )


def attention_weights(classifier: Classifier, encoding: Encoding) -> np.ndarray:
    """(layers, heads, tokens, tokens) float64 attention; each row sums to 1.

    Raises AskWhyError for a model that gives none. Fused attention gives no weights, so another is set on a copy
    that shares the weights: the model itself may be at work for others.
    """
    model = classifier.model
    made = copy.deepcopy(model, {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())})
    try:
        made.set_attn_implementation("eager")
        with torch.inference_mode():
            found = getattr(made(**model_inputs(classifier, [encoding]), output_attentions=True), "attentions", None)
    except (ValueError, AttributeError, TypeError) as error:
        raise AskWhyError(f"{classifier.name} does not show its attention; choose another kind of explanation.") from error
    size = len(encoding.ids)
    layers = [layer for layer in found or () if layer is not None and layer.dim() == 4 and layer.shape[-2:] == (size, size)]
    if not layers:
        raise AskWhyError(f"{classifier.name} has no attention between all its tokens; choose another kind of explanation.")
    return torch.stack([layer[0].float().cpu() for layer in layers]).double().numpy()
