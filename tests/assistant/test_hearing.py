"""Two readings are offered, one is chosen, and an answer that was not meant is taken back: the whole dialogue."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant, Turn
from assistant.learning.corrections import Corrections
from assistant.manner import language_of
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.parser import Parse, Parser
from assistant.saying import answers

COUNT, SHOW, HELP = "where label = spam | count", "where label = spam | show n=2", "help"
QUESTION = "how much spam is there"
TOPICS = tuple(words for family, words in answers.topics("en").items() if family != "generate")  # of a classifier
TWO_TEXTS = ['/where text "win cash" | predict', '/where text "see you" | predict']
EDIT = 'where id = 3 | edit old="{}" new="paid"'


class Known(Parser):
    """Understands what the test tells it to, instead of asking a language model: question -> readings, likeliest first."""

    known: dict[str, list[str]] = {}
    close = True

    def parse(self, question: str, before: str = "") -> Parse:
        if question.startswith("/"):
            return super().parse(question)
        first, *others = map(self.language.read, self.known[question])
        second = others[0] if others and self.close else None
        return Parse(question, first, 0.6, 0.0, 0.5, second, 0.9 if second else 0.0)

    def instead(self, parse, before, possible):
        found = (self.language.read(text) for text in self.known[parse.text])
        return replace(parse, program=next(filter(possible, found), parse.program))

    def readings(self, question, before="", *, most, without=(), family=None):
        found = [self.language.read(text) for text in self.known[question]]
        fitting = [one for one in found if family is None or one.steps[-1].family == family]
        return tuple(program for program in fitting if program not in without)[:most]


@pytest.fixture
def unsure(workspace, tmp_path):
    parser = Known(OPERATIONS, workspace.schema, None, Doubt())
    parser.known = {QUESTION: [COUNT, SHOW, HELP], "the former of those": ["repeat which=1"], "which words": ["labels"]}
    return Assistant(workspace, parser, Corrections(tmp_path / "kept"))


@pytest.fixture
def sure(unsure):
    unsure.parser.close = False
    return unsure


def said(assistant: Assistant, *utterances: str) -> Turn:
    conversation = Conversation()
    for utterance in utterances:
        turn = assistant.ask(utterance, conversation)
        conversation = turn.conversation
    return turn


def kept(assistant: Assistant) -> list[tuple[str, str]]:
    return [(example.question, example.program) for example in assistant._hearing.corrections.read(OPERATIONS)]


def test_two_readings_are_offered_in_plain_words(unsure):
    turn = said(unsure, QUESTION)
    assert (turn.program, turn.results, turn.failed, turn.done) == (None, (), False, True)
    assert turn.reply.text.split("\n")[:3] == [
        "I can read that in two ways:",
        "1. Count the messages labelled spam",
        "2. Show 2 messages labelled spam",
    ]
    assert turn.reply.suggestions == ("Count the messages labelled spam", "Show 2 messages labelled spam")
    data = json.loads(json.dumps(turn.to_json()))
    assert data["program"] is None
    assert [program["steps"][0]["op"] for program in data["choices"]] == ["count", "show"]
    assert kept(unsure) == []


@pytest.mark.parametrize(
    ("choice", "command"),
    [
        ("the first", COUNT),
        ("2", SHOW),
        ("Show 2 messages labelled spam", SHOW),
        ("the former of those", COUNT),
        ("두 번째요", SHOW),
    ],
)
def test_one_word_or_click_chooses(unsure, choice, command):
    turn = said(unsure, QUESTION, choice)
    assert turn.understood == command
    assert turn.confidence == 1.0
    assert turn.conversation.choices is None
    language = language_of(choice) or language_of(QUESTION)
    (result,) = turn.results
    assert answers.answer(result, unsure.workspace.settings.data.noun, language).text in turn.reply.text
    assert turn.reply.text.endswith(answers.message("kept", language).text)
    assert kept(unsure) == [(QUESTION, command)]


def test_what_was_chosen_is_told_of_in_a_report_and_the_question_back_is_not(unsure):
    turns = said(unsure, QUESTION, "the second").conversation.transcript.turns
    assert [(turn.question, turn.command) for turn in turns] == [(QUESTION, SHOW)]


def test_another_question_leaves_the_choice(unsure):
    turn = said(unsure, QUESTION, "which words")
    assert turn.understood == "labels"
    assert turn.conversation.choices is None
    assert kept(unsure) == []
    again = said(unsure, QUESTION, "/labels", "/help")
    assert again.understood == "help"


def test_what_is_asked_next_leans_on_the_text_that_both_readings_are_about(unsure):
    both = ['where text "win money" | predict', 'where text "win money" | attribute class=spam against=ham']
    unsure.parser.known |= {"win money, spam or ham": both, "how sure": ["likelihood"], "and all?": ["count"]}
    turn = said(unsure, "/where id = 3 | predict", "win money, spam or ham", "how sure")
    assert turn.conversation.focus.original == "win money" and "win money" in turn.reply.text
    assert said(unsure, "/where id = 3 | predict", QUESTION, "how sure").conversation.focus.row == 3
    assert said(unsure, "win money, spam or ham", "and all?").understood == "count"
    assert said(unsure, "win money, spam or ham", "the second").understood.startswith('where text "win money" | attribute')


def test_neither_shows_what_else_it_could_be(unsure):
    turn = said(unsure, QUESTION, "neither")
    assert turn.reply.suggestions == ("Say what can be asked", *TOPICS)
    assert said(unsure, QUESTION, "neither", "1").understood == HELP
    nothing = said(unsure, QUESTION, "neither", "neither")
    assert "I see no other way to read" in nothing.reply.text
    assert nothing.reply.suggestions == TOPICS


def test_what_it_is_about_narrows_what_was_meant(sure):
    sure.parser.known["and the bad ones?"] = [
        COUNT,
        SHOW,
        HELP,
        "labels",
        "mistakes kind=count",
        "score",
        "where label = ham | show",
    ]
    refused = "and the bad ones?", "Not what I meant"
    turn = said(sure, *refused, "It is about how good the model is")
    assert turn.program is None
    assert turn.reply.text.startswith("“and the bad ones?” could then mean:\n1. Count the mistakes")
    assert turn.reply.suggestions == ("Count the mistakes among all messages", "Measure how good the model is on all messages")
    (table,) = turn.reply.blocks
    assert {title for title, _ in table.rows} == {"How good the model is", ""}
    chosen = said(sure, *refused, "it is about how good the model is", "the second")
    assert (chosen.understood, kept(sure)) == ("score", [("and the bad ones?", "score")])
    assert said(sure, *refused, "It is about rows", "1").understood == "where label = ham | show"
    assert "I see no way to read" in said(sure, *refused, "It is about why").reply.text
    assert said(sure, *refused, "It is about why", "It is about rows", "1").understood == "where label = ham | show"


def test_a_topic_is_only_what_was_offered(sure):
    sure.parser.known["it is about rows"] = ["labels"]
    assert said(sure, QUESTION, "it is about rows").understood == "labels"


def test_a_topic_in_korean(sure):
    sure.parser.known["스팸 얼마나 있어?"] = [COUNT, HELP, "labels", "score", SHOW]
    refused = "스팸 얼마나 있어?", "그 뜻이 아니에요", "행에 관한 거예요"
    turn = said(sure, *refused)
    assert turn.reply.text.startswith("그렇다면 “스팸 얼마나 있어?”: 이런 뜻일 수 있어요:\n1. ")
    assert len(turn.reply.suggestions) == 1
    assert said(sure, *refused, "1").understood == SHOW


def test_not_what_i_meant_shows_other_readings(sure):
    turn = said(sure, QUESTION, "Not what I meant")
    assert turn.program is None
    assert f"“{QUESTION}” could also mean:\n1. Show 2 messages labelled spam\n2. Say what can be asked" in turn.reply.text
    assert turn.reply.blocks == ()  # or the buttons would be far below
    chosen = said(sure, QUESTION, "Not what I meant", "the first")
    assert chosen.understood == SHOW
    assert kept(sure) == [(QUESTION, SHOW)]


def test_what_was_misread_is_taken_back(sure, workspace):
    word = workspace.dataset.texts[3].split()[0]
    sure.parser.known["change it"] = [EDIT.format(word), "where id = 3 | predict"]
    edited = said(sure, "/where id = 2 | predict", "change it")
    assert edited.conversation.focus.edits
    turn = sure.ask("that's not what I meant", edited.conversation)
    assert (turn.conversation.focus.row, turn.conversation.focus.edits) == (2, ())
    assert len(turn.conversation.transcript.turns) == 2
    chosen = sure.ask("1", turn.conversation)
    assert chosen.understood == "where id = 3 | predict"
    assert (chosen.conversation.focus.row, chosen.conversation.focus.edits) == (3, ())


def test_a_misreading_that_failed_is_taken_back_too(sure):
    sure.parser.known["nine"] = ["where id = 999 | show", "labels"]
    failed = said(sure, "nine")
    assert failed.failed
    assert sure.ask("not what I meant", failed.conversation).reply.suggestions == ("Name the classes", *TOPICS)


@pytest.mark.parametrize("before", [(), ("/labels",), (QUESTION, "/labels")])
def test_there_is_nothing_to_take_back_after_a_command(sure, before):
    turn = said(sure, *before, "Not what I meant")
    assert turn.reply.text.startswith("There is no answer to take back")
    (table,) = turn.reply.blocks
    assert {"Why", "What if", "About"} <= {title for title, _ in table.rows}
    assert not any("{" in example for _, example in table.rows)
    assert turn.reply.suggestions == ()
    assert turn.conversation.choices is None


def test_without_a_place_for_corrections_none_is_kept(workspace):
    parser = Known(OPERATIONS, workspace.schema, None)
    parser.known = {QUESTION: [COUNT, SHOW]}
    assert "file on this machine" not in said(Assistant(workspace, parser), QUESTION, "the first").reply.text


def test_a_conversation_does_not_hold_all_that_was_before(sure):
    turn = said(sure, *[QUESTION] * 5)
    assert turn.conversation.understood.before.understood is None
    assert said(sure, *[QUESTION, "not what I meant"] * 3).conversation.choices.question == QUESTION


@pytest.mark.parametrize(
    ("readings", "before", "understood"),
    [
        (["predict", "score"], [], "score"),  # there is no text yet that it could be about
        (["score", "predict"], [], "score"),
        (["predict", "score"], ["/where id = 3 | predict"], None),
        (["compare with=edit", "undo"], ["/where id = 3 | predict"], "undo"),  # its label may have been corrected
        (["compare with=edit", "redo", "labels"], ["/where id = 3 | predict"], "labels"),
        (["repeat n=3", "help"], [], "help"),
        (["compare with=previous", "where previous | compare"], TWO_TEXTS, "compare with=previous"),  # the same of two texts
        (["compare with=previous", "where previous | compare"], ["/where label = spam | count"], None),
        (["where previous | count", "where label = spam | count"], ["/where label = spam | show"], "where previous | count"),
    ],
)
def test_of_two_readings_the_one_that_can_be_run_is_taken(unsure, readings, before, understood):
    unsure.parser.known["is it good?"] = readings
    turn = said(unsure, *before, "is it good?")
    assert turn.understood == (understood or "")
    assert (turn.program is None) == (understood is None)


def test_what_cannot_be_run_gives_way_to_a_reading_that_can(sure):
    sure.parser.known |= {"swap it": ["edit kind=swap part=line", "where previous | count", "labels"], "undo it": ["undo"]}
    assert said(sure, '/where text "win cash" | predict', "swap it").understood == "labels"
    turn = said(sure, '/where text "win cash" | predict', "undo it")
    assert turn.failed and turn.reply.text.startswith("There is no edit to take back")


OTHER = "Show 2 messages labelled spam"


@pytest.fixture
def doubting(workspace, tmp_path):
    """One whose parser found other readings on the way, which it need not ask about."""

    class Doubting(Known):
        def parse(self, question, before=""):
            if question.startswith("/"):
                return Parser.parse(self, question)
            first, *others = map(self.language.read, self.known[question])
            return Parse(question, first, 0.4, 0.0, 0.4, others=tuple(others))

    parser = Doubting(OPERATIONS, workspace.schema, None, Doubt())
    parser.known = {QUESTION: [COUNT, SHOW, "attribute", HELP], "which one": ["labels"]}
    return Assistant(workspace, parser, Corrections(tmp_path / "kept"))


def test_other_readings_are_offered_below_the_answer(doubting):
    turn = said(doubting, QUESTION)
    assert turn.understood == COUNT
    offered = [one.offered for one in turn.reply.suggestions[:2]]  # there is no text yet to explain
    assert offered == [f"Or did you mean: {OTHER}", "Or did you mean: Say what can be asked"]
    assert said(doubting, "/labels").reply.suggestions[:1] != (OTHER,)


def test_another_reading_is_taken_from_where_the_question_was_asked(doubting):
    turn = said(doubting, "/where label = ham | show", QUESTION, OTHER)
    assert turn.understood == SHOW
    assert turn.conversation.transcript.turns[-1].question == QUESTION
    assert kept(doubting) == [(QUESTION, SHOW)]
    again = said(doubting, QUESTION, OTHER, "not what I meant")
    assert again.conversation.choices.readings == tuple(map(doubting.parser.language.read, (COUNT, "attribute", HELP)))


def test_another_reading_is_offered_only_while_its_answer_is_the_last(doubting):
    turn = said(doubting, QUESTION, "/labels")
    assert turn.conversation.understood is None
    doubting.parser.known[OTHER] = [HELP]
    assert said(doubting, QUESTION, "/labels", OTHER).understood == HELP
