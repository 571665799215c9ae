"""What a result allows to be said: its numbers, words, classes, ids and signs, from its JSON form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explainers.importance import CONFIDENCE

from assistant.grounding.figures import Figure, value_figures
from assistant.saying.translated import in_words
from assistant.saying.wording import probability

Json = Mapping[str, Any]
AS_PROBABILITY = ("baseline",)  # log-odds that are also said as a probability
BARE = re.compile(r"[^\w]+")
WRITTEN = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![A-Za-z0-9_])")  # numbers within texts
HALF = 0.5
LONGEST_NAME = 60  # characters
LEAST_GAP = 0.001  # templates say no gap as smaller than that


def _rates(found: Json) -> Iterator[float]:
    for kind in found.get("kinds", ()):
        yield 100 * kind.get("change", 0.0)
        yield from (kind[part] / max(kind[whole], 1) for part, whole in (("flipped", "rows"), ("flips", "tried")) if part in kind)


def _robustness(r: Json) -> Iterator[float]:
    yield r["found"]["flips"] / max(r["found"]["tried"], 1)
    yield from _rates(r["found"])


def _sensitivity(r: Json) -> Iterator[float]:
    for kind in r["found"]["kinds"]:
        for one in (*kind["groups"], *([kind["gap"]] if kind["gap"] else ())):
            yield from (100 * one[name] for name in ("value", "change", "error") if one.get(name) is not None)


def _statistics(r: Json) -> Iterator[float]:
    known = max(r["rows"] - r["missing"], 1)
    yield from (known, HALF)  # "half of them lie between" the quartiles
    yield from (count / known for _, count in r["counts"])
    yield from (count / known for *_, count in (r["summary"] or {}).get("bins", ()))


def _score(r: Json) -> Iterator[float]:
    yield r["rows"] - sum(one["rows"] for one in r["slices"] or ())


def _similar(r: Json) -> Iterator[float]:
    if "prediction" in r:
        yield sum(one["prediction"]["label"] == r["prediction"]["label"] for one in r["near"])


def _edit(r: Json) -> Iterator[float]:
    yield from (spot["start"] + 1 for spot in r.get("spots", ()))
    yield len(r.get("spots", ())) - 3
    for one in r.get("chain", ()):
        yield len(one)


def _undone(r: Json) -> Iterator[float]:
    yield abs(len(r["before"]["subject"]["edits"]) - r["edits"])


def _groups(r: Json) -> Iterator[float]:
    for side in r.get("groups") or ():
        yield from (count / max(side["rows"], 1) for _, count in side.get("predictions", ()))
    models = r.get("models") or {}
    if models:
        yield models["different"] / max(models["rows"], 1)


def _compare(r: Json) -> Iterator[float]:
    yield from _groups(r)
    for side in (r.get("left"), r.get("right")):
        if side and side.get("crossed") is not None:  # of prompts: how many times likelier
            yield math.exp(min(abs(side["crossed"] - side["log_probability"]), 30.0))


def _mistakes(r: Json) -> Iterator[float]:
    yield from (r["wrong"] / max(r["rows"], 1), HALF)  # patterns are found on one half, and checked on the other


DERIVED: Mapping[str, Callable[[Json], Iterable[float]]] = {  # numbers that an answer works out from the result's
    "statistics": _statistics,
    "mistakes": _mistakes,
    "important": lambda r: [CONFIDENCE],
    "robustness": _robustness,
    "sensitivity": _sensitivity,
    "similar": _similar,
    "score": _score,
    "edit": _edit,
    "edits": lambda r: [len(r["chain"]), len(r["undone"] or ())],
    "undo": _undone,
    "redo": _undone,
    "compare": _compare,
    "counterfactual": lambda r: [6],  # words that the search changes at most, as the template says
    "show": lambda r: [r["start"] + 1, r["start"] + len(r["subjects"])],
    "data": lambda r: [len(r["labels"] or ()) - 8, HALF],
    "model": lambda r: [r["parameters"] / 1_000_000],
}


@dataclass(frozen=True)
class Sign:
    """That a piece of a text speaks for (or against) a class, as an explanation has it."""

    token: str
    target: str
    positive: bool


@dataclass(frozen=True)
class Facts:
    """A result, as `Result.to_json` gives it, and the names of the classes."""

    result: Json
    classes: tuple[str, ...] = ()

    @cached_property
    def values(self) -> tuple[float, ...]:
        """Every number that may be said, as a number: a probability is in [0, 1]."""
        found = {float(value) for value in _values(self.result) if math.isfinite(value)}
        for result in (self.result, *self.result.get("results", ())):
            derive = DERIVED.get(result.get("operation", ""))
            found |= {float(value) for value in derive(result)} if derive else set()
        return tuple(sorted(found))

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """Every text, in lower case and with single spaces."""
        return tuple(dict.fromkeys(" ".join(text.casefold().split()) for text in _strings(self.result)))

    @cached_property
    def whole(self) -> str:
        return "\n".join(self.strings)

    @cached_property
    def bare(self) -> str:
        """All texts with their words alone."""
        return f" {BARE.sub(' ', self.whole)}"

    def names(self, language: str) -> frozenset[str]:
        """What code names in English, as the language says it, in lower case."""
        return frozenset(in_words(text, language).casefold() for text in _strings(self.result) if len(text) <= LONGEST_NAME)

    @cached_property
    def rows(self) -> frozenset[str]:
        """The ids of rows that it is about, or that its selection names."""
        return frozenset(str(value) for value in _rows(self.result))

    @cached_property
    def signs(self) -> Mapping[str, tuple[Sign, ...]]:
        """By piece, in lower case, for what it speaks."""
        found: dict[str, set[Sign]] = {}
        for one in _explanations(self.result):
            for piece in one["pieces"]:
                if piece["score"]:
                    token = piece["text"].casefold().strip()
                    found.setdefault(token, set()).add(Sign(token, one["target"], piece["score"] > 0))
        return {token: tuple(signs) for token, signs in found.items()}

    @cached_property
    def answers(self) -> frozenset[str]:
        """The classes that the model gives some text, in lower case."""
        return frozenset(one["label"].lower() for one in _predictions(self.result))

    @cached_property
    def of_rows(self) -> Mapping[str, frozenset[str]]:
        """By id of a row, the classes that the model gives it, in lower case."""
        found: dict[str, set[str]] = {}
        for one in _predictions(self.result):
            found.setdefault(str(one["subject"]["row"]), set()).add(one["label"].lower())
        return {row: frozenset(labels) for row, labels in found.items()}

    @cached_property
    def truths(self) -> frozenset[str]:
        """The labels of the texts that it is about, in lower case."""
        labels = (one["subject"]["label"] for one in _predictions(self.result))
        return frozenset(label.lower() for label in labels if label is not None)

    @cached_property
    def targets(self) -> frozenset[str]:
        """The classes that are explained, in lower case."""
        return frozenset(one["target"].lower() for one in _explanations(self.result))

    @cached_property
    def correct(self) -> frozenset[bool]:
        """Whether the model is right, of each text whose label is known."""
        return frozenset(one["correct"] for one in _predictions(self.result) if one["correct"] is not None)

    @cached_property
    def chances(self) -> Mapping[str, tuple[Figure, ...]]:
        """By class, in lower case, every probability that it has."""
        found: dict[str, set[float]] = {}
        for one in _predictions(self.result):
            for label, value in one["probabilities"].items():
                found.setdefault(label.lower(), set()).add(value)
        for one in _explanations(self.result):
            found.setdefault(one["target"].lower(), set()).add(one["probability"])
        return {label: tuple(value_figures(value)[1] for value in values) for label, values in found.items()}


def _values(told: Any, key: str = "") -> Iterator[float]:
    if isinstance(told, bool):
        return
    if isinstance(told, int | float):
        yield told
        if key in AS_PROBABILITY:
            yield probability(told)
        if key == "gap":
            yield max(told, LEAST_GAP)
        if key == "fit":
            yield max(told, 0.0)
    elif isinstance(told, str):
        yield from (float(number.replace(",", "")) for number in WRITTEN.findall(told))
    elif isinstance(told, Mapping):
        if len(told) > 1:
            yield len(told)
        for name, value in told.items():
            yield from _values(str(name))
            yield from _values(value, str(name))
    elif isinstance(told, Sequence):
        yield len(told)
        for value in told:
            yield from _values(value, key)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for name, value in told.items():
            yield str(name)
            yield from _strings(value)
    elif isinstance(told, Sequence):
        for value in told:
            yield from _strings(value)
    elif told is not None and not isinstance(told, bool):
        yield str(told)


def _rows(told: Any) -> Iterator[Any]:
    if isinstance(told, Mapping):
        for name, value in told.items():
            if name in ("row", "missing") or (name == "value" and told.get("field") == "id"):
                yield from value if isinstance(value, list | tuple) else (value,)
            else:
                yield from _rows(value)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for value in told:
            yield from _rows(value)


def _explanations(told: Any) -> Iterator[Json]:
    if isinstance(told, Mapping):
        if {"pieces", "target", "signed"} <= set(told):
            if told["signed"]:
                yield told
            return
        for value in told.values():
            yield from _explanations(value)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for value in told:
            yield from _explanations(value)


def _predictions(told: Any) -> Iterator[Json]:
    if isinstance(told, Mapping):
        if {"probabilities", "label", "confidence", "subject"} <= set(told):
            yield told
            return
        for value in told.values():
            yield from _predictions(value)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for value in told:
            yield from _predictions(value)
