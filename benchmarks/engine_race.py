"""Contestants that do the same work are run in turn, text by text, and their CPU time and model rows are counted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from benchmarks.engine_rows import Figure, Row

Run = Callable[[str, str], Any]  # a text and a target in, scores out


@dataclass
class Passes:
    """What went through a model: forward passes, rows, tokens with padding, and the rows that differ."""

    forwards: int = 0
    rows: int = 0
    tokens: int = 0
    distinct: set[bytes] = field(default_factory=set)


@dataclass
class Timing:
    """CPU seconds for all texts, one number for each repeat; what `Passes` counted; the scores text by text."""

    seconds: list[float] = field(default_factory=list)
    passes: Passes = field(default_factory=Passes)
    scores: list[Any] = field(default_factory=list)
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@contextmanager
def counted(models: Sequence[Any]) -> Iterator[Passes]:
    """Counts what is run through any of the models, whoever calls them."""
    passes = Passes()

    def note(module: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        inputs = named.get("input_ids") if named.get("input_ids") is not None else named.get("inputs_embeds")
        inputs = given[0] if inputs is None else inputs
        passes.forwards += 1
        passes.rows += inputs.shape[0]
        passes.tokens += inputs.shape[0] * inputs.shape[1]
        if inputs.dim() == 2:
            mask = named.get("attention_mask")
            # a mask that is longer than its row counts what was kept of an earlier pass
            mask = torch.ones_like(inputs) if mask is None or mask.dim() != 2 else mask[:, -inputs.shape[1] :]
            places = named.get("position_ids")  # rows without their hidden tokens differ in the places of the others
            places = torch.arange(inputs.shape[1]).expand_as(inputs) if places is None else places
            for ids, shown, spots in zip(inputs, mask.bool(), places, strict=True):
                passes.distinct.add(torch.stack([ids[shown], spots[shown]]).numpy().tobytes())

    handles = [model.base_model.register_forward_pre_hook(note, with_kwargs=True) for model in models]
    try:
        yield passes
    finally:
        for handle in handles:
            handle.remove()


def race(
    contestants: Mapping[str, Run], texts: Sequence[str], targets: Sequence[str], repeats: int, models: Sequence[Any]
) -> dict[str, Timing]:
    """Every contestant on every text, once to warm up and to count, then `repeats` times in turn.

    The contestants take turns on each text and in each repeat another one begins, so that what else the machine does
    falls on all of them. Who fails on a text is out, and why is kept.
    """
    found = {name: Timing() for name in contestants}
    for name, run in contestants.items():
        with counted(models) as passes:
            try:
                found[name].scores = [run(text, target) for text, target in zip(texts, targets, strict=True)]
            except Exception as error:  # a rival may fail in any way; the table says so
                found[name].failure = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        found[name].passes = passes
    running = [name for name in contestants if not found[name].failure]
    for repeat in range(repeats):
        spent = dict.fromkeys(running, 0.0)
        first = repeat % len(running)
        for text, target in zip(texts, targets, strict=True):
            for name in running[first:] + running[:first]:
                started = time.process_time()
                contestants[name](text, target)
                spent[name] += time.process_time() - started
        for name, seconds in spent.items():
            found[name].seconds.append(seconds)
    return found


def fastest(candidates: Mapping[int, Callable[[], Any]]) -> int:
    """The setting whose call takes the least CPU time, of two calls each after one to warm up."""
    spent = {}
    for setting, call in candidates.items():
        call()
        times = []
        for _ in range(2):
            started = time.process_time()
            call()
            times.append(time.process_time() - started)
        spent[setting] = min(times)
    return min(spent, key=spent.__getitem__)


def times(mine: Timing, other: Timing, per: Callable[[Timing], float] = lambda timing: 1.0) -> float:
    """How many times the other's CPU time is mine: the median over repeats, each compared within itself."""
    return statistics.median(b / a for a, b in zip(mine.seconds, other.seconds, strict=True)) * per(mine) / per(other)


def cost(timing: Timing, texts: int) -> dict[str, Figure]:
    """The figures that every contestant has."""
    return {
        "cpu_ms": round(1000 * timing.median / texts, 1),
        "spread_ms": round(1000 * (max(timing.seconds) - min(timing.seconds)) / texts, 1),
        "forwards": round(timing.passes.forwards / texts, 1),
        "rows": round(timing.passes.rows / texts, 1),
        "tokens": round(timing.passes.tokens / texts),
    }


def failed(group: str, name: str, timing: Timing, figures: Sequence[str]) -> Row:
    """The row of a contestant that did not run."""
    return Row(group, f"{name} (did not run: {timing.failure})", dict.fromkeys(figures))
