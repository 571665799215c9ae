"""Offering readings in plain words, and understanding which one is chosen."""

from __future__ import annotations

import pytest
from hypothesis import given

from assistant.choosing import Choices, chosen, chosen_by, is_refusal, offer, would
from assistant.operations import OPERATIONS
from assistant.programs.program import Program
from assistant.programs.reader import Language

from .strategies import SCHEMAS, programs

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)
NOUN = ("message", "messages")
READINGS = tuple(map(LANGUAGE.read, ("where label = spam | count", "where label = spam | show", "help")))


def said(command: str) -> str:
    return would(LANGUAGE.read(command), NOUN)


@pytest.fixture(scope="module")
def choices() -> Choices:
    return offer("how much spam", READINGS, NOUN)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("where label = spam | count", "Count the messages labelled spam"),
        ("count", "Count all messages"),
        ("where id = 3 | predict", "Say what the model answers for message 3"),
        ("predict | attribute", "Say what the model answers for the text that we talk about, then show which words made the model answer as it does for it"),
        ("where id = 3 | attribute top=5 method=lime", "Show which 5 words made the model answer as it does for message 3, by LIME"),
        ("where id in (1, 2) | show", "Show messages 1 and 2"),
        ("show n=1 by=words", "Show 1 message, longest first"),
        ("where label = spam | show n=1", "Show 1 message labelled spam"),
        ("where label = spam | show by=confidence order=ascending", "Show the messages labelled spam, least sure first"),
        ("show n=3 by=age", "Show 3 messages, highest age first"),
        ("where previous | show n=3", "Show 3 of the messages chosen before"),
        ("where label = spam | show n=4", "Show 4 messages labelled spam"),
        ('where text "win now" | likelihood class=spam', "Say how likely spam is for “win now”"),
        ("where label = spam and correct = false | mistakes kind=count | score", "Count the mistakes among the messages labelled spam and that the model gets wrong, then measure how good the model is on them"),
        ('edit old="free" new="paid"', "Replace “free” by “paid”, in the text that we talk about"),
        ("edit kind=remove part=number which=last | predict", "Remove the last number, in the text that we talk about, then say what the model answers for it"),
        ("compare with=row:2", "Compare the text that we talk about with message 2"),
        ("where label = spam | compare with=class:ham by=length", "Compare the lengths of the messages labelled spam with those labelled ham"),
        ("where id in (1, 2) | compare", "Compare messages 1 and 2"),
        ("compare by=words", "Compare the words of the text that we talk about with the text before its edits"),
        ("counterfactual n=3 to=ham", "Look for 3 changes that make the text that we talk about ham"),
        ("where id = 4 | repeat", "Ask the last question again, for message 4"),
        ("decline reason=unsupported", "Nothing: I cannot do that"),
        ("clarify missing=row", "Ask you which message you mean"),
        ("detail level=expert", "Say the last answer again, in more detail"),
        ("undo n=2", "Take back the last 2 edits"),
        ("score metric=recall class=spam", "Measure recall for the class spam on all messages"),
    ],
)  # fmt: skip
def test_what_a_program_would_do(command, words):
    assert said(command) == words


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_told(name):
    needed = {a.name: a for a in OPERATIONS[name].arguments().values() if a.required}
    values = {"term": '"LIME"', "question": '"who made it"', "missing": "row", "to": "ham", "with": "edit", "level": "plain"}
    command = " ".join([name, *(f"{argument}={values[argument]}" for argument in needed)])
    words = said(command)
    assert words[0].isupper()
    assert len(words) > 8
    assert "\n" not in words


@given(program=programs(SCHEMA))
def test_any_program_is_told_in_one_line(program: Program):
    words = would(program, NOUN)
    assert words
    assert "None" not in words or "None" in str(program.to_json())


@pytest.mark.parametrize(
    ("utterance", "place"),
    [
        ("the first", 0), ("First!", 0), ("1", 0), ("number 1", 0), ("the second one please", 1), ("I meant the second", 1), ("2nd", 1), ("option 2", 1),
        ("yes, the 2nd", 1), ("the last one", 2), ("third", 2), ("첫 번째", 0), ("첫번째요", 0), ("두 번째 거", 1), ("2번", 1), ("둘째로 할게요", 1),
        ("Count the messages labelled spam", 0), ("show the messages labelled spam.", 1),
    ],
)  # fmt: skip
def test_a_reading_is_chosen_by_its_place_or_its_words(choices, utterance, place):
    assert chosen(utterance, choices) == READINGS[place]


@pytest.mark.parametrize(
    "utterance", ["4", "the fifth", "why?", "show me the first message", "", "!", "12", "predict", "one more", "both"]
)
def test_other_things_choose_nothing(choices, utterance):
    assert chosen(utterance, choices) is None


def test_a_program_that_only_says_which_one_chooses(choices):
    assert chosen_by(LANGUAGE.read("repeat which=2"), choices) == READINGS[1]
    assert chosen_by(LANGUAGE.read("repeat which=last"), choices) == READINGS[2]
    for command in (
        "repeat which=7",
        "repeat which=all",
        "repeat",
        "repeat which=1 top=3",
        "where id = 3 | repeat which=1",
        "help",
        "repeat which=1 | show",
    ):
        assert chosen_by(LANGUAGE.read(command), choices) is None


def test_readings_that_sound_alike_are_offered_once():
    assert offer("?", (READINGS[0], READINGS[0], READINGS[1]), NOUN).readings == READINGS[:2]


@pytest.mark.parametrize(
    "utterance",
    [
        "Not what I meant",
        "That's not what I meant!",
        "no, that’s not what I meant",
        "neither",
        "그 뜻이 아니에요",
        "둘 다 아니야",
    ],
)
def test_an_answer_is_refused(utterance):
    assert is_refusal(utterance)


@pytest.mark.parametrize("utterance", ["why not spam", "what did I mean", "not spam", "is that not what the model says?", ""])
def test_a_question_is_no_refusal(utterance):
    assert not is_refusal(utterance)
