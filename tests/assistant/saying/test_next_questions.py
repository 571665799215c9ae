"""Next questions: the table is whole, every question can be asked, and the same three are never offered twice running."""

from __future__ import annotations

import dataclasses
import re

import pytest

from assistant.operations import OPERATIONS
from assistant.reply import Question
from assistant.saying import next_questions
from assistant.saying.next_questions import CONDITIONS, NEEDS_LABELS, candidates, chosen
from assistant.saying.wording import Placed

NOUN = ("message", "messages")
RULES = next_questions._table("next.toml")
WORDS = {language: next_questions._table(f"{language}/next.toml") for language in ("en", "ko")}
NAMED = {rule.partition(" if ")[0] for rules in RULES["after"].values() for rule in rules}


def test_the_table_is_whole():
    assert set(RULES["after"]) == set(OPERATIONS) - {"repeat", "more", "clarify"}
    assert set(WORDS["en"]) == set(WORDS["ko"]) == set(RULES["commands"])
    assert NAMED | {"all_rows"} == set(RULES["commands"])
    conditions = {rule.partition(" if ")[2] for rules in RULES["after"].values() for rule in rules} - {""}
    assert conditions == set(CONDITIONS)
    assert set(RULES["commands"]) >= NEEDS_LABELS


@pytest.mark.parametrize("name", sorted(RULES["commands"]))
def test_words_and_command_are_about_the_same_things(name):
    placed = re.compile(r"{(\w+)")
    said = [set(placed.findall(WORDS[language][name])) - {"noun", "nouns"} for language in ("en", "ko")]
    assert said[0] == said[1] <= set(placed.findall(RULES["commands"][name])) | {"label"}


def test_commands_that_need_labels_are_known_to():
    needing = re.compile(r"score|mistakes|confusion|calibration|label")
    assert {name for name, command in RULES["commands"].items() if needing.search(command)} == NEEDS_LABELS


TALKS = [
    ["where id = 3 | predict"],
    ["where id = 3 | attribute"],
    ["where label = spam | count"],
    ["where id = 3 | predict", 'edit kind=append new="free"'],
    ["mistakes"],
    ["confusion"],
    ["where id = 3 | similar"],
    ["where id = 3 | influence"],
    ["keywords n=3"],
]


@pytest.mark.parametrize("commands", TALKS, ids=[commands[-1] for commands in TALKS])
def test_what_is_offered_can_be_asked(talk, commands):
    turn = talk(*commands)
    assert 2 <= len(turn.reply.suggestions) <= 3
    for question in turn.reply.suggestions:
        assert not talk(question.command, conversation=turn.conversation).failed, question.command


def test_a_mistake_offers_similar_rows_and_a_right_answer_does_not(talk, workspace):
    wrong = talk("where correct = false | show n=1").results[0].subjects[0].row
    right = talk("where correct = true | show n=1").results[0].subjects[0].row
    assert talk(f"where id = {wrong} | predict").reply.suggestions[0] == "Show me similar messages"
    assert "Show me similar messages" not in talk(f"where id = {right} | predict").reply.suggestions


@pytest.mark.parametrize(("level", "offered"), [("low", True), ("medium", True), ("high", False)])
def test_an_explanation_of_little_trust_offers_the_most_faithful_method(talk, level, offered):
    result = talk("where id = 3 | trust").results[0]
    judged = dataclasses.replace(result, judgement=dataclasses.replace(result.judgement, level=level))
    assert ("Explain it in the most reliable way" in candidates(judged, NOUN, "en")) == offered


def test_never_the_same_three():
    four = [Question(name, name) for name in "abcd"]
    assert chosen(four) == ("a", "b", "c")
    assert chosen(four, ("c", "a", "b")) == ("a", "b", "d")
    assert chosen(four[:3], ("a", "b", "c")) == ("a", "b")
    assert chosen(four, (), asked="b") == ("a", "c", "d")
    assert chosen([]) == ()


def test_the_same_answer_twice_offers_others(talk):
    first = talk("where id = 3 | attribute")
    second = talk("where id = 3 | attribute", conversation=first.conversation)
    assert len(first.reply.suggestions) == 3
    assert set(first.reply.suggestions) != set(second.reply.suggestions)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_words_of_the_data_stay_words_in_a_command(talk, assistant, language):
    result = talk('where text "free {row} call \\"now\\" me" | attribute').results[0]
    word = 'he said "{row}" \\ so'
    odd = dataclasses.replace(result.explained[0].explanation.pieces[0], text=word, score=9.0)
    explanation = dataclasses.replace(result.explained[0].explanation, pieces=(odd,))
    changed = dataclasses.replace(result, explained=(dataclasses.replace(result.explained[0], explanation=explanation),))
    (question,) = [one for one in candidates(changed, NOUN, language) if one.command.startswith("edit")]
    assert word in question
    (step,) = assistant.parser.language.read(question.command).steps
    assert step.given() == {"kind": "remove", "old": word}


def test_particles_fit_the_word():
    assert "{a:을/를} {a:|이/가} {a}".format(a=Placed("spam")) == "spam을 이 spam"
