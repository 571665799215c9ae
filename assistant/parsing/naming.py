"""Labels that a question names by other words ("pets" for *Animal Welfare*), found by their meaning.

A small language model spells out a label that the question spells, and guesses where it does not. Such a guess gives way to the
label that some word of the question is nearest to in a sentence encoder's space, if it is near at all and rare enough among
training questions to be about the data. (Matching names by embeddings is known from text-to-SQL; Guo et al. 2019.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assistant.operation import Operation, build
from assistant.parsing.covering import QUOTED
from assistant.parsing.glossing import gloss
from assistant.parsing.linking import Linker
from assistant.programs.arguments import Label, Partner
from assistant.programs.conditions import And, Compare, Condition, Not, Or, Typed, leaves
from assistant.programs.program import Program, Registry
from assistant.programs.schema import Schema
from assistant.programs.scripts import HANGUL

WORD = re.compile(r"[^\W\d_]+")
LONGEST = 3  # words that may name a label together
RARE = 6.5  # inverse document frequency of a word that is the data's own; this and what follows chosen on validation questions
NEAR = 0.4  # cosine from which on words may mean a label
NEARER = 0.05  # ... and how much more than the label that was read
MOST = 40  # words that are looked at; in a longer question they are those of a text

Vectors = Callable[[Sequence[str]], np.ndarray]


class Naming:
    """Finds which label of one schema is meant; `vectors` gives (texts, width) unit vectors, `rarity` a word's inverse document
    frequency among training questions."""

    def __init__(
        self, registry: Registry, schema: Schema, linker: Linker, vectors: Vectors, rarity: Callable[[str], float]
    ) -> None:
        self._registry, self._schema, self._linker = registry, schema, linker
        self._vectors, self._rarity = vectors, rarity
        self._labels: np.ndarray | None = None

    def mended(self, question: str, before: str, program: Program) -> Program:
        """The program with the label that the question means, where neither that nor the program `before` spells its own."""
        spelt = self._linker.labels(question) | self._linker.labels(before)
        guessed = set(_labels(program)) - spelt
        if len(guessed) != 1:
            return program
        (guess,) = guessed
        meant = self._meant(question, spelt, program, guess)
        return program if meant is None else self._with(program, guess, meant)

    def _meant(self, question: str, spelt: set[str], program: Program, guess: str) -> str | None:
        said = list(self._phrases(_without(question, _copied(program)), spelt))
        left = [place for place, label in enumerate(self._schema.labels) if label not in spelt]
        if not said or len(left) < 2:
            return None
        if self._labels is None:
            self._labels = self._vectors([_in_english(label) for label in self._schema.labels])
        likeness = (self._vectors(said) @ self._labels.T).max(axis=0)
        nearest = max(left, key=lambda place: likeness[place])
        own = likeness[self._schema.labels.index(guess)]
        near = likeness[nearest] >= max(NEAR, own + NEARER)
        return self._schema.labels[nearest] if near else None

    def _phrases(self, question: str, spelt: set[str]) -> Iterator[str]:
        """The question's words that may name a label, in English where it is in Korean, alone and next to each other."""
        taken = {word for label in spelt for word in WORD.findall(label.lower())}
        seen = set()
        for said in (question, gloss(question)):
            words = WORD.findall(said.lower())[:MOST]
            own = [word not in taken and word.removesuffix("s") not in taken and self._own(word) for word in words]
            for size in range(1, LONGEST + 1):
                for start in range(len(words) - size + 1):
                    phrase = " ".join(words[start : start + size])
                    if all(own[start : start + size]) and phrase not in seen:
                        seen.add(phrase)
                        yield phrase

    def _own(self, word: str) -> bool:
        return not re.search(f"[{HANGUL}]", word) and self._rarity(word) >= RARE

    def _with(self, program: Program, old: str, new: str) -> Program:
        """The program with one label in the place of another."""
        where = None if program.where is None else _in_condition(program.where, old, new)
        return Program(where, tuple(self._in_step(step, old, new) for step in program.steps))

    def _in_step(self, step: Operation, old: str, new: str) -> Operation:
        given = step.given()
        named = {name: value for name, value in given.items() if _label(step, name, value) == old}
        changed = {name: new if value == old else {"class": new} for name, value in named.items()}
        return build(self._registry[step.name], given | changed) if changed else step


def _labels(program: Program) -> Iterator[str]:
    """The labels that a program names."""
    for leaf in leaves(program.where) if program.where is not None else ():
        if isinstance(leaf, Compare) and leaf.field in ("label", "prediction"):
            yield from leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for step in program.steps:
        for name, value in step.given().items():
            label = _label(step, name, value)
            if label is not None:
                yield label


def _label(step: Operation, name: str, value: Any) -> str | None:
    """The label that an argument of a step is, if it is one."""
    kind = type(step).arguments()[name].kind
    if isinstance(kind, Label):
        return str(value)
    return value.get("class") if isinstance(kind, Partner) and isinstance(value, dict) else None


def _in_condition(condition: Condition, old: str, new: str) -> Condition:
    if isinstance(condition, And | Or):
        return replace(condition, parts=tuple(_in_condition(part, old, new) for part in condition.parts))
    if isinstance(condition, Not):
        return Not(_in_condition(condition.part, old, new))
    if not isinstance(condition, Compare) or condition.field not in ("label", "prediction"):
        return condition
    if isinstance(condition.value, tuple):
        return replace(condition, value=tuple(dict.fromkeys(new if value == old else value for value in condition.value)))
    return replace(condition, value=new) if condition.value == old else condition


def _copied(program: Program) -> Iterator[str]:
    """The texts that a program takes from the question."""
    for leaf in leaves(program.where) if program.where is not None else ():
        if isinstance(leaf, Typed):
            yield leaf.text
        elif isinstance(leaf, Compare) and leaf.field not in ("label", "prediction"):
            yield from map(str, leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))
    for step in program.steps:
        yield from (str(value) for name, value in step.given().items() if _label(step, name, value) is None)


def _without(question: str, texts: Iterator[str]) -> str:
    rest = question
    for text in sorted(texts, key=len, reverse=True):
        rest = rest.replace(text, " ; ") if text else rest
    return QUOTED.sub(" ; ", rest)


def _in_english(label: str) -> str:
    words = label.replace("_", " ")
    return gloss(words) or words
