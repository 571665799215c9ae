"""From texts to explanations: what is asked for is checked, texts are cut, the method runs, scores go to units."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explainers.attribution.meter import part
from explainers.attribution.method import Layer, Method, Scores, Task
from explainers.attribution.objective import choose
from explainers.attribution.registry import METHODS
from explainers.cache import cached
from explainers.classifier import Classifier, Encoding, Progress
from explainers.errors import AskWhyError, closest
from explainers.explanation import Explanation, Piece
from explainers.masking import Segments, segment
from explainers.units import UNITS

CHUNK = 64  # texts at once: enough to fill batches, few enough to hold their embeddings


@dataclass(frozen=True)
class _Request:
    """All that is the same for every text."""

    method: Method
    unit: str
    against: str | None
    output: str
    layer: Layer
    options: dict[str, Any]
    whole: bool


def attribute(
    classifier: Classifier,
    text: str,
    target: str | None = None,
    *,
    method: str = "integrated_gradients",
    unit: str = "word",
    against: str | None = None,
    output: str = "log_odds",
    layer: Layer = None,
    whole: bool = True,
    progress: Progress | None = None,
    cache: bool = False,
    **options: Any,
) -> Explanation:
    """Scores of the units of a text for a class, the predicted one by default.

    `output` is the quantity explained: log_odds, probability or logit of the target; with `against`, a class, it is the
    logit of the target minus that of the class: why this rather than that. `layer` is for the methods that take one:
    a number from 0, and for layer_integrated_gradients also several, or "all". `options` are those of the method
    (`METHODS[name].options`). A text that is longer than the model reads is explained in overlapping windows, or, if not `whole`,
    only as far as it is read, which is all that the model answers to. With `cache` the explanation is kept, also on disk, and
    found again by its contents, time taken and all.

    Raises AskWhyError for an unknown method, unit, class, output, layer or option, and for a text with nothing to explain.
    """
    request = _check(method, unit, against, output, layer, options, whole)

    def compute() -> Explanation:
        return _explain(classifier, [text], [target], request, progress)[0]

    if not cache:
        return compute()
    parts = ["attribute", classifier.fingerprint, text, target, method, unit, against, output, layer, whole, request.options]
    return cached(parts, compute, Explanation.to_dict, Explanation.from_dict)


def attribute_many(
    classifier: Classifier,
    texts: Sequence[str],
    targets: Sequence[str | None] | str | None = None,
    *,
    method: str = "integrated_gradients",
    unit: str = "word",
    against: str | None = None,
    output: str = "log_odds",
    layer: Layer = None,
    whole: bool = True,
    progress: Progress | None = None,
    **options: Any,
) -> list[Explanation]:
    """`attribute` for many texts, which share batches: the same scores in less time where batches are fast.

    `targets` is one class for all texts, or one for each; None is the predicted class.
    Raises AskWhyError as `attribute`; one text with nothing to explain stops all.
    """
    request = _check(method, unit, against, output, layer, options, whole)
    wanted = [targets] * len(texts) if targets is None or isinstance(targets, str) else list(targets)
    if len(wanted) != len(texts):
        raise AskWhyError(f"{len(wanted)} targets are given for {len(texts)} texts; give one for each.")
    made: list[Explanation] = []
    for first in range(0, len(texts), CHUNK):
        chunk = slice(first, first + CHUNK)
        meter = part(progress, first / len(texts), len(texts[chunk]) / len(texts))
        made += _explain(classifier, texts[chunk], wanted[chunk], request, meter)
    return made


def _check(
    method: str, unit: str, against: str | None, output: str, layer: Layer, options: dict[str, Any], whole: bool
) -> _Request:
    if method not in METHODS:
        raise AskWhyError(f"There is no attribution method '{method}'; {closest(method, METHODS)}")
    if unit not in UNITS:
        raise AskWhyError(f"There is no unit '{unit}'; {closest(unit, UNITS)}")
    chosen = METHODS[method]
    if layer is not None and not chosen.takes_layer:
        able = ", ".join(name for name, other in METHODS.items() if other.takes_layer)
        raise AskWhyError(f"{method} does not look at one layer; {able} do.")
    if chosen.takes_layer == "one" and layer is not None and (not isinstance(layer, int) or isinstance(layer, bool)):
        raise AskWhyError(f"{method} takes one layer, a number from 0; not {layer!r}.")
    return _Request(chosen, unit, against, output, layer, chosen.check(options), whole)


def _explain(
    classifier: Classifier,
    texts: Sequence[str],
    targets: Sequence[str | None],
    request: _Request,
    progress: Progress | None,
) -> list[Explanation]:
    started = time.perf_counter()
    windows = [_windows(classifier, text, request.unit, request.whole) for text in texts]
    # the first row of each text is what the model reads of it, and so what it answers to
    rows = [[classifier.encode(text), *(segments.encoding for segments in own)] for text, own in zip(texts, windows, strict=True)]
    single = all(len(own) == 1 and not own[0].encoding.truncated for own in windows)  # of several windows, one may hold all units
    spared = request.method.answers and single and None not in targets and not classifier.bf16
    logits: list[Tensor | list[None]] = [[None] * len(own) for own in rows]
    if not spared:
        logits = list(torch.split(classifier.forward([row for own in rows for row in own]), [len(own) for own in rows]))
    tasks = []
    for own, target, known in zip(windows, targets, logits, strict=True):
        label = classifier.labels[int(known[0].argmax())] if target is None else target
        objective = choose(classifier, label, request.against, request.output)
        tasks.append([Task(*parts) for parts in zip(own, [objective] * len(own), known[1:], strict=True)])
    options = dict(request.options) | ({"layer": request.layer} if request.method.takes_layer else {})
    found = iter(request.method.run(classifier, [task for own in tasks for task in own], progress=progress, **options))
    scores = [[next(found) for _ in own] for own in tasks]
    if spared:
        logits = [torch.stack([own[0].logits] * 2) for own in scores]
    probabilities = [classifier.as_probabilities(own)[0] for own in logits]
    seconds = (time.perf_counter() - started) / len(texts)
    made = zip(texts, tasks, scores, logits, probabilities, strict=True)
    return [_explanation(classifier, request, *parts, 0 if spared else len(parts[1]), seconds) for parts in made]


def _windows(classifier: Classifier, text: str, unit: str, whole: bool) -> list[Segments]:
    """The windows of a text that hold a unit, or just what the model reads. Raises AskWhyError when none does."""
    encodings: list[Encoding] = classifier.windows(text) if whole else [classifier.encode(text)]
    if len(encodings) == 1:
        return [segment(classifier, text, unit, encoding=encodings[0])]
    made, trouble = [], None
    for encoding in encodings:
        try:
            made.append(segment(classifier, text, unit, encoding=encoding))
        except AskWhyError as error:  # blanks only, between others
            trouble = error
    if not made and trouble:
        raise trouble
    return made


def _explanation(
    classifier: Classifier,
    request: _Request,
    text: str,
    tasks: Sequence[Task],
    scores: Sequence[Scores],
    logits: Tensor,
    probabilities: Tensor,
    passes: int,
    seconds: float,
) -> Explanation:
    objective = tasks[0].objective
    values = objective.of(classifier, logits[-len(tasks) :]).double().numpy()
    baselines = [one.baseline for one in scores]
    gaps = [one.gap for one in scores]
    settled = [one.converged for one in scores]
    fits = [one.fit for one in scores]
    options = {name: value for name, value in request.options.items() if value != ""}
    return Explanation(
        text=text,
        target=classifier.labels[objective.target],
        method=request.method.name,
        unit=request.unit,
        pieces=tuple(_merge(tasks, scores)),
        special=float(np.mean([one.tokens[task.owners < 0].sum() for task, one in zip(tasks, scores, strict=True)])),
        probability=float(probabilities[objective.target]),
        value=float(values.mean()),
        baseline=None if None in baselines else float(np.mean(baselines)),
        gap=None if None in gaps else float(max(gaps)),
        converged=None if None in settled else all(settled),
        fit=None if None in fits else float(min(fits)),
        output=objective.output,
        against=None if objective.against is None else classifier.labels[objective.against],
        signed=request.method.signed and not options.get("relu", False),
        layers={layer: tuple(_sums(tasks[0], one)) for layer, one in scores[0].layers.items()} if len(tasks) == 1 else {},
        parameters=options | dict(scores[0].parameters),
        passes=sum(one.passes for one in scores) + passes,
        windows=len(tasks),
        truncated=len(tasks) == 1 and tasks[0].encoding.truncated and not request.whole,
        model=classifier.fingerprint,
        seconds=seconds,
    )


def _sums(task: Task, tokens: np.ndarray) -> list[float]:
    """The score of each unit: the sum of its tokens'."""
    inside = task.owners >= 0
    return np.bincount(task.owners[inside], weights=tokens[inside], minlength=len(task.segments)).tolist()


