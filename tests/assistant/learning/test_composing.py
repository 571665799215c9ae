"""Composed training questions: each reads as its program, says all of it, and none is a held-out one."""

from __future__ import annotations

from functools import cache

import pytest

from assistant.learning.composing import FILES, compose
from assistant.learning.questions import SLOT, plain, read_blocks, split
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language
from assistant.programs.schema import Schema


@pytest.fixture(scope="module")
def worlds():
    return split()[2]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_composed_question_has_a_program_that_reads_and_is_written_in_the_one_way(worlds, language):
    reader = cache(lambda schema: Language(OPERATIONS, Schema.model_validate_json(schema)))
    made = list(compose(worlds, language=language, count=400, seed=3, without=set()))
    assert len({example.question for example in made}) > 380
    for example in made:
        program = reader(example.schema.model_dump_json()).read(example.program)
        assert program.to_text(example.schema) == example.program
        assert program.where is not None
        assert not SLOT.search(example.question) and "_ " not in example.question and "{" not in example.program
        assert example.language == language


@pytest.mark.parametrize("language", ["en", "ko"])
def test_selections_of_several_conditions_are_common(worlds, language):
    programs = [example.program for example in compose(worlds, language=language, count=300, seed=5, without=set())]
    assert 120 < sum(" and " in program or " or " in program for program in programs) < 280


def test_one_seed_gives_one_set_of_questions(worlds):
    first, again, other = (
        [(example.question, example.program) for example in compose(worlds, language="en", count=50, seed=seed, without=set())]
        for seed in (1, 1, 2)
    )
    assert first == again != other


class Counting(set):
    """Holds every wording that starts with "how many"."""

    def __contains__(self, wording: object) -> bool:
        assert wording == plain(str(wording))
        return str(wording).startswith("how many")


def test_a_wording_that_was_held_out_is_not_composed(worlds):
    def asked(without: set[str]) -> list[str]:
        return [e.question.lower() for e in compose(worlds, language="en", count=300, seed=1, without=without)]

    assert any(question.startswith("how many") for question in asked(set()))
    assert not any(question.startswith("how many") for question in asked(Counting()))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_frames_and_modifiers_have_their_place_for_the_rows(language):
    for lines in (frame.questions for frame in read_blocks(FILES[language] + "frames.txt")):
        assert all(line.count("{rows}") == 1 for line in lines)
    for condition, lines in ((kind.program, kind.questions) for kind in read_blocks(FILES[language] + "modifiers.txt")):
        needed = set(SLOT.findall(condition))  # the only column of dates may go without saying
        assert all(set(SLOT.findall(line)) in (needed, needed - {"when"}) for line in lines), condition
        assert all(line.count("_") == 1 and (line.startswith("_ ") or line.endswith(" _") or " _ " in line) for line in lines)
