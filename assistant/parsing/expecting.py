"""Programs that a question may well mean, for guesses ahead of the language model: those that are usual for what its words
ask for, by the second opinion, with what it names put into their open places.

Nothing is understood by them: they decide how fast a question is read, never how (see `drafting`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from assistant.parsing.covering import MIXED, NUMBER
from assistant.parsing.drafting import OPEN, usual
from assistant.parsing.glossing import gloss
from assistant.parsing.linking import Linker
from assistant.parsing.opinion import Opinion, names_of, operations_of
from assistant.programs.conditions import quote
from assistant.programs.schema import Schema

MOST = 100  # programs that are guessed from
FALLOFF = 0.4  # the power of a program's rank among the usual ones, beside its operations' probability
UNFILLED = 0.1  # how likely a program is where the question has nothing for an open place, beside one that it fills
UNUSED = 0.4  # ... and one that leaves out numbers, labels or values that it names; chosen by passes on validation questions
PAIR = f"{OPEN} = {OPEN}"  # a column and its value
LABEL = re.compile(r"(?:(?:label|prediction) = |(?:class|to|against)=(?:class:)?|with=class:)$")
NUMERIC = re.compile(r"(?:(?:id|words|position|confidence) (?:[<>]=?|=) |(?:n|top)=|id in \((?:.*, )?)$")


class Expecting:
    """Guesses what questions about one schema mean."""

    def __init__(self, schema: Schema, linker: Linker, opinion: Opinion | None) -> None:
        self._schema, self._linker, self._opinion = schema, linker, opinion
        self.names = names_of(schema)

    def programs(self, question: str, before: str) -> tuple[tuple[str, float], ...]:
        """Programs in their text form, perhaps with open places, and how likely each is beside the others, for a question that
        was asked after the program `before`."""
        likely = 1 / np.arange(1, 1 + len(usual())) ** FALLOFF
        if self._opinion is not None:
            likely *= self._opinion.chances(question, before, self.names, _operations())
        found = self._linker.found(f"{question} {gloss(question)}")
        labels = [name.value for name in found if name.label is not None]
        pairs = [name.written for name in found if name.value and name.label is None]
        numbers = [*MIXED.findall(question), *NUMBER.findall(question)]
        best = np.argsort(-likely, kind="stable")[:MOST]
        filled = (self._filled(usual()[place], labels, pairs, numbers) for place in best)
        return tuple((text, float(likely[place] * share)) for place, (text, share) in zip(best, filled, strict=True))

    def _filled(self, program: str, labels: Sequence[str], pairs: Sequence[str], numbers: Sequence[str]) -> tuple[str, float]:
        """The program with what the question names in its open places, in the order in which it does, and a share of how likely
        it is by how well the two fit."""
        left = {LABEL: list(labels), NUMERIC: list(numbers)}
        columns, share = list(pairs), 1.0
        done, rest = "", program
        while OPEN in rest:
            head, rest = rest.split(OPEN, 1)
            done += head
            kind = next((kind for kind in left if kind.search(done)), None)
            if kind is None and f"{OPEN}{rest}".startswith(PAIR) and columns:
                done, rest = done + columns.pop(0), f"{OPEN}{rest}"[len(PAIR) :]
                continue
            if kind is None or not left[kind]:
                share *= 1.0 if done.endswith('"') else UNFILLED  # words are copied, and from anywhere
                done += OPEN
                continue
            said = left[kind].pop(0)
            worded = self._schema.id == "string" and re.search(r"id (?:= |in \([^|]*)$", done)
            done += quote(said) if worded else said
        unused = sum(map(bool, (columns, *left.values())))
        return done + rest, share * UNUSED**unused


@lru_cache(maxsize=1)
def _operations() -> tuple[str, ...]:
    return tuple(map(operations_of, usual()))