def _merge(tasks: Sequence[Task], scores: Sequence[Scores]) -> list[Piece]:
    """The pieces of all windows, in the order of the text.

    A unit in several windows has the mean of its scores; one that is cut between two has the sum of its parts. Both are
    the same rule: the scores' sum over the sum of the shares of the unit that the windows hold.
    """
    found: dict[tuple[int, int, int], list[tuple[float, float, float | None]]] = {}
    for task, one in zip(tasks, scores, strict=True):
        seen: dict[tuple[int, int], int] = {}
        for place, (span, score) in enumerate(zip(task.segments.spans, _sums(task, one.tokens), strict=True)):
            limits = (span.start, span.end)
            again = seen[limits] = seen.get(limits, -1) + 1  # tokens of a byte-level tokenizer can share a character
            error = None if one.errors is None else float(one.errors[place])
            share = _held(task, place) if len(tasks) > 1 else 1.0
            found.setdefault((*limits, again), []).append((score, share, error))
    text, pieces = tasks[0].encoding.text, []
    for (start, end, _), parts in sorted(found.items()):
        held = sum(share for _, share, _ in parts)
        error = None if parts[0][2] is None else sum(error for *_, error in parts) / len(parts)
        pieces.append(Piece(start, end, text[start:end], sum(score for score, *_ in parts) / held, error))
    return pieces


def _held(task: Task, place: int) -> float:
    """The share of a unit's characters that the window holds."""
    span = task.segments.spans[place]
    offsets = [task.encoding.offsets[token] for token in np.flatnonzero(task.owners == place)]
    start, end = max(span.start, offsets[0][0]), min(span.end, offsets[-1][1])
    return max((end - start) / (span.end - span.start), 1e-6) if span.end > span.start else 1.0
