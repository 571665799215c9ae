"""Questions with the programs they mean, written as templates in prompts/parser, and the datasets that fill them.

A block in a question file is one family of paraphrases: lines of `> program`, then questions; lines of `< program` say what
was asked just before, one or another of them. Families and schemas are split as wholes, so that what is measured was not
seen in training in other words or with other labels. Files named `ko_*` are Korean, the others English.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from assistant.programs.schema import Schema

SLOT = re.compile(r"\{(\w+)\}")
ORDER = (
    "previous", "id", "label", "prediction", "correct", "text", "characters", "words", "sentences", "*", "confidence", "sample",
)  # fmt: skip
HELD_OUT_FAMILIES = 12  # one family in so many
HELD_OUT_SCHEMAS = 6
HALVES = ("validation", "test")


@dataclass(frozen=True)
class Family:
    """Paraphrases of one program, where one of the programs in `before` was asked just before, if there are any; all hold
    slots."""

    program: str
    questions: tuple[str, ...]
    source: str
    before: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        return "ko" if self.source.startswith("ko_") else "en"


@dataclass(frozen=True)
class World:
    """An imagined dataset: its schema, and the words that people would use about it, in English and in Korean."""

    name: str
    schema: Schema
    nouns: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    words: tuple[str, ...]
    phrases: tuple[str, ...]
    texts: tuple[str, ...]
    synonyms: dict[str, tuple[str, ...]]
    nouns_ko: tuple[str, ...]
    words_ko: tuple[str, ...]
    phrases_ko: tuple[str, ...]
    texts_ko: tuple[str, ...]
    synonyms_ko: dict[str, tuple[str, ...]]

    @property
    def language(self) -> str:
        return self.schema.languages[0]


@dataclass(frozen=True)
class Example:
    """A question and the compact text of its program, under a schema; `before` is that of the program asked just before."""

    schema: Schema
    question: str
    program: str
    source: str
    language: str = "en"
    before: str = ""


def families() -> list[Family]:
    """Every family of every question file."""
    folder = files("prompts") / "parser" / "questions"
    return [
        replace(family, program=_ordered(family.program), before=tuple(map(_ordered, family.before)))
        for name in sorted(path.name for path in folder.iterdir())
        for family in read_blocks(f"questions/{name}")
    ]


def read_blocks(name: str) -> list[Family]:
    """The blocks of a file of prompts/parser as they are written: what is meant, the ways to say it, and what was before."""
    found = []
    source = name.rpartition("/")[2].removesuffix(".txt")
    for block in re.split(r"\n\s*\n", (files("prompts") / "parser" / name).read_text("utf-8")):
        lines = [line.strip() for line in block.splitlines() if line.strip() and not f"{line} ".startswith("# ")]
        meant = [line[1:].strip() for line in lines if line.startswith(">")]
        before = tuple(line[1:].strip() for line in lines if line.startswith("<"))
        said = tuple(line for line in lines if line[0] not in "<>")
        if meant and said:
            found.append(Family(" ".join(meant), said, source, before))
    return found


def _ordered(program: str) -> str:
    """The program with its joined conditions in one fixed order, so that there is one way to write each selection."""
    found = re.fullmatch(r"where (.*?) \| (.*)", program)
    if not found or re.search(r"[()]| or |\btext \"", found[1]):
        return program
    parts = sorted(found[1].split(" and "), key=lambda part: rank(part.removeprefix("not ").split()[0]))
    return f"where {' and '.join(parts)} | {found[2]}"


def rank(field: str) -> int:
    """Where a condition on a field stands among joined ones."""
    return ORDER.index(field) if field in ORDER else ORDER.index("*")


def worlds() -> list[World]:
    """Every imagined dataset."""
    listed = json.loads((files("prompts") / "parser" / "schemas.json").read_text("utf-8"))
    return [
        World(
            name=entry["name"],
            schema=Schema.model_validate(entry["schema"]),
            nouns=tuple((one, many) for one, many in entry["nouns"]),
            ids=tuple(entry.get("ids") or ()),
            synonyms=_tuples(entry.get("synonyms", {})),
            synonyms_ko=_tuples(entry.get("synonyms_ko", {})),
            **{name: tuple(entry[name]) for name in ("words", "phrases", "texts")},
            **{name: tuple(entry.get(name, ())) for name in ("nouns_ko", "words_ko", "phrases_ko", "texts_ko")},
        )
        for entry in listed
    ]


def _tuples(named: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(said) for name, said in named.items()}


@lru_cache(maxsize=1)
def number_words() -> tuple[str, ...]:
    """The words for 0, 1, 2 and so on."""
    return tuple((files("prompts") / "parser" / "numbers.txt").read_text("utf-8").split())


@lru_cache(maxsize=2)
def spellings(language: str = "en") -> dict[str, dict[str, list[str]]]:
    """For the slots `method`, `metric`, `unit`, `term` and `model`: what the program writes, and how people say it."""
    name = "spoken.toml" if language == "en" else f"spoken_{language}.toml"
    return tomllib.loads((files("prompts") / "parser" / name).read_text("utf-8"))


def is_held_out(name: str, one_in: int) -> bool:
    """A fixed, arbitrary choice by the hash of a name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


def plain(question: str) -> str:
    """A wording without its case and punctuation, to tell whether two are one."""
    return re.sub(r"[^\w{} ]", "", question.lower()).strip()


def split() -> tuple[list[Family], list[Family], list[World], list[World]]:
    """Families for training and held out, worlds for training and held out."""
    all_families, all_worlds = families(), worlds()
    kept = [is_held_out(family.program + family.questions[0], HELD_OUT_FAMILIES) for family in all_families]
    return (
        [family for family, out in zip(all_families, kept, strict=True) if not out],
        [family for family, out in zip(all_families, kept, strict=True) if out],
        [world for world in all_worlds if not is_held_out(world.name, HELD_OUT_SCHEMAS)],
        [world for world in all_worlds if is_held_out(world.name, HELD_OUT_SCHEMAS)],
    )


def held_out(half: str) -> tuple[list[Family], list[World]]:
    """The families and worlds of one of the `HALVES` of what is held out: of "validation", by which a confidence is calibrated
    and thresholds are chosen, or of "test", which is reported. No family and no world is in both. Wordings that a training
    family has too are left out."""
    training, some_families, _, some_worlds = split()
    trained = {plain(question).replace(" ", "") for family in training for question in family.questions}
    wanted = half == HALVES[0]
    chosen = [family for family in some_families if _validates(family.program + family.questions[0]) == wanted]
    return (
        [family for family in (_without(family, trained) for family in chosen) if family.questions],
        [world for world in some_worlds if _validates(world.name) == wanted],
    )


def _without(family: Family, wordings: set[str]) -> Family:
    kept = (question for question in family.questions if plain(question).replace(" ", "") not in wordings)
    return replace(family, questions=tuple(kept))


def _validates(name: str) -> bool:
    return is_held_out(f"{HALVES[0]}: {name}", 2)
