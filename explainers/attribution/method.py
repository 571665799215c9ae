"""The shape that every attribution method has: tasks in, scores out, and what is known about it beforehand."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from explainers.attribution.objective import Objective
from explainers.classifier import Encoding
from explainers.errors import AskWhyError, closest
from explainers.masking import Segments

# the layer of a method that takes one: a number, several, "all", or None for its own choice
Layer = int | Sequence[int] | str | None
Run = Callable[..., "list[Scores]"]


@dataclass(frozen=True)
class Task:
    """A text to explain, cut into units, the quantity to explain, and the (classes,) logits of the whole text.

    A method that finds the logits itself can be without.
    """

    segments: Segments
    objective: Objective
    logits: Tensor | None

    @property
    def encoding(self) -> Encoding:
        return self.segments.encoding

    @property
    def owners(self) -> np.ndarray:
        return self.segments.owners


@dataclass(frozen=True)
class Scores:
    """`tokens` is a (tokens,) array of scores in units of the objective, special tokens included.

    `passes` counts rows sent through the model; `parameters` is what the method found out beyond its options;
    `errors` is a (units,) array of standard errors; `logits` (classes,) are the model's of the text; `layers` holds
    (tokens,) scores by layer; the other fields are as in `Explanation`.
    """

    tokens: np.ndarray
    passes: int
    baseline: float | None = None
    gap: float | None = None
    converged: bool | None = None
    fit: float | None = None
    errors: np.ndarray | None = None
    logits: Tensor | None = None
    layers: Mapping[int, np.ndarray] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """An attribution method. `run(classifier, tasks, *, progress, **options)` returns one `Scores` for each task.

    `family` is gradient, perturbation, shapley or attention. `signed`: a score below zero speaks against the target.
    `complete`: scores add up to the change from the baseline. `stochastic`: they depend on a seed. `answers`: they come
    with the logits of the text, so that nobody has to ask for them. `takes_layer`: "" for none, "one" or "many". The
    options, with defaults and types, are the keyword arguments of `run`.
    """

    name: str
    family: str
    run: Run
    signed: bool = True
    complete: bool = False
    stochastic: bool = False
    answers: bool = False
    takes_layer: str = ""

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring of `run`, in one line."""
        return " ".join((inspect.getdoc(self.run) or "").partition("\n\n")[0].split())

    @property
    def options(self) -> dict[str, Any]:
        """The names of the options and their defaults."""
        keywords = inspect.signature(self.run).parameters.values()
        return {
            option.name: option.default
            for option in keywords
            if option.kind is option.KEYWORD_ONLY and option.name not in ("progress", "layer")
        }

    def check(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All options, given ones over defaults. Raises AskWhyError for an unknown name and for a value of another kind."""
        defaults = self.options
        for name, value in given.items():
            if name not in defaults:
                raise AskWhyError(f"{self.name} has no option '{name}'; {closest(name, defaults)}")
            kind = type(defaults[name])
            number = kind in (int, float) and not isinstance(value, bool)
            if isinstance(value, np.generic):
                raise AskWhyError(f"The option '{name}' of {self.name} has to be a plain {kind.__name__}, not of numpy.")
            if not isinstance(value, (int, float) if kind is float and number else kind) or isinstance(value, bool) != (
                kind is bool
            ):
                raise AskWhyError(f"The option '{name}' of {self.name} is {kind.__name__}, as {defaults[name]!r}; not {value!r}.")
            if number and not (math.isfinite(value) and value >= 0):
                raise AskWhyError(f"The option '{name}' of {self.name} cannot be {value!r}; give a number of 0 or more.")
        return defaults | dict(given)
