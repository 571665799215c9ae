"""Questions with the programs they mean, written as templates in prompts/parser, filled from varied schemas.

A block in a question file is one family of paraphrases: lines of `> program`, then questions. Families and schemas
are split as wholes, so that what is measured was not seen in training in other words or with other labels.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.conditions import name_text, quote
from assistant.schema import Schema

QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("`", "`"))
SLOT = re.compile(r"\{(\w+)\}")
COPIED = re.compile(r'"[^"{}]+"')  # words that the program copies from the question, where nothing may change
ORDER = (
    "previous", "id", "label", "prediction", "correct", "text", "characters", "words", "sentences", "*", "confidence", "sample",
)  # fmt: skip
HELD_OUT_FAMILIES = 12  # one family in so many
HELD_OUT_SCHEMAS = 6


@dataclass(frozen=True)
class Family:
    """Paraphrases of one program; both hold slots."""

    program: str
    questions: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class World:
    """An imagined dataset: its schema, and the words that people would use about it."""

    name: str
    schema: Schema
    nouns: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    words: tuple[str, ...]
    phrases: tuple[str, ...]
    texts: tuple[str, ...]
    synonyms: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Example:
    """A question and the compact text of its program, under a schema."""

    schema: Schema
    question: str
    program: str
    source: str


def families() -> list[Family]:
    """Every family of every question file."""
    found = []
    for file in sorted((files("prompts") / "parser" / "questions").iterdir(), key=lambda path: path.name):
        for block in re.split(r"\n\s*\n", file.read_text("utf-8")):
            lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith("#")]
            programs = [line[1:].strip() for line in lines if line.startswith(">")]
            questions = tuple(line for line in lines if not line.startswith(">"))
            if programs and questions:
                found.append(Family(_ordered(" ".join(programs)), questions, file.name.removesuffix(".txt")))
    return found


def _ordered(program: str) -> str:
    """The program with its joined conditions in one fixed order, so that there is one way to write each selection."""
    found = re.fullmatch(r"where (.*?) \| (.*)", program)
    if not found or re.search(r"[()]| or |\btext \"", found[1]):
        return program
    parts = sorted(found[1].split(" and "), key=lambda part: _rank(part.removeprefix("not ").split()[0]))
    return f"where {' and '.join(parts)} | {found[2]}"


def _rank(field: str) -> int:
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
            words=tuple(entry["words"]),
            phrases=tuple(entry["phrases"]),
            texts=tuple(entry["texts"]),
            synonyms={label: tuple(names) for label, names in entry.get("synonyms", {}).items()},
        )
        for entry in listed
    ]


@lru_cache(maxsize=1)
def number_words() -> tuple[str, ...]:
    """The words for 0, 1, 2 and so on."""
    return tuple((files("prompts") / "parser" / "numbers.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def spellings() -> dict[str, dict[str, list[str]]]:
    """For the slots `method`, `metric`, `unit` and `term`: what the program writes, and how people say it."""
    return tomllib.loads((files("prompts") / "parser" / "spoken.toml").read_text("utf-8"))


def is_held_out(name: str, one_in: int) -> bool:
    """A fixed, arbitrary choice by the hash of a name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


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


def fill(chosen: list[Family], among: list[World], *, rounds: int, seed: int, noise: bool) -> Iterator[Example]:
    """Each question of each family, `rounds` times, each time in another world; `noise` adds people's sloppiness."""
    generator = random.Random(seed)
    for _ in range(rounds):
        for family in chosen:
            for question in family.questions:
                needed = set(SLOT.findall(family.program + question))
                ranged = "id >" in family.program or "id <" in family.program
                fitting = [world for world in among if _fits(world, needed) and not (ranged and world.schema.id == "string")]
                if fitting:
                    yield _filled(family, question, generator.choice(fitting), generator, noise)


def _fits(world: World, slots: set[str]) -> bool:
    types = world.schema.columns.values()
    return (
        ("cat" not in slots or any(isinstance(kind, tuple) for kind in types))
        and ("num" not in slots or "number" in types)
        and ("label2" not in slots or len(world.schema.labels) > 1)
    )


def _filled(family: Family, question: str, world: World, generator: random.Random, noise: bool) -> Example:
    slots = sorted(set(SLOT.findall(family.program + question)))
    said, written = _values(world, slots, generator)
    if noise and not COPIED.search(family.program):
        question = _sloppy(question, generator)
    for slot in ("text", "phrase", "phrase2", "word", "word2"):
        opening, closing = generator.choice(QUOTES) if generator.random() < 0.5 else ('"', '"')
        question = question.replace(f'"{{{slot}}}"', f"{opening}{{{slot}}}{closing}")
    return Example(
        schema=world.schema,
        question=SLOT.sub(lambda match: said.get(match[1], match[0]), question),
        program=SLOT.sub(lambda match: written.get(match[1], match[0]), family.program),
        source=family.source,
    )


