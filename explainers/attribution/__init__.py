"""Attribution methods by name: each is a function of a classifier, an encoded text and a target class.

To add a method, write a module with a function of this shape and put it into METHODS.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from explainers.attribution.gradient import input_x_gradient, integrated_gradients, saliency
from explainers.attribution.perturbation import kernel_shap, lime, occlusion
from explainers.attribution.scores import Method, Scores
from explainers.classifier import Classifier
from explainers.errors import AskWhyError, closest
from explainers.explanation import Explanation, Piece
from explainers.units import UNITS, Span, assign, units

METHODS: Mapping[str, Method] = {
    "integrated_gradients": integrated_gradients,
    "input_x_gradient": input_x_gradient,
    "saliency": saliency,
    "occlusion": occlusion,
    "lime": lime,
    "kernel_shap": kernel_shap,
}


def attribute(
    classifier: Classifier, text: str, target: str | None = None, *, method: str = "integrated_gradients", unit: str = "word"
) -> Explanation:
    """Scores of the units of a text for the log-odds of a class (the predicted one by default).

    Raises AskWhyError for an unknown method, unit or class, and for a text with nothing to explain.
    """
    if method not in METHODS:
        raise AskWhyError(f"There is no attribution method '{method}'; {closest(method, METHODS)}")
    if unit not in UNITS:
        raise AskWhyError(f"There is no unit '{unit}'; {closest(unit, UNITS)}")
    started = time.perf_counter()
    encoding = classifier.encode(text)
    logits = classifier.forward([encoding])
    probabilities = classifier.as_probabilities(logits)[0]
    index = int(probabilities.argmax()) if target is None else classifier.index(target)
    if unit == "token":
        spans = [Span(*offset) for offset, special in zip(encoding.offsets, encoding.special, strict=True) if not special]
        owners = np.full(len(encoding.ids), -1)
        owners[~np.array(encoding.special)] = np.arange(len(spans))
    else:
        spans = units(text, unit)
        owners = np.array(assign(text, encoding.offsets, spans))
        owners[np.array(encoding.special)] = -1
    seen = np.unique(owners[owners >= 0])
    if seen.size == 0:
        raise AskWhyError("There are no words in this text that the model can see, so there is nothing to explain.")
    spans, owners = [spans[position] for position in seen], np.searchsorted(seen, owners) * (owners >= 0) - (owners < 0)
    found: Scores = METHODS[method](classifier, encoding, index, owners)
    totals = np.bincount(owners[owners >= 0], weights=found.tokens[owners >= 0], minlength=len(spans))
    return Explanation(
        text=text,
        target=classifier.labels[index],
        method=method,
        unit=unit,
        pieces=tuple(Piece(span.start, span.end, span.of(text), float(score)) for span, score in zip(spans, totals, strict=True)),
        special=float(found.tokens[owners < 0].sum()),
        probability=float(probabilities[index]),
        value=float(classifier.as_log_odds(logits, index)[0]),
        baseline=found.baseline,
        gap=found.gap,
        converged=found.converged,
        fit=found.fit,
        parameters=found.parameters,
        passes=found.passes + 1,
        truncated=encoding.truncated,
        model=classifier.fingerprint,
        seconds=time.perf_counter() - started,
    )
