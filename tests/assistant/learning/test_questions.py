"""The questions that the parser learns from: what is measured was not seen, and every program can be read."""

from __future__ import annotations

import random
from functools import cache

import pytest

from assistant.learning.filling import fill
from assistant.learning.questions import (
    HALVES,
    SLOT,
    Example,
    Family,
    families,
    held_out,
    number_words,
    plain,
    spellings,
    split,
    worlds,
)
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.saying.korean import HANGUL


@cache
def language(schema: str) -> Language:
    return Language(OPERATIONS, Schema.model_validate_json(schema))


@cache
def examples() -> list[Example]:
    """A random 300 of all that can be made of a tenth of the worlds, half of them said carelessly."""
    some = worlds()[::10]
    careful, careless = (list(fill(families(), some, rounds=1, seed=1, noise=noise)) for noise in (False, True))
    return random.Random(0).sample(careful, 150) + random.Random(1).sample(careless, 150)


def test_every_program_can_be_read_and_is_canonical():
    for example in examples():
        program = language(example.schema.model_dump_json()).read(example.program)
        assert program.to_text(example.schema) == example.program


def test_no_slot_is_left():
    assert [example for example in examples() if SLOT.search(example.question + example.program)] == []


def test_every_operation_is_asked_for():
    asked = {step.split()[0] for family in families() for step in family.program.split(" | ") if not step.startswith("where")}
    assert asked == set(OPERATIONS)


def test_families_and_worlds_are_split_as_wholes():
    train, test, seen, unseen = split()
    assert len(train) + len(test) == len(families())
    assert sorted(world.name for world in seen + unseen) == sorted(world.name for world in worlds())
    assert {world.name for world in seen} & {world.name for world in unseen} == set()
    measured = [family for half in HALVES for family in held_out(half)[0]]
    templates = [{(family.program, question) for family in part for question in family.questions} for part in (train, measured)]
    assert templates[0] & templates[1] == set() and len(measured) > 0.98 * len(test)
    assert len(test) >= 30 and len(unseen) >= 4
    assert split()[1] == test


@pytest.mark.parametrize("language", ["en", "ko"])
def test_families_and_worlds_of_each_language_are_held_out(language):
    train, test, seen, unseen = ([item for item in part if item.language == language] for part in split())
    assert len(train) > 5 * len(test) > 0
    assert len(seen) > len(unseen) > 0


def test_no_question_has_two_meanings():
    meant: dict[tuple[str, str], set[str]] = {}
    for family in families():
        for question in family.questions:
            for before in family.before or ("",):
                meant.setdefault((question, before), set()).add(family.program)
    assert {question: programs for question, programs in meant.items() if len(programs) > 1} == {}


def test_questions_are_filled_alike_with_the_same_seed():
    some = families()[:20]
    made = [[(e.question, e.program) for e in fill(some, worlds(), rounds=2, seed=seed, noise=True)] for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    assert len(made[0]) == 2 * sum(len(family.questions) for family in some)


def test_a_family_is_only_filled_from_worlds_that_fit():
    several = Family("where {num} > {value} | count", ("how many with {num} over {value}?",), "test")
    for example in fill([several], worlds(), rounds=20, seed=0, noise=False):
        assert "number" in example.schema.columns.values()
    ranged = Family("where id >= {id} | show", ("from {id} on",), "test")
    assert {example.schema.id for example in fill([ranged], worlds(), rounds=20, seed=0, noise=False)} == {"integer"}


@pytest.mark.parametrize("world", worlds(), ids=[world.name for world in worlds()])
def test_a_world_has_all_that_templates_need(world):
    assert world.nouns and world.texts and len(world.words) > 1 and len(world.phrases) > 1
    assert world.schema.id == "integer" or len(world.ids) >= 3
    assert set(world.synonyms) <= set(world.schema.labels)
    assert world.schema.labels


@pytest.mark.parametrize("world", worlds(), ids=[world.name for world in worlds()])
def test_a_world_can_be_spoken_of_in_korean(world):
    assert world.nouns_ko
    assert set(world.synonyms_ko) <= set(world.schema.labels)
    said = [name for names in world.synonyms_ko.values() for name in names]
    assert len(said) == len(set(said)) and set(said).isdisjoint(set(world.schema.labels))
    assert all(len(own) != 1 for own in (world.words_ko, world.phrases_ko, world.texts_ko))  # two are drawn
    assert (world.language == "ko") == any(HANGUL.search(label) for label in world.schema.labels)


def test_number_words_count_from_nought():
    words = number_words()
    assert len(words) == 21
    assert (words[2], words[10], words[20]) == ("two", "ten", "twenty")


def test_korean_spellings_are_of_what_programs_write():
    english, korean = spellings(), spellings("ko")
    for slot in ("method", "metric", "unit"):
        assert set(korean[slot]) == set(english[slot])
    assert len(korean["numeral"]["alone"]) == len(korean["numeral"]["counting"])


def test_no_wording_of_a_training_family_is_measured():
    training = {plain(question).replace(" ", "") for family in split()[0] for question in family.questions}
    measured = [question for half in HALVES for family in held_out(half)[0] for question in family.questions]
    assert len(measured) > 1000
    assert not [question for question in measured if plain(question).replace(" ", "") in training]
