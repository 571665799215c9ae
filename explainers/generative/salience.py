"""From a prompt, an answer and a span of it to scores of the prompt's segments, with their check."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from explainers.attribution.meter import part
from explainers.batching import Progress
from explainers.cache import cached
from explainers.errors import AskWhyError, closest
from explainers.generative import objective as objectives
from explainers.generative.answers import score
from explainers.generative.check import check as checked
from explainers.generative.likelihood import values
from explainers.generative.model import GenerativeModel
from explainers.generative.registry import METHODS
from explainers.generative.results import Answer, Salience, Scored
from explainers.generative.segments import cut, cut_tokens, owners
from explainers.generative.targets import resolve
from explainers.generative.task import Found, Task
from explainers.generative.tokens import Prompt
from explainers.spans import Reference
from explainers.units import Span

_CHECKING = 0.25  # of the whole time, roughly


def salience(
    model: GenerativeModel,
    prompt: Prompt | str,
    answer: Answer | str,
    target: str | Reference | Span | None = None,
    *,
    against: str | None = None,
    method: str = "occlusion",
    unit: str = "sentence",
    pattern: str | None = None,
    check: bool = True,
    progress: Progress | None = None,
    cache: bool = False,
    **options: Any,
) -> Salience:
    """Which segments of a prompt made the model write a span of its answer.

    `target` is the span as `resolve` reads it, by default the whole answer; a string `answer` is scored as it is given.
    With `against` it is why the span rather than these words in its place. `unit` is one of UNITS, `pattern` the regular
    expression of the unit pattern, `options` those of the method (`METHODS[name].options`). `check` also takes the top
    segments out. With `cache` the result is kept and found again by its contents.
    Raises AskWhyError for an unknown method, unit or option, and as `resolve`, `cut` and `score` do.
    """
    if method not in METHODS:
        raise AskWhyError(f"There is no method '{method}' of salience; {closest(method, METHODS)}")
    chosen = METHODS[method]
    given = chosen.check(options)
    if isinstance(answer, str):
        answer = score(model, prompt, answer)
    task, span = prepare(model, answer, target, against, unit, pattern)

    def compute() -> Salience:
        started = time.perf_counter()
        found = chosen.run(model, task, progress=part(progress, 0.0, 1 - _CHECKING if check else 1.0), **given)
        made = _made(model, answer, task, span, found)
        scores = np.array([segment.sum for segment in made["segments"]])
        if check:
            meter = part(progress, 1 - _CHECKING, _CHECKING)
            made["check"] = checked(model, task, scores, method, chosen.signed, meter)
        if progress:
            progress(1.0)
        return Salience(
            against=against,
            method=method,
            unit=unit,
            signed=chosen.signed,
            parameters={**given, **found.parameters, **({"pattern": pattern} if pattern else {})},
            passes=found.passes + (len(made["check"].removed) + 2 if check else 0) * len(task.objective.branches),
            seconds=time.perf_counter() - started,
            output="log_probability" if against is None else "log_probability_difference",
            **made,
        )

    if not cache:
        return compute()
    key = ["salience", model.fingerprint, answer.prompt.ids, answer.prompt.text, answer.ids, answer.text]
    key += [span.start, span.end, against, method, unit, pattern, check, given]
    return cached(key, compute, Salience.to_dict, Salience.from_dict)


def prepare(
    model: GenerativeModel,
    answer: Answer,
    target: str | Reference | Span | None,
    against: str | None,
    unit: str,
    pattern: str | None,
) -> tuple[Task, Span]:
    """What methods need, and the characters of the answer that are explained: the span, widened to whole tokens."""
    span = resolve(answer.text, target)
    objective, taken = objectives.choose(model, answer, span, against)
    prompt = answer.prompt
    segments = cut_tokens(prompt) if unit == "token" else cut(prompt.text, unit, pattern)
    places = owners(prompt, segments, unit)
    seen = np.unique(places[places >= 0])  # a segment without a token is nothing to the model, but keeps its place
    if seen.size == 0:
        raise AskWhyError("There is nothing in this prompt that the model can see; write some words.")
    words = taken.of(answer.text)
    inner = Span(taken.start + len(words) - len(words.lstrip()), taken.end) if words.strip() else taken
    return Task(prompt, segments, places, objective), inner


def scored(task: Task, sums: np.ndarray, errors: np.ndarray | None = None) -> tuple[Scored, ...]:
    """(segments,) scores as facts."""
    sizes = task.sizes
    return tuple(
        Scored(
            segment.start,
            segment.end,
            segment.text,
            segment.role,
            int(sizes[place]),
            float(sums[place]),
            float(sums[place] / max(1, sizes[place])),
            None if errors is None else float(errors[place]),
        )
        for place, segment in enumerate(task.segments)
    )


def _made(model: GenerativeModel, answer: Answer, task: Task, span: Span, found: Found) -> dict[str, Any]:
    sums = found.segments if found.tokens is None else task.summed(found.tokens)
    tokens: tuple[Scored, ...] = ()
    if found.tokens is not None:
        tokens = tuple(
            Scored(*place, answer.prompt.text[slice(*place)], "text", 1, float(value), float(value))
            for place, value, apart in zip(answer.prompt.offsets, found.tokens, answer.prompt.scaffold, strict=True)
            if not apart
        )
    value = found.value
    if value is None:
        value = float(values(model, task.objective, [answer.prompt.ids])[0])
    return {
        "prompt": answer.prompt.text,
        "answer": answer.text,
        "start": span.start,
        "end": span.end,
        "target": span.of(answer.text),
        "segments": scored(task, sums, found.errors),
        "tokens": tokens,
        "scaffold": 0.0 if found.tokens is None else float(found.tokens[task.owners < 0].sum()),
        "value": value,
        "baseline": found.baseline,
        "gap": found.gap,
        "converged": found.converged,
        "chat": answer.prompt.chat,
        "model": model.name,
    }
