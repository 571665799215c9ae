"""Whether the parser is slower where the data has many labels or many named rows: the same questions about each."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace

from assistant.learning.filling import fill
from assistant.learning.questions import SLOT, held_out
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parse
from assistant.programs.reader import Language
from assistant.programs.schema import Schema

ASKED = 30  # questions about each
SEED = 13
NAMING = {"id", "id2", "label", "label2"}  # what grows with the data; every question names one of them
BESIDE = {"n", "metric", "method", "word", "phrase", "conf"}  # and at most these
Read = Callable[[str, Language], Parse]
BASE = "a schema of the held-out ones"
PLAIN = "the same, worked out as transformers does"


def schemas(base: Schema) -> dict[str, Schema]:
    """What is compared: data as it is, with 10,000 rows that have names, and with 300 labels."""
    many = tuple(f"topic {number}" for number in range(1, 301))
    return {
        BASE: base,
        "10,000 rows with names as ids": base.model_copy(update={"id": "string", "rows": 10_000}),
        "300 labels": base.model_copy(update={"labels": many}),
    }


def latency(read: Read, plain: Read) -> dict[str, dict[str, float]]:
    """For each schema, the median seconds of a question and its ratio to the first's; the questions take turns. `plain` is the
    same parser without packed layers and with all logits, asked about the first schema."""
    families, worlds = held_out("test")
    base = next(world for world in worlds if world.schema.id == "integer" and len(world.schema.labels) > 1)
    names = next(world.ids for world in worlds if world.schema.id == "string")
    slots = [(family, set(SLOT.findall(family.program))) for family in families if family.language == "en"]
    asked = [family for family, named in slots if named & NAMING and named <= NAMING | BESIDE][: ASKED + 1]
    seconds: dict[str, list[float]] = {}
    read_by = {}
    for family in asked:
        for name, schema in schemas(base.schema).items():
            world = replace(base, schema=schema, ids=names if schema.id == "string" else base.ids)
            language = read_by.setdefault(name, Language(OPERATIONS, schema))
            one = replace(family, questions=family.questions[:1])
            for example in fill([one], [world], rounds=1, seed=SEED, noise=False):
                seconds.setdefault(name, []).append(read(example.question, language).seconds)
                if name == BASE:
                    seconds.setdefault(PLAIN, []).append(plain(example.question, language).seconds)
    medians = {name: statistics.median(taken[1:]) for name, taken in seconds.items()}  # the first one fills the cache
    return {
        name: {"seconds": median, "ratio": median / medians[BASE], "questions": len(seconds[name]) - 1}
        for name, median in medians.items()
    }
