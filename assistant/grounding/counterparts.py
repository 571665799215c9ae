"""The text that a draft puts in other words, and which of its sentences a sentence of the draft takes up."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from assistant.grounding.facts import Facts
from assistant.grounding.figures import Figure
from assistant.grounding.reading import WORD, Sentence, read, stem
from assistant.grounding.words import Lexicon, lexicon

BARE_ID = 3  # digits from which on an id is known without "message" before it
KINDS = ("id", "label", "quote")


@dataclass(frozen=True)
class Reference:
    """The text that a draft puts in other words, and the facts. `more` are texts that it may draw on as well, and is not
    bound to: the same answer for experts. `nouns` are what a row is called."""

    text: str
    facts: Facts
    language: str
    nouns: tuple[str, ...]
    more: tuple[str, ...] = ()

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.language)

    def read(self, text: str) -> tuple[Sentence, ...]:
        return read(text, self.lexicon, self.facts.classes, self.nouns, self.facts.rows, self.facts.signs, self._bare_rows)

    @cached_property
    def _bare_rows(self) -> frozenset[str]:
        """Rows whose id can be no other number: of three digits or more, and not a number of the text."""
        own = read(self.text, self.lexicon, self.facts.classes, self.nouns, self.facts.rows, self.facts.signs)
        said = {f"{figure.value:g}" for one in own for figure in one.figures}
        return frozenset(row for row in self.facts.rows if len(row) >= BARE_ID and row.isdigit() and row not in said)

    @cached_property
    def own(self) -> tuple[Sentence, ...]:
        return self.read(self.text)

    @cached_property
    def all(self) -> tuple[Sentence, ...]:
        return self.own + tuple(sentence for text in self.more for sentence in self.read(text))

    @cached_property
    def said(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        return frozenset(one.said for one in self.all)

    @cached_property
    def counts(self) -> frozenset[int]:
        """What a number word may count: its rows, classes and words, all or those of a sentence, and how often one is named."""
        found = {len({what for one in self.all for kind, what in one.anchors() if kind == named}) for named in KINDS}
        for one in self.all:
            said = Counter(quote.text for quote in one.quotes)
            found |= {len(one.quotes), *said.values(), *map(len, one.listed())}
        found |= set(Counter(tuple(one.plain.split()[:2]) for one in self.own).values())  # points that are made alike
        return frozenset(found - {0, 1})

    @cached_property
    def words(self) -> frozenset[str]:
        """The beginnings of its words, and of all that templates say."""
        return frozenset(word for sentence in self.all for word in sentence.words) | vocabulary(self.language)


@lru_cache(maxsize=4)
def vocabulary(language: str) -> frozenset[str]:
    """The beginnings of the words of a language's templates and of its words for directions: what answers are made of."""
    words = lexicon(language)
    texts = [path.read_text("utf-8") for path in (files("prompts") / "answers" / language).iterdir()]
    texts.append((files("prompts") / "grounding" / f"{language}.toml").read_text("utf-8"))
    texts.append((files("prompts") / "phrasing" / f"{language}.txt").read_text("utf-8"))
    return frozenset(stem(word.lower(), words) for text in texts for word in WORD.findall(re.sub(r"{%.*?%}", " ", text)))


def counterparts(sentence: Sentence, reference: Reference) -> list[Sentence]:
    """The sentences of the reference that one of a draft takes up, the nearest first: enough to hold all that it mentions."""
    ranked = sorted(reference.all, key=lambda one: -_nearness(sentence, one, reference))
    taken: list[Sentence] = []
    left = mentions(sentence)
    for one in ranked:
        held = [mention for mention in left if holds(one, *mention)]
        if not taken or held:
            taken.append(one)
            left = [mention for mention in left if mention not in held]
        if not left:
            break
    return taken


def mentions(sentence: Sentence) -> list[tuple[str, str | Figure]]:
    """(kind, what) of all that a sentence mentions."""
    return [*sentence.anchors(), *(("number", figure) for figure in sentence.figures)]


def holds(sentence: Sentence, kind: str, what: str | Figure) -> bool:
    """Whether a sentence mentions something: a number as people round it, a long quotation also in part."""
    if isinstance(what, Figure):
        return any(what.agrees(figure) for figure in sentence.figures)
    held = {"quote": sentence.quotes, "label": sentence.labels, "id": sentence.ids}[kind]
    return any(one.text == what or (kind == "quote" and len(what) > 12 and what in one.text) for one in held)


def alike(first: Sentence, second: Sentence) -> float:
    """The share of words that two sentences have in common (Dice), by their beginnings."""
    total = len(first.words) + len(second.words)
    return 2 * len(first.words & second.words) / total if total else 0.0


def _nearness(sentence: Sentence, one: Sentence, reference: Reference) -> float:
    named = [anchor for anchor in sentence.anchors() if holds(one, *anchor)]
    rare = sum(1 / (1 + sum(holds(other, *anchor) for other in reference.all)) for anchor in named)
    return 2 * alike(sentence, one) + rare + sum(0.5 for figure in sentence.figures if holds(one, "number", figure))
