"""Every number, quotation, class and id of a text, each looked up among the facts of a result."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from assistant.grounding.facts import BARE, Facts
from assistant.grounding.figures import Figure, value_figures
from assistant.grounding.reading import QUOTED, Sentence, fold, read
from assistant.grounding.words import lexicon

Kind = Literal["number", "quote", "label", "id", "direction", "order", "missing", "words"]


@dataclass(frozen=True)
class Fault:
    """What a text says and the facts do not: `text` is the place in it."""

    kind: Kind
    text: str


def ungrounded(text: str, facts: Facts, language: str, nouns: Sequence[str]) -> tuple[Fault, ...]:
    """What in a text is not among the facts. `nouns` are what a row is called, in the language of the text."""
    sentences = read(text, lexicon(language), facts.classes, nouns)
    return tuple(dict.fromkeys(fault for sentence in sentences for fault in unknown(sentence, facts, language)))


@lru_cache(maxsize=256)
def _written(language: str, operation: str) -> frozenset[str]:
    """What an operation's template itself has between quotation marks: examples of what to say, and no facts."""
    path = files("prompts") / "answers" / language / f"{operation}.jinja"
    said = re.sub(r"{{.*?}}|{%.*?%}", " ", path.read_text("utf-8")) if path.is_file() else ""
    return frozenset(fold(next(group for group in match if group)) for match in QUOTED.findall(said) if any(match))


def unknown(sentence: Sentence, facts: Facts, language: str) -> Iterator[Fault]:
    """The mentions of one sentence that the facts do not hold."""
    for figure in sentence.figures:
        if not known_figure(figure, facts):
            yield Fault("number", sentence.plain[figure.start : figure.end])
    for quote in sentence.quotes:
        if not known_quote(quote.text, facts, language):
            yield Fault("quote", quote.text)
    for label in sentence.labels:
        if not known_label(label.text, facts):
            yield Fault("label", label.text)
    for one in sentence.ids:
        if one.text not in facts.rows:
            yield Fault("id", one.text)


def known_figure(figure: Figure, facts: Facts) -> bool:
    """Whether some fact may be said by a number; only those near it are tried."""
    if figure.part is not None and figure.part in facts.values:
        return True
    if figure.either:
        return any(known_figure(replace(figure, either=False, bound=bound), facts) for bound in ("", "over"))
    wide = abs(figure.value) / 8 + figure.slack
    for value, width in ((figure.value, wide), (-figure.value, wide), (figure.value / 100, 0.1)):
        near = slice(bisect_left(facts.values, value - width), bisect_right(facts.values, value + width))
        if any(figure.agrees(one) for fact in facts.values[near] for one in value_figures(fact)):
            return True
    return False


def known_quote(quote: str, facts: Facts, language: str) -> bool:
    """Whether a quotation stands in one of the texts of the facts, marks around it aside, is a name of theirs as a language
    says it, or an example that the operation's own template gives."""
    bare = BARE.sub(" ", quote).strip()
    if not quote or quote in facts.whole or (bool(bare) and bare in facts.bare):
        return True
    return quote in _written(language, str(facts.result.get("operation", ""))) or quote in facts.names(language)


def known_label(label: str, facts: Facts) -> bool:
    """Whether the facts speak of a class at all."""
    return label.casefold() in facts.strings or f" {label.casefold()}" in facts.bare
