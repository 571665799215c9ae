"""What stands before a training question leaves its meaning as it is."""

from __future__ import annotations

import random

import pytest

from assistant.learning.filling import fill
from assistant.learning.preceding import Preceding
from assistant.learning.questions import Family, families, worlds
from assistant.operations import OPERATIONS
from assistant.programs.reader import Language

KNOWN = Preceding(families())


def before(program: str, question: str, times: int = 300) -> set[str]:
    generator = random.Random(1)
    return {KNOWN(Family(program, (question,), "test"), question, generator) for _ in range(times)}


def test_rows_chosen_before_stand_only_where_they_change_nothing():
    assert all(one == "" or one.startswith("where ") for one in before("where previous | count", "how many"))
    assert all(
        not one.startswith("where ") or one.startswith(("where id = ", "where text ")) for one in before("count", "how many")
    )
    assert any(one.startswith("where label") for one in before("where label = {label} | count", "how many {nouns} are {label}"))
    assert not any(one.startswith("where label") for one in before("where label = {label} | count", "how many are {label}"))


@pytest.mark.parametrize("program", ["undo", "redo n={n}", "edits", "compare with=edit", "repeat which=2"])
def test_what_is_about_edits_comes_after_one(program):
    found = before(program, "that again") - {""}
    assert found and all("edit " in one for one in found)


def test_a_setting_is_changed_only_where_there_is_one():
    assert all(
        " | attribute" in one or one.startswith("salience") or "method" in one
        for one in before("repeat method=lime", "lime") - {""}
    )
    assert all("show" not in one for one in before("where label = {label} | repeat", "for {label}") - {""})


def test_nothing_stands_before_a_question_that_asks_back():
    assert before("clarify missing=row", "compare the two") == {""}


def test_what_was_before_is_a_program_of_the_same_data():
    some = random.Random(2).sample(families(), 60)
    said = 0
    for example in fill(some, worlds()[:8], rounds=1, seed=4, noise=True, preceding=KNOWN):
        if example.before and "..." not in example.before and len(example.before) < 200:
            said += 1
            Language(OPERATIONS, example.schema).read(example.before)
        if said >= 25:
            break
    assert said >= 25


def test_a_family_that_says_what_was_before_is_filled_with_the_same_words():
    family = Family("where id = {id2} | attribute", ("the second one, why",), "test", ("where id in ({id}, {id2}) | show",))
    for example in fill([family], worlds(), rounds=10, seed=1, noise=False):
        wanted = example.program.removeprefix("where id = ").removesuffix(" | attribute")
        assert example.before.endswith(f", {wanted}) | show")
