"""Every number, quotation, class and id of a text, each looked up among the facts of a result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.grounding.facts import Facts
from assistant.grounding.figures import Figure
from assistant.grounding.reading import Sentence, read
from assistant.grounding.words import lexicon

Kind = Literal["number", "quote", "label", "id", "direction", "order", "missing", "words"]
BARE = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Fault:
    """What a text says and the facts do not: `text` is the place in it."""

    kind: Kind
    text: str


def ungrounded(text: str, facts: Facts, language: str, nouns: Sequence[str]) -> tuple[Fault, ...]:
    """What in a text is not among the facts. `nouns` are what a row is called, in the language of the text."""
    found: list[Fault] = []
    for sentence in read(text, lexicon(language), facts.classes, nouns):
        found += unknown(sentence, facts)
    return tuple(dict.fromkeys(found))


def unknown(sentence: Sentence, facts: Facts) -> Iterator[Fault]:
    """The mentions of one sentence that the facts do not hold."""
    for figure in sentence.figures:
        if not known_figure(figure, facts):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for quote in sentence.quotes:
        if not known_quote(quote.text, facts):
            yield Fault("quote", quote.text)
    for label in sentence.labels:
        if not known_label(label.text, facts):
            yield Fault("label", label.text)
    for one in sentence.ids:
        if one.text not in facts.rows:
            yield Fault("id", one.text)


def known_figure(figure: Figure, facts: Facts) -> bool:
    return any(figure.agrees(one) for one in facts.figures)


def known_quote(quote: str, facts: Facts) -> bool:
    """Whether a quotation stands in one of the texts of the facts, marks around it aside."""
    bare = BARE.sub(" ", quote).strip()
    return not quote or quote in facts.whole or (bool(bare) and bare in BARE.sub(" ", facts.whole))


def known_label(label: str, facts: Facts) -> bool:
    """Whether the facts speak of a class at all."""
    return any(label.casefold() == text or f" {label.casefold()}" in f" {text}" for text in facts.strings)
