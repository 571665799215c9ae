"""From a question to a program, with a made-up language model that says what the test tells it to."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.parser import FAIR, LONGEST_QUESTION, MOST_NAMES, Parser, one_line, same, schema_text
from assistant.programs.schema import Schema

from ..strategies import SCHEMAS


class Canned(BaseChatModel):
    """Answers every question with `said`, and keeps what it was asked."""

    said: str = "where label = spam | count\n"
    confidence: float = 0.75
    others: tuple[tuple[str, float], ...] = ()
    asked: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "canned"

    def _generate(self, messages, stop=None, run_manager=None, **options) -> ChatResult:
        self.asked.append((messages, options))
        message = AIMessage(content=self.said, response_metadata={"confidence": self.confidence, "others": self.others})
        return ChatResult(generations=[ChatGeneration(message=message)])


def parser(knots: tuple[tuple[float, float], ...] = Doubt().knots, close: float = 0.3, **values: Any) -> tuple[Parser, Canned]:
    chat = Canned(asked=[], **values)
    return Parser(OPERATIONS, SCHEMAS["plain"], chat, Doubt(knots, close)), chat


def test_a_question_goes_through_the_model():
    one, chat = parser()
    parse = one.parse("  How many\n are {spam}?  ")
    assert parse.program.to_text(SCHEMAS["plain"]) == "where label = spam | count"
    assert parse.confidence == 0.75
    assert parse.seconds >= 0
    ((messages, options),) = chat.asked
    assert [message.type for message in messages] == ["system", "human"]
    assert messages[1].content == "How many are {spam}?\nlabel spam"
    assert schema_text(SCHEMAS["plain"]) in messages[0].content
    assert options["grammar"] == one.language.decoding_grammar("How many are {spam}?")


def test_the_model_is_told_what_was_asked_before_and_may_take_words_from_there():
    one, chat = parser(said='edit kind=replace old="dear" new="free"\n')
    before = 'where id = 3 | edit kind=replace old="free" new="dear"'
    assert one.parse("and the other way round", before).program.to_text(SCHEMAS["plain"]) == chat.said.strip()
    ((messages, options),) = chat.asked
    assert messages[1].content == f"and the other way round\n< {before}"
    assert options["grammar"] == one.language.decoding_grammar(f"and the other way round\n< {before}")


@pytest.mark.parametrize("command", [" /where id = 3 | predict", "where id = 3 | predict"])
def test_a_command_does_not(command):
    one, chat = parser()
    parse = one.parse(command)
    assert parse.text == "/where id = 3 | predict"
    assert parse.program.to_text(SCHEMAS["plain"]) == "where id = 3 | predict"
    assert parse.confidence == 1.0
    assert chat.asked == []


@pytest.mark.parametrize(("command", "told"), [("/predcit", "did you mean 'predict'"), ("where id = zebra | predict", "zebra")])
def test_a_command_that_is_wrong_is_told(command, told):
    one, chat = parser()
    with pytest.raises(AskWhyError, match=told):
        one.parse(command)
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


def test_a_second_reading_is_another_program_that_is_close():
    spam = "where label = spam and sender = bank | count\n"
    swapped = "where sender = bank and label = spam | count\n"
    others = (("show n=99\n", 0.3), (swapped, 0.25), ("count\n", 0.2))
    one, chat = parser(said=spam, confidence=0.5, others=others, knots=((0.0, 0.1), (1.0, 0.5)), close=0.4)
    parse = one.parse("how many?")
    assert parse.second.to_text(SCHEMAS["plain"]) == "count"
    assert parse.closeness == pytest.approx(0.4)
    assert (parse.likelihood, parse.confidence) == (0.5, pytest.approx(0.3))
    assert chat.asked[0][1]["close"] == 0.4
    for closer in ({"others": others[:2]}, {"others": others, "close": 0.41}):
        parse = parser(said=spam, confidence=0.5, **closer)[0].parse("how many?")
        assert (parse.second, parse.closeness) == (None, 0.0)


def test_nobody_means_to_be_declined():
    others = (("decline\n", 0.45), ("clarify missing=row\n", 0.4), ("labels\n", 0.3))
    one, _ = parser(said="help\n", confidence=0.5, others=others)
    assert one.parse("how many?").second is None
    assert [program.steps[0].name for program in one.readings("how many?", most=3)] == ["help", "labels"]
    mended = parser(said="decline\n", confidence=0.5, others=(("help\n", 0.45),))[0].parse("how many?")
    assert (mended.program.steps[0].name, mended.second.steps[0].name) == ("decline", "help")


def test_what_would_only_ask_back_gives_way_to_a_reading_nearly_as_likely():
    back = "clarify missing=question\n"
    parse = parser(said=back, confidence=0.5, others=(("labels\n", 0.3),), close=0.6)[0].parse("which?")
    assert ([step.name for step in parse.program.steps], parse.second, parse.likelihood) == (["labels"], None, 0.3)
    for others in ((("labels\n", 0.29),), (("decline\n", 0.4), ("labels\n", 0.3))):
        assert parser(said=back, confidence=0.5, others=others, close=0.6)[0].parse("which?").program.steps[0].name == "clarify"


@pytest.mark.parametrize(
    ("said", "other", "asked"),
    [
        ("score", "score metric=accuracy", False),
        ('where text "well?" | predict', 'where text "well" | predict', False),
        ('where text "well, now" | predict', 'where text "well now" | predict', True),
        ("where label = spam | attribute class=spam", "where label = spam | attribute", False),
        ("attribute class=spam", "attribute class=ham", True),
        ("where label = spam | score", "where label = ham | score", True),
        ("score", "confusion", True),
    ],
)
def test_nobody_is_asked_about_an_argument_that_may_be_left_out(said, other, asked):
    parse = parser(said=f"{said}\n", confidence=0.4, others=((f"{other}\n", 0.38),))[0].parse("how good?")
    assert parse.program.to_text(SCHEMAS["plain"]) == said
    assert (parse.second is not None) == asked


def test_the_likelier_program_is_the_first_reading():
    parse = parser(said="where label = spam | count\n", confidence=0.3, others=(("count\n", 0.4),), close=0.7)[0].parse(
        "how many?"
    )
    assert parse.program.to_text(SCHEMAS["plain"]) == "count"
    assert (parse.likelihood, parse.closeness) == (0.4, pytest.approx(0.75))
    assert parse.second.to_text(SCHEMAS["plain"]) == "where label = spam | count"


def test_readings_are_different_and_none_of_those_refused():
    others = (("count\n", 0.2), ("where label = spam | count\n", 0.1), ("show n=99\n", 0.1), ("help\n", 0.05), ("data\n", 0.01))
    one, chat = parser(said="count\n", others=others)
    refused = one.language.read("help")
    found = one.readings(" how many\n? ", most=2, without=(refused,))
    assert [program.to_text(SCHEMAS["plain"]) for program in found] == ["count", "where label = spam | count"]
    assert chat.asked[0][0][1].content == "how many ?"
    assert len(one.readings("how many?", most=9)) == 4


def test_sameness_is_of_what_is_done():
    read = parser()[0].language.read
    assert same(read("where label = spam and age > 3 | count"), read("where age > 3 and label = spam | count"))
    assert not same(read("where label = spam | count"), read("where label = spam | show"))
    assert not same(read("count"), read("where label = spam | count"))


@pytest.mark.parametrize(
    ("said", "program"), [("undo", "undo"), ("Help!", "help"), (" redo ", "redo"), ("Calibration?", "calibration")]
)
def test_the_name_of_an_operation_is_that_operation(said, program):
    parse = Parser(OPERATIONS, Schema(labels=("ham", "spam"), rows=9), None).parse(said)
    assert ([step.name for step in parse.program.steps], parse.confidence) == ([program], 1.0)


@pytest.mark.parametrize("said", ["ask", "decline", "clarify", "why"])
def test_a_name_that_does_not_say_enough_is_left_to_the_language_model(said):
    with pytest.raises(AskWhyError, match="No language model is loaded"):
        Parser(OPERATIONS, Schema(labels=("ham", "spam"), rows=9), None).parse(said)


def test_other_readings_are_mended_as_the_first_is():
    one, _ = parser(said="generate\n", confidence=0.5, others=(("predict\n", 0.45), ("salience\n", 0.4), ("count\n", 0.01)))
    parse = one.parse("what do you write?")  # a classifier writes nothing: both ask what it says
    assert ([step.name for step in parse.program.steps], parse.second, parse.closeness) == (["predict"], None, 0.0)
    found = one.readings("what do you write?", most=3, without=(parse.program,))
    assert [program.steps[0].name for program in found] == ["attribute", "count"]


def test_a_reading_that_words_were_mended_into_is_offered_as_it_was_read_where_that_was_not_meant():
    read, question = "where label = ham and prediction = spam | count", "정상을 스팸으로 틀린 쪽이 더 많은가요?"
    one, _ = parser(said=f"{read}\n", others=(("data\n", 0.2),))
    parse = one.parse(question)
    assert parse.program.to_text(SCHEMAS["plain"]) == "confusion"
    found = one.readings(question, most=3, without=(parse.program,))
    assert [program.to_text(SCHEMAS["plain"]) for program in found] == [read, "data"]


def test_readings_of_a_family_are_decoded_among_its_operations():
    one, chat = parser(said="score\n")
    found = one.readings("how bad is it", most=3, family="quality")
    assert [program.steps[0].name for program in found] == ["score"]
    grammar = chat.asked[-1][1]["grammar"]
    assert "do_score" in grammar and "do_mistakes" in grammar and "do_predict" not in grammar


def test_what_cannot_be_run_gives_way_to_what_can():
    others = (("decline\n", 0.2), ("count\n", 0.15), ("labels\n", 0.1), ("help\n", 0.04))
    one, chat = parser(said="undo\n", confidence=0.5, others=others)
    parse = one.parse("and now?")
    found = one.instead(parse, "", lambda program: program.steps[0].name in ("decline", "labels", "help"))
    assert ([step.name for step in found.program.steps], found.likelihood) == (["labels"], pytest.approx(0.2))
    assert found.confidence == pytest.approx(0.2)
    assert one.instead(parse, "", lambda program: False) is parse
    assert chat.asked[-1][1]["close"] == FAIR


def test_other_readings_that_are_fairly_likely_are_told():
    others = (
        ("help\n", 0.3),
        ("decline reason=unsupported\n", 0.25),
        ("where label = spam | show\n", 0.2),
        ("where label = ham | show\n", 0.05),
    )
    one, _ = parser(close=0.9, confidence=0.4, others=(*others, ("where label = spam | count\n", 0.1)))
    parse = one.parse("how much spam?")
    assert [other.to_text(SCHEMAS["plain"]) for other in parse.others] == ["help", "where label = spam | show"]
    offered, _ = parser(close=0.5, confidence=0.4, others=others)
    assert offered.parse("how much spam?").others == (parse.others[1],)  # the nearest one is the second of two to choose from
    assert parser()[0].parse("how much spam?").others == ()
