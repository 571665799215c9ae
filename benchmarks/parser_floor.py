"""Parsers without a language model, to be better than: a linear classifier, and the nearest training question.

Both choose one of the training programs by the question's words (TF-IDF), where what is the data's own is left out, and fill
its slots by regular expressions from what the question holds. A program whose slots cannot be filled is passed over.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from explainers.errors import AskWhyError

from assistant.learning.questions import SLOT, Family, number_words, spellings, split
from assistant.parsing.parser import Parse
from assistant.programs.conditions import name_text, quote
from assistant.programs.reader import Language
from assistant.programs.schema import Schema

TRIED = 30  # programs tried for one whose slots can be filled
QUOTED = re.compile(r"""["“‘`«]([^"”’`»]+)["”’`»]|(?<!\w)'([^']+)'(?!\w)""")
NAMED_ID = re.compile(r"\b[A-Za-z][\w]*[-_]?\d[\w-]*\b")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
SPOKEN = ("method", "metric", "unit", "part", "parts", "ordinal")
NUMBERS = {"n", "len", "value", "layer", "head", "conf", "id"}


class Floor:
    """A parser that chooses among the training programs by `rank`, from a vector of words to programs, best first."""

    def __init__(self, name: str, rank: Callable[[Any], Iterator[str]]) -> None:
        self.name = name
        self._rank = rank

    def parse(self, question: str, language: Language, before: str = "") -> Parse:
        """The first program that the question can fill; what was asked `before` is not looked at. Raises AskWhyError when none
        of the first ones can be."""
        started = time.perf_counter()
        found = Found(question, language.schema)
        for template, _ in zip(self._rank(_trained().words.transform([found.masked])), range(TRIED), strict=False):
            text = found.fill(template)
            if text is not None:
                try:
                    return Parse(question, language.read(text), 1.0, time.perf_counter() - started)
                except AskWhyError:
                    continue
        raise AskWhyError("No program fits.")


def linear() -> Floor:
    """A linear classifier with a class for each training program."""
    trained = _trained()
    chosen = trained.classifier
    # as `decision_function`, which lays out a gigabyte of weights anew for each question
    weights = np.ascontiguousarray(chosen.coef_.T)

    def rank(vector: Any) -> Iterator[str]:
        scores = np.asarray(vector @ weights).ravel() + chosen.intercept_
        return (str(chosen.classes_[place]) for place in np.argsort(-scores))

    return Floor("linear", rank)


def nearest() -> Floor:
    """The program of the training question with the largest cosine similarity."""
    trained = _trained()

    def rank(vector: Any) -> Iterator[str]:
        scores = np.asarray((trained.weights @ vector.T).todense()).ravel()
        return (trained.programs[place] for place in np.argsort(-scores, kind="stable")[:TRIED])

    return Floor("nearest", rank)


class _Trained:
    def __init__(self, families: list[Family]) -> None:
        self.questions = [question for family in families for question in family.questions]
        self.programs = [family.program for family in families for _ in family.questions]
        self.words = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, min_df=2, max_features=20_000)
        self.weights = self.words.fit_transform(SLOT.sub(lambda slot: f" {_kind(slot[1])} ", said) for said in self.questions)

    @cached_property
    def classifier(self) -> SGDClassifier:
        return SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=6, tol=None, random_state=13, n_jobs=-1).fit(
            self.weights, self.programs
        )


@lru_cache(maxsize=1)
def _trained() -> _Trained:
    return _Trained(split()[0])


def _terms(text: str) -> list[str]:
    """Words, pairs of words, and for Korean, where particles stick to words, pairs and triples of signs."""
    words = re.findall(r"\w+", text.lower())
    grams = [
        f" {word} "[place : place + size]
        for word in words
        if re.search("[가-힣]", word)
        for size in (2, 3)
        for place in range(len(word) + 3 - size)
    ]
    return [*words, *map(" ".join, pairwise(words)), *grams]


def _kind(slot: str) -> str:
    """What a slot looks like in a question, in one word."""
    base = slot.rstrip("23")
    if base in ("word", "phrase", "text"):
        return "quotedwords"
    if base in ("noun", "nouns"):
        return " "
    return "anumber" if base in NUMBERS else f"some{base}"