def _values(world: World, slots: list[str], generator: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """For each slot, how the question says it and how the program writes it."""
    said: dict[str, str] = {}
    written: dict[str, str] = {}
    noun = generator.choice(world.nouns)
    said["noun"], said["nouns"] = noun
    labels = generator.sample(world.schema.labels, min(2, len(world.schema.labels)))
    words, phrases = generator.sample(world.words, 2), generator.sample(world.phrases, 2)
    numbers = _ids(world, generator)
    for slot in slots:
        base, second = slot.rstrip("23"), {"2": 1, "3": 2}.get(slot[-1], 0)
        if base == "id":
            said[slot], written[slot] = numbers[second]
        elif base == "label":
            label = labels[second]
            other = world.synonyms.get(label, ())
            spoken = generator.choice(other) if other and generator.random() < 0.15 else label
            if generator.random() < 0.4:
                spoken = spoken.lower().replace("_", " ")
            said[slot], written[slot] = spoken, name_text(label)
        elif base in ("word", "phrase", "text"):
            value = {"word": words, "phrase": phrases}[base][second] if base != "text" else generator.choice(world.texts)
            said[slot], written[slot] = value, quote(value)[1:-1]
        elif base == "n":
            count = generator.choice((1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 20))
            word = generator.random() < 0.25 and count > 1
            said[slot], written[slot] = (number_words()[count] if word else str(count)), str(count)
        elif base == "conf":
            share = generator.choice((50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 97, 99))
            said[slot] = generator.choice((f"{share}%", f"{share} percent", f"{share / 100:g}", f"{share}%"))
            written[slot] = f"{share / 100:g}"
        elif base == "len":
            said[slot] = written[slot] = str(generator.choice((3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 80, 100, 140, 200, 300)))
        elif base == "term":
            said[slot] = written[slot] = generator.choice(spellings()["term"]["names"])
        elif base in ("method", "metric", "unit"):
            written[slot] = generator.choice([name for name in spellings()[base] if name not in written.values()])
            said[slot] = generator.choice(spellings()[base][written[slot]])
        elif base in ("layer", "head"):
            said[slot] = written[slot] = str(generator.randrange(12))
        elif base == "model":
            said[slot] = written[slot] = generator.choice(spellings()["model"]["names"])
        elif base == "value":
            number = generator.choice((1, 2, 3, 5, 10, 18, 25, 30, 42, 50, 65, 100, 250, 1000, 2.5, 4.5, 0.75))
            said[slot] = written[slot] = f"{number:g}"
    if "cat" in slots:
        column = generator.choice([name for name, kind in world.schema.columns.items() if isinstance(kind, tuple)])
        value = generator.choice(world.schema.columns[column])
        said["cat"], written["cat"] = column.replace("_", " "), name_text(column)
        said["val"], written["val"] = value, name_text(value)
    if "num" in slots:
        column = generator.choice([name for name, kind in world.schema.columns.items() if kind == "number"])
        said["num"], written["num"] = column.replace("_", " "), name_text(column)
    return said, written


def _ids(world: World, generator: random.Random) -> list[tuple[str, str]]:
    if world.schema.id == "string":
        return [(name, quote(name)) for name in generator.sample(world.ids, 3)]
    top = generator.choice((10, 30, 100, 1000, max(world.schema.rows, 1000)))
    drawn = generator.sample(range(top), 3)
    if generator.random() < 0.5:
        drawn.sort()
    return [(str(number), str(number)) for number in drawn]


def _sloppy(question: str, generator: random.Random) -> str:
    """The template as a hasty person would type it; slots stay as they are."""
    parts = re.split(r"(\{\w+\})", question)
    lower, unpunctuated = generator.random() < 0.3, generator.random() < 0.25
    typo = generator.random() < 0.12
    for index in range(0, len(parts), 2):
        part = parts[index].lower() if lower else parts[index]
        if unpunctuated:
            part = re.sub(r"[?.!,]+(?=\s|$)", "", part)
        if typo and len(part) > 6:
            place = generator.randrange(1, len(part) - 2)
            if part[place : place + 2].isalpha():
                part = part[:place] + part[place + 1] + part[place] + part[place + 2 :]
                typo = False
        parts[index] = part
    return "".join(parts)
