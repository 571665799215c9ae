"""Templates of questions filled with the words of imagined datasets: what the parser is trained and measured on."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from assistant.learning.days import some_days, spoken
from assistant.learning.preceding import Preceding
from assistant.learning.questions import SLOT, Example, Family, World, number_words, spellings
from assistant.learning.writers import of_any_model, writes
from assistant.parsing.recalling import shortened
from assistant.programs.conditions import name_text, quote
from assistant.programs.schema import Schema
from assistant.saying import korean

QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("`", "`"))
COPIED = re.compile(r'"[^"{}]+"')  # words that the program copies from the question, where nothing may change
SAID = ("text", "phrase", "phrase2", "word", "word2")  # slots that stand between quotation marks
UNSAID = {"when": "date", "num": "number"}  # columns that a question need not name where there is but one of their kind
WRITERS = 0.08  # share of questions that any model can be asked, which one that writes is asked
WEIGHTS = {("en", "ko"): 0.25, ("ko", "ko"): 4}  # how often questions of a language are about data of a language; else 1


def fill(
    chosen: list[Family],
    among: list[World],
    *,
    rounds: int,
    seed: int,
    noise: bool,
    preceding: Preceding | None = None,
) -> Iterator[Example]:
    """Each question of each family, `rounds` times, each time in another world; `noise` adds people's sloppiness, and
    `preceding` says what was asked before, where a family does not."""
    generator = random.Random(seed)
    for _ in range(rounds):
        for family in chosen:
            for question in family.questions:
                before = _before(family, question, preceding, generator)
                needed = set(SLOT.findall(family.program + question + before))
                unsaid = [kind for slot, kind in UNSAID.items() if slot in needed and f"{{{slot}}}" not in question + before]
                ranged = "id >" in family.program + before or "id <" in family.program + before
                fitting = [world for world in among if _fits(world, needed) and not (ranged and world.schema.id == "string")]
                for kind in unsaid:  # which column is meant goes without saying
                    fitting = [world for world in fitting if list(world.schema.columns.values()).count(kind) == 1]
                if fitting:
                    weights = [WEIGHTS.get((family.language, world.language), 1) for world in fitting]
                    (world,) = generator.choices(fitting, weights)
                    yield _filled(family, question, before, world, generator, noise)


def _before(family: Family, question: str, preceding: Preceding | None, generator: random.Random) -> str:
    if family.before:
        return generator.choice(family.before)
    return preceding(family, question, generator) if preceding is not None else ""


def _fits(world: World, slots: set[str]) -> bool:
    types = world.schema.columns.values()
    return (
        ("cat" not in slots or any(isinstance(kind, tuple) for kind in types))
        and ("num" not in slots or "number" in types)
        and ("when" not in slots or "date" in types)
        and ("label2" not in slots or len(world.schema.labels) > 1)
    )


def _filled(family: Family, question: str, before: str, world: World, generator: random.Random, noise: bool) -> Example:
    leant_on = before if family.before else ""  # what it says is what the question takes up; else it has words of its own
    slots = sorted(set(SLOT.findall(family.program + question + leant_on)))
    said, written = _values(world, slots, family.language, generator)
    earlier = written if leant_on else _values(world, sorted(set(SLOT.findall(before))), family.language, generator)[1]
    between = "id >" in family.program and "id <" in family.program
    if between and "id2" in said and int(said["id"]) > int(said["id2"]):  # from the smaller to the larger
        for names in (said, written):
            names["id"], names["id2"] = names["id2"], names["id"]
    if family.language == "ko" and "n" in slots and generator.random() < 0.3:
        said["n"] = korean.numeral(question, "n", int(written["n"])) or said["n"]
    if noise and not COPIED.search(family.program):
        question = (korean.sloppy if family.language == "ko" else _sloppy)(question, generator)
    for slot in SAID:
        opening, closing = generator.choice(QUOTES) if generator.random() < 0.5 else ('"', '"')
        question = question.replace(f'"{{{slot}}}"', f"{opening}{{{slot}}}{closing}")

    def put(match: re.Match[str]) -> str:
        if match["alone"]:
            return korean.particle(match["alone"], "")
        value = said.get(match["slot"], f"{{{match['slot']}}}")
        return value + match["closed"] + (korean.particle(match["pair"], value) if match["pair"] else "")

    def write(template: str, values: dict[str, str] = written) -> str:
        return SLOT.sub(lambda match: values.get(match[1], match[0]), template)

    return Example(
        schema=_of_a_writer(world) if _asks_a_writer(family, before, slots, generator) else world.schema,
        question=korean.SLOT_OR_PAIR.sub(put, question),
        program=write(family.program),
        source=family.source,
        language=family.language,
        before=shortened(write(before, earlier)),
    )


def _asks_a_writer(family: Family, before: str, slots: list[str], generator: random.Random) -> bool:
    if writes(family.program):
        return True
    any_model = "label" not in slots and all(of_any_model(program) for program in (family.program, before) if program)
    return any_model and generator.random() < WRITERS


def _of_a_writer(world: World) -> Schema:
    """The data of a world as it would be asked about a model that writes: without labels."""
    return world.schema.model_copy(update={"labels": (), "kind": "generator"})


def _values(world: World, slots: list[str], language: str, generator: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """For each slot, how the question says it and how the program writes it."""
    said: dict[str, str] = {}
    written: dict[str, str] = {}
    said["noun"], said["nouns"] = _noun(world, language, generator)
    labels = generator.sample(world.schema.labels, min(2, len(world.schema.labels)))
    pools = {name: generator.sample(_pool(world, name, language, generator), 2) for name in ("words", "phrases", "texts")}
    numbers = _ids(world, generator)
    for slot in slots:
        base, second = slot.rstrip("23"), {"2": 1, "3": 2}.get(slot[-1], 0)
        if base == "id":
            said[slot], written[slot] = numbers[second]
        elif base == "label":
            said[slot], written[slot] = _label(world, labels[second], language, generator), name_text(labels[second])
        elif base in ("word", "phrase", "text"):
            said[slot] = pools[f"{base}s"][second]
            written[slot] = quote(said[slot])[1:-1]
        elif base == "n":
            count = generator.choice((1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 20))
            word = language == "en" and generator.random() < 0.25 and count > 1
            said[slot], written[slot] = (number_words()[count] if word else str(count)), str(count)
        elif base == "conf":
            share = generator.choice((50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 97, 99))
            percent = generator.choice(spellings(language)["percent"]["names"])
            said[slot] = generator.choice((f"{share}%", f"{share}{percent}", f"{share / 100:g}", f"{share}%"))
            written[slot] = f"{share / 100:g}"
        elif base == "len":
            said[slot] = written[slot] = str(generator.choice((3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 80, 100, 140, 200, 300)))
        elif base in ("term", "model"):
            said[slot] = written[slot] = generator.choice(_names(base, language, generator)["names"])
        elif base in ("method", "metric", "unit", "part", "parts", "ordinal"):
            written[slot] = generator.choice([name for name in spellings()[base] if name not in written.values()])
            said[slot] = generator.choice(_names(base, language, generator)[written[slot]])
        elif base in ("layer", "head"):
            said[slot] = written[slot] = str(generator.randrange(12))
        elif base == "value":
            number = generator.choice((1, 2, 3, 5, 10, 18, 25, 30, 42, 50, 65, 100, 250, 1000, 2.5, 4.5, 0.75))
            said[slot] = written[slot] = f"{number:g}"
    if "cat" in slots:
        column = generator.choice([name for name, kind in world.schema.columns.items() if isinstance(kind, tuple)])
        value = generator.choice(world.schema.columns[column])
        said["cat"], written["cat"] = column.replace("_", " "), name_text(column)
        said["val"], written["val"] = value, name_text(value)
    if "when" in slots:
        column = generator.choice([name for name, kind in world.schema.columns.items() if kind == "date"])
        said["when"], written["when"] = column.replace("_", " "), name_text(column)
        for slot, day in zip(("day", "day2"), some_days(generator, 2), strict=True):
            said[slot], written[slot] = spoken(day, language, generator), quote(day.isoformat())
    if "num" in slots:
        column = generator.choice([name for name, kind in world.schema.columns.items() if kind == "number"])
        said["num"], written["num"] = column.replace("_", " "), name_text(column)
    return said, written


def _noun(world: World, language: str, generator: random.Random) -> tuple[str, str]:
    if language == "en":
        return generator.choice(world.nouns)
    noun = generator.choice(world.nouns_ko)
    return noun, noun  # Korean needs no plural


def _label(world: World, label: str, language: str, generator: random.Random) -> str:
    """A label as it is written, or in another word for it; in Korean about data in English, half the time in Korean."""
    other, share = world.synonyms.get(label, ()), 0.25
    if language == "ko" and (world.language == "ko" or generator.random() < 0.9):
        other, share = world.synonyms_ko.get(label, ()), 0.25 if world.language == "ko" else 0.55
    elif language == "en" and world.language == "ko":
        share = 0.6
    spoken = generator.choice(other) if other and generator.random() < share else label
    return spoken.lower().replace("_", " ") if generator.random() < 0.4 else spoken


def _pool(world: World, name: str, language: str, generator: random.Random) -> tuple[str, ...]:
    """A world's words, phrases or texts; Korean ones about data in English some of the time."""
    own = getattr(world, f"{name}_ko")
    return own if language == "ko" and own and generator.random() < 0.4 else getattr(world, name)


def _names(slot: str, language: str, generator: random.Random) -> dict[str, list[str]]:
    """How people say what the program writes; Koreans mix English in."""
    mixed = spellings(language if generator.random() < 0.65 else "en")
    return mixed.get(slot) or spellings()[slot]


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