class Found:
    """What a question holds that is the data's own, in the order in which it stands."""

    def __init__(self, question: str, schema: Schema) -> None:
        self.schema = schema
        rest = question
        self.texts = [one or other for one, other in QUOTED.findall(question)]
        rest = QUOTED.sub(" quotedwords ", rest)
        self.labels, rest = self._named(rest, schema.labels, "somelabel")
        kinds = {column: kind for column, kind in schema.columns.items() if isinstance(kind, tuple)}
        categories = {value: (column, value) for column, kind in kinds.items() for value in kind}
        values, rest = self._named(rest, tuple(categories), "someval")
        self.categories = [categories[value] for value in values]
        numeric = tuple(column for column, kind in schema.columns.items() if kind == "number")
        self.columns, rest = self._named(rest, numeric, "somenum")
        self.ids = NAMED_ID.findall(rest) if schema.id == "string" else []
        rest = NAMED_ID.sub(" anumber ", rest) if schema.id == "string" else rest
        self.spoken: dict[str, str] = {}
        for sort in SPOKEN:
            rest = self._spell(rest, sort)
        words = {word: str(number) for number, word in enumerate(number_words()) if number > 1}
        rest = re.sub(r"[A-Za-z]+", lambda word: words.get(word[0].lower(), word[0]), rest)
        self.numbers = [(number, "%" in rest[at : at + 3] or "퍼" in rest[at : at + 3]) for number, at in _numbers(rest)]
        self.masked = NUMBER.sub(" anumber ", rest)

    @staticmethod
    def _named(text: str, names: tuple[str, ...], mask: str) -> tuple[list[str], str]:
        forms = {form.lower(): name for name in names if name for form in (name, name.replace("_", " "))}
        if not forms:
            return [], text
        longest = sorted(forms, key=len, reverse=True)
        pattern = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, longest))})(?![A-Za-z0-9])", re.IGNORECASE)
        return [forms[hit.lower()] for hit in pattern.findall(text)], pattern.sub(f" {mask} ", text)

    def _spell(self, text: str, sort: str) -> str:
        listed = [spellings(tongue).get(sort, {}) for tongue in ("en", "ko")]
        forms = {said.lower(): name for names in listed for name, said_as in names.items() for said in said_as}
        longest = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        hit = re.search(rf"(?<![A-Za-z0-9])({longest})(?![A-Za-z0-9])", text, re.IGNORECASE)
        if hit is None:
            return text
        self.spoken[sort] = forms[hit[0].lower()]
        return f"{text[: hit.start()]} some{sort} {text[hit.end() :]}" if sort in ("method", "metric", "term") else text

    def fill(self, template: str) -> str | None:
        """A program with its slots filled; None where the question does not hold what they ask for."""
        texts, labels = iter(self.texts), iter(self.labels)
        percents = [number for number, percent in self.numbers if percent]
        numbers = iter([number for number, percent in self.numbers if not percent])
        ids = iter([quote(name) for name in self.ids])
        values: dict[str, str] = {}
        try:
            for slot in dict.fromkeys(SLOT.findall(template)):
                base = slot.rstrip("23")
                if base == "id":
                    values[slot] = next(ids) if self.schema.id == "string" else str(int(next(numbers)))
                elif base == "conf":
                    share = float(percents.pop(0)) / 100 if percents else float(next(numbers))
                    values[slot] = f"{share / 100 if share > 1 else share:g}"
                elif base in NUMBERS:
                    values[slot] = next(numbers)
                elif base == "label":
                    values[slot] = name_text(next(labels))
                elif base in ("word", "phrase", "text"):
                    values[slot] = quote(next(texts))[1:-1]
                elif base in ("cat", "val"):
                    values[slot] = name_text(self.categories[0][base == "val"])
                elif base == "num":
                    values[slot] = name_text(self.columns[0])
                else:
                    values[slot] = self.spoken[base]
        except (StopIteration, IndexError, KeyError, ValueError):
            return None
        return SLOT.sub(lambda slot: values[slot[1]], template)


def _numbers(text: str) -> list[tuple[str, int]]:
    return [(hit[0], hit.end()) for hit in NUMBER.finditer(text)]
