"""What the language model is told of the question before."""

from __future__ import annotations

import pytest

from assistant.conversation import Conversation, Subject
from assistant.operations import OPERATIONS
from assistant.parsing.recalling import LONGEST, LONGEST_TEXT, asked, line, recalled
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
READ = Language(OPERATIONS, SCHEMA).read


@pytest.mark.parametrize(
    ("program", "focus", "told"),
    [
        ("where label = spam | show", None, "where label = spam | show"),
        ("where label = spam | show", Subject("hello", 3), "where label = spam | show"),
        ("predict", Subject("hello", 3), "where id = 3 | predict"),
        ("predict | attribute top=5", Subject("hello there"), 'where text "hello there" | predict | attribute top=5'),
        ("score", Subject("hello", 3), "score"),
        ("predict", None, "predict"),
    ],
)
def test_the_last_program_is_told_with_the_text_it_was_about(program, focus, told):
    assert recalled(Conversation(focus=focus, program=READ(program)), SCHEMA) == told


def test_nothing_is_told_before_the_first_question():
    assert recalled(Conversation(focus=Subject("hello", 3)), SCHEMA) == line("") == ""


def test_a_long_typed_text_is_not_told_again():
    text = 'He said: "win" \\ ' * 300
    told = recalled(Conversation(focus=Subject(text), program=READ("predict")), SCHEMA)
    assert told.startswith('where text "He said: ') and told.endswith('..." | predict')
    assert len(told) < LONGEST_TEXT + 60


def test_what_is_told_is_one_short_line():
    words = " or ".join(f'text contains "word {number}"' for number in range(40))
    told = line(recalled(Conversation(program=READ(f'where {words} or text contains "two\\nlines" | show')), SCHEMA))
    assert told.startswith("\n< where ") and told.count("\n") == 1
    assert len(told) <= LONGEST + 3


def test_another_model_gets_the_question_and_what_was_before_it_alone():
    assert asked("몇 개?\n= how many\nlabel spam\n< where label = spam | show") == "몇 개?\n< where label = spam | show"
    assert asked("why < that?") == "why < that?"
