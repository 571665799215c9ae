"""What is said of a search for counterfactuals, of whatever it found: answers word by word."""

from __future__ import annotations

import dataclasses

import pytest

from explainers.counterfactuals import Budget, Change, Counterfactual, Search

from assistant.conversation import Subject
from assistant.operations.counterfactual import CounterfactualResult
from assistant.results import Prediction
from assistant.saying.answers import answer

TEXT = "You won a FREE phone, call now"
DELETED = Counterfactual("You won a phone", "ham", 0.62, (Change(10, 14, "FREE", ""), Change(22, 26, "call", "")), 1.1)
REPLACED = Counterfactual("You won a FREE phone, see now", "ham", 0.913, (Change(22, 26, "call", "see"),), 2.34)
INSERTED = Counterfactual("I You won a FREE phone, call now", "ham", 0.7, (Change(0, 0, "", "I"),), None)
MISSED = Counterfactual("You won a phone, call now", "spam", 0.31, (Change(10, 14, "FREE", ""),))
FOUND = Search(
    text=TEXT, label="spam", target="ham", found=(REPLACED,), nearest=None, tries=1234, calls=30, budget=Budget(), stopped=None,
    reads=len(TEXT), constant=False, seconds=1.0,
)  # fmt: skip


def reply(rows=1, asked=1, **search):
    made = Prediction(Subject(TEXT, row=7), "spam", 0.97, {"spam": 0.97, "ham": 0.03}, True)
    result = CounterfactualResult(
        operation="counterfactual", prediction=made, search=dataclasses.replace(FOUND, **search), rows=rows, asked=asked
    )
    return answer(result, ("message", "messages"))


def test_a_replacement_that_reads_oddly():
    assert reply().text == (
        "The model says spam for message 7; replacing “call” by “see” would make it say ham, with a probability of 91%.\n"
        "The new text may read oddly: a language model finds it 2.3 times as surprising as the old one.\n"
        "The search tried 1,234 texts; there may be smaller changes that it did not try."
    )


def test_several_in_a_table():
    said = reply(found=(DELETED, REPLACED, INSERTED), asked=4, stopped="texts")
    assert said.text == (
        "The model says spam for message 7; deleting “FREE” and “call” would make it say ham, with a probability of 62%.\n"
        "Only 3 of the 4 asked for were found.\n"
        "The search tried 1,234 texts and stopped at its limit; there may be smaller changes that it did not try."
    )
    table, diff = said.blocks
    assert table.columns == ("change", "words changed", "ham", "how it reads", "text")
    assert [row[:4] for row in table.rows] == [
        ("– FREE; – call", "2", "62%", "reads as well"),
        ("call → see", "1", "91%", "2.3 times as surprising"),
        ("+ I", "1", "70%", "not measured"),
    ]
    assert diff.kind == "diff"
    assert said.suggestions[:2] == ("Show me 3 ways to make it ham", "Can it be made to fool you?")


NONE = "No text that the model calls ham was found in {} that delete, replace or insert up to six words of message 7; that does not mean there is none."


@pytest.mark.parametrize(
    ("search", "sentences"),
    [
        (
            {"nearest": MISSED, "stopped": "texts"},
            [
                NONE.format("1,234 tries"),
                "The search stopped at its limit of 700 texts.",
                "The nearest miss reaches 31% ham, by deleting “FREE”: “You won a phone, call now”",
            ],
        ),
        ({"nearest": None, "stopped": "words"}, [
            NONE.format("1,234 tries"), "The search stopped at its limit of 40,000 words in all texts.",
        ]),
        ({"constant": True, "stopped": "seconds"}, [
            NONE.format("1,234 tries"),
            "The search was stopped by the clock after 120 seconds; on a faster machine it may find one.",
            "Nothing that was tried moved the model at all: it seems to give every text the same answer.",
        ]),
        ({"constant": True, "tries": 1}, [
            NONE.format("1 try"), "The text has a single word, and without it there would be no text left.",
        ]),
        ({"reads": 9, "nearest": None}, [
            NONE.format("1,234 tries"),
            "The text is longer than the model can read; it reads the first 9 characters, and only there words were changed.",
        ]),
    ],
)  # fmt: skip
def test_nothing_found_is_said_with_what_came_nearest(search, sentences):
    assert reply(found=(), **search).text.split("\n") == sentences


def test_of_many_rows_only_the_first():
    assert reply(rows=5).text.endswith("This is about the first of 5 messages.")


def test_a_constant_model_is_told(talk, workspace, monkeypatch):
    monkeypatch.setattr(workspace.classifier.model.classifier.weight, "data", workspace.classifier.model.classifier.weight * 0)
    turn = talk("where id = 3 | counterfactual")
    assert turn.results[0].search.constant
    assert "Nothing that was tried moved the model at all" in turn.reply.text


def test_a_text_far_too_long_is_answered_within_the_budget(talk):
    turn = talk(f'where text "{"free call home tonight " * 80}" | counterfactual')
    search = turn.results[0].search
    assert search.reads < 1000
    assert search.tries <= search.budget.texts
    assert "The text is longer than the model can read; it reads the first" in turn.reply.text


def test_what_the_clock_stopped_is_not_passed_off_as_all_there_is():
    assert "tried 1,234 texts and was stopped by the clock; there may be" in reply(stopped="seconds").text


def test_the_class_that_the_model_answers_already_is_declined_in_a_sentence(talk, workspace):
    text = "call me now"
    label = workspace.classifier.labels[int(workspace.classifier.probabilities([text])[0].argmax())]
    turn = talk(f'where text "{text}" | counterfactual to={label}')
    assert turn.failed
    assert turn.reply.text.startswith(f"The model already answers '{label}' for this text; ask for another class.")
