"""From a question to a program, with a made-up language model that says what the test tells it to."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parser import LONGEST_QUESTION, MOST_NAMES, Parser, one_line, schema_text
from assistant.schema import Schema

from .strategies import SCHEMAS


class Canned(BaseChatModel):
    """Answers every question with `said`, and keeps what it was asked."""

    said: str = "where label = spam | count\n"
    confidence: float = 0.75
    asked: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "canned"

    def _generate(self, messages, stop=None, run_manager=None, **options) -> ChatResult:
        self.asked.append((messages, options))
        message = AIMessage(content=self.said, response_metadata={"confidence": self.confidence})
        return ChatResult(generations=[ChatGeneration(message=message)])


def parser(**values: Any) -> tuple[Parser, Canned]:
    chat = Canned(asked=[], **values)
    return Parser(OPERATIONS, SCHEMAS["plain"], chat), chat


def test_a_question_goes_through_the_model():
    one, chat = parser()
    parse = one.parse("  How many\n are {spam}?  ")
    assert parse.program.to_text(SCHEMAS["plain"]) == "where label = spam | count"
    assert parse.confidence == 0.75
    assert parse.seconds >= 0
    ((messages, options),) = chat.asked
    assert [message.type for message in messages] == ["system", "human"]
    assert messages[1].content == "How many are {spam}?"
    assert schema_text(SCHEMAS["plain"]) in messages[0].content
    assert options["grammar"] == one.language.decoding_grammar("How many are {spam}?")


def test_a_command_does_not():
    one, chat = parser()
    parse = one.parse(" /where id = 3 | predict")
    assert parse.program.to_text(SCHEMAS["plain"]) == "where id = 3 | predict"
    assert parse.confidence == 1.0
    assert chat.asked == []


def test_a_command_that_is_wrong_is_told():
    one, chat = parser()
    with pytest.raises(AskWhyError, match="did you mean 'predict'"):
        one.parse("/predcit")
    assert chat.asked == []


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question(question):
    with pytest.raises(AskWhyError, match="The question is empty"):
        parser()[0].parse(question)


def test_a_question_that_is_too_long():
    one, chat = parser()
    one.parse("x" * LONGEST_QUESTION)
    with pytest.raises(AskWhyError, match=r"has 2,001 characters; say it in at most 2,000, .* /where text"):
        one.parse("x" * (LONGEST_QUESTION + 1))
    assert len(chat.asked) == 1
    one.parse('/where text "' + "x" * LONGEST_QUESTION + '" | predict')


def test_what_the_model_says_is_checked():
    for said in ("where label = scam | count", "show n=99", "nonsense", ""):
        with pytest.raises(AskWhyError):
            parser(said=said)[0].parse("how many?")


def test_without_a_model_only_commands_are_read():
    one = Parser(OPERATIONS, SCHEMAS["plain"], None)
    assert one.parse("/count").program.steps[0].name == "count"
    with pytest.raises(AskWhyError, match="only commands that start with / are understood"):
        one.parse("how many?")


def test_one_line():
    assert one_line(" a\n\tb\u00a0 c\r\n") == "a b c"


def test_the_schema_in_a_few_words():
    assert schema_text(SCHEMAS["plain"]).split("\n") == [
        "labels: ham | spam",
        "columns: sender = bank | friend; age = number; sent = date; note = text",
        "ids: integer",
    ]
    assert schema_text(SCHEMAS["bare"]).split("\n")[1] == "columns: none"


def test_names_are_capped():
    many = tuple(f"n{index}" for index in range(MOST_NAMES + 1))
    labels, columns, _ = schema_text(Schema(labels=many, columns={"kind": many})).split("\n")
    for line in (labels, columns):
        assert line.count("|") == MOST_NAMES
        assert line.endswith(f" n{MOST_NAMES - 1} | ...")
    assert schema_text(Schema(labels=many[:-1])).split("\n")[0].endswith(f" n{MOST_NAMES - 1}")
