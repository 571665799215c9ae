"""Training questions about narrowed-down rows, composed: what is asked of rows, and how people narrow rows down.

`prompts/parser/rows` holds the frames ("how many {rows} are there?") and the modifiers ("_ longer than {len} words").
A few hundred lines of each make the many thousand selections that people can ask for, none of which is worth writing
by hand.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.learning.filling import fill
from assistant.learning.preceding import Preceding
from assistant.learning.questions import SLOT, Example, Family, World, plain, rank, read_blocks

NOUNS = {
    "en": ("{nouns}",) * 5 + ("rows", "examples", "instances", "ones", "texts", "items", "data points"),
    "ko": ("{nouns}",),
}
FILES = {"en": "rows/", "ko": "rows/ko_"}
SOURCES = {"en": "rows", "ko": "ko_rows"}
JOINS = (" and ",) * 5 + (" ",) * 2 + (", ", ", and ")
SECOND = {"label": "label2", "word": "word2", "phrase": "phrase2"}  # the slot that a second use of a slot takes
HOW_MANY = (1,) * 4 + (2,) * 5 + (3,) * 2
JUDGED = ("mistakes", "confusion", "calibration", "score")  # idle for rows chosen by whether they are right


@dataclass(frozen=True)
class Narrowing:
    """A condition and one way to say it, around the noun `_`."""

    condition: str
    said: str

    @property
    def fields(self) -> set[str]:
        return set(re.findall(r"(?:^|and |or )(?:not )?(\w+|\{\w+\})", self.condition))

    @property
    def is_prefix(self) -> bool:
        return not self.said.startswith("_")


def compose(
    among: list[World],
    *,
    language: str,
    count: int,
    seed: int,
    without: set[str],
    preceding: Preceding | None = None,
) -> Iterator[Example]:
    """`count` questions of one to three conditions, filled from `among`; none whose wording, by `plain`, is in `without`.

    `language` is "en" or "ko"; `preceding` says what was asked before.
    """
    generator = random.Random(seed)
    frames = [(frame.program, said) for frame in read_blocks(FILES[language] + "frames.txt") for said in frame.questions]
    kinds = [(kind.program, kind.questions) for kind in read_blocks(FILES[language] + "modifiers.txt")]
    made = 0
    while made < count:
        steps, asked = generator.choice(frames)
        chosen = _chosen(kinds, steps, asked, generator)
        if chosen is None:
            continue
        where, rows = _joined(chosen, generator.choice(NOUNS[language]), generator)
        asked = asked.replace("{rows}", rows if language == "ko" else _determined(asked, rows, generator))
        family = Family(f"where {where} | {steps}", (asked,), SOURCES[language])
        if plain(family.questions[0]) in without:
            continue
        for example in fill([family], among, rounds=1, seed=generator.randrange(1 << 30), noise=True, preceding=preceding):
            made += 1
            yield example


def _chosen(kinds: list, steps: str, asked: str, generator: random.Random) -> list[Narrowing] | None:
    """One to three ways to narrow that go together; None when what was drawn does not."""
    chosen: list[Narrowing] = []
    slots, fields = set(SLOT.findall(steps + asked)) - {"rows"}, set()
    for condition, lines in generator.sample(kinds, generator.choice(HOW_MANY)):
        narrowing = Narrowing(condition, generator.choice(lines))
        for slot in set(SLOT.findall(condition)) & slots:
            if slot not in SECOND or SECOND[slot] in slots or SECOND[slot] in condition:
                return None
            narrowing = Narrowing(_again(narrowing.condition, slot), _again(narrowing.said, slot))
        if narrowing.fields & fields - {"text"} or ("correct" in narrowing.fields and steps.startswith(JUDGED)):
            return None
        slots |= set(SLOT.findall(narrowing.condition))
        fields |= narrowing.fields
        chosen.append(narrowing)
    if "label" in fields and "prediction" in fields and "correct" in fields:
        return None
    return chosen


def _again(template: str, slot: str) -> str:
    return template.replace(f"{{{slot}}}", f"{{{SECOND[slot]}}}")


def _joined(chosen: list[Narrowing], noun: str, generator: random.Random) -> tuple[str, str]:
    """The condition of a selection of `noun`, and the words for it."""
    either = len(chosen) == 2 and generator.random() < 0.2 and not any(n.is_prefix or "sample" in n.condition for n in chosen)
    before = sorted((n for n in chosen if n.is_prefix), key=lambda n: "sample" in n.condition)
    after = [n for n in chosen if not n.is_prefix]
    words = noun
    for narrowing in (n for n in before if "sample" not in n.condition):
        words = narrowing.said.replace("_", words)
    for index, narrowing in enumerate(after):
        said = narrowing.said if not index else "_" + (" or " if either else generator.choice(JOINS)) + narrowing.said[2:]
        words = said.replace("_", words)
    for narrowing in (n for n in before if "sample" in n.condition):
        words = narrowing.said.replace("_", words)
    parts = [part for n in chosen for part in (n.condition.split(" and ") if " or " not in n.condition else [n.condition])]
    if either:
        sides = [f"({n.condition})" if " and " in n.condition else n.condition for n in chosen]
        return " or ".join(sides), words
    parts.sort(key=lambda part: rank(part.removeprefix("not ").split()[0]))
    return " and ".join(f"({part})" if " or " in part and len(parts) > 1 else part for part in parts), words


def _determined(asked: str, rows: str, generator: random.Random) -> str:
    """The rows with an article, where the frame leaves room for one."""
    bare = re.search(r"\b(the|all|any|many|of|each|only|\{n\}) \{rows\}", asked) or rows.startswith(("{n}", "a random"))
    article = generator.choice(("the ", "all ", "all the ")) if not bare and generator.random() < 0.3 else ""
    return article + rows
