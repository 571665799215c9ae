"""Examples near to a question: found among the training families, and worded for the data at hand."""

from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.learning.questions import HALVES, held_out
from assistant.operations import OPERATIONS
from assistant.parsing.few_shot import FewShotChat, _masked, nearest
from assistant.parsing.parser import Parser
from assistant.programs.reader import Language

from ..strategies import SCHEMAS
from .test_parser import Canned


@pytest.mark.parametrize(
    ("question", "program"),
    [
        ("how many are spam?", "where label = spam | count"),
        ("how accurate are you?", "score metric=accuracy"),
        ("스팸이 몇 개야?", "where label = spam | count"),
    ],
)
def test_the_nearest_question_comes_last_and_means_the_same(question, program):
    shown = nearest(question, SCHEMAS["plain"], 8)
    assert program.replace("spam", "ham") in {one.program.replace("spam", "ham") for one in shown[-3:]}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_example_is_a_program_for_the_data(name):
    language = Language(OPERATIONS, SCHEMAS[name])
    for question in ("why is 12 what it is?", "how many of the first kind", "which are longer than 10 words?", "", "왜 그래?"):
        shown = nearest(question, SCHEMAS[name], 12)
        assert len({one.program for one in shown}) == len(shown) == 12
        for one in shown:
            language.read(one.program)


def test_no_example_is_worded_as_one_that_is_held_out():
    apart = {question for half in HALVES for family in held_out(half)[0] for question in family.questions}
    asked = sorted(question for question in apart if "{" not in question)[::40]
    assert len(asked) > 5
    for question in asked:
        assert question not in {one.question for one in nearest(question, SCHEMAS["plain"], 12)}


def test_what_is_the_datas_own_does_not_count():
    assert _masked("why is 'free bank' spam, 12?", SCHEMAS["plain"]).split() == ["why", "is", ",", "?"]
    assert "lunch" in _masked("is lunch ham?", SCHEMAS["plain"])
    assert "sham" in _masked("is it a sham?", SCHEMAS["plain"])
    assert _masked("don't they're", SCHEMAS["plain"]) == "don't they're"


def test_the_examples_stand_between_what_is_said_and_the_question():
    inner = Canned(asked=[])
    chat = FewShotChat(chat=inner, examples=3)
    parse = Parser(OPERATIONS, SCHEMAS["plain"], chat).parse("how many are spam?")
    assert parse.program.to_text(SCHEMAS["plain"]) == "where label = spam | count"
    ((messages, options),) = inner.asked
    assert [message.type for message in messages] == ["system", *["human", "ai"] * 3, "human"]
    shown = nearest("how many are spam?", SCHEMAS["plain"], 3)
    assert [(one.question, one.program) for one in shown] == [
        (asked.content, meant.content) for asked, meant in zip(messages[1:-1:2], messages[2:-1:2], strict=True)
    ]
    assert "grammar" in options


def test_without_data_nothing_is_shown():
    inner = Canned(asked=[])
    FewShotChat(chat=inner).invoke([SystemMessage("Read."), HumanMessage("hi")])
    assert [message.content for message in inner.asked[0][0]] == ["Read.", "hi"]
