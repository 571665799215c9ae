"""What is guessed of a question's program: the usual ones for its words, with what it names."""

from __future__ import annotations

import pytest

from assistant.parsing.expecting import MOST, Expecting
from assistant.parsing.linking import Linker
from assistant.parsing.opinion import Opinion
from assistant.programs.schema import Schema
from assistant.settings import settings_path

SCHEMA = Schema(labels=("ham", "junk mail"), columns={"state": ("open", "closed"), "length": "number"})
WORDED = SCHEMA.model_copy(update={"id": "string"})


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    return Opinion.read(settings_path("sms").parent.parent / "parser")


def first(opinion: Opinion | None, question: str, schema: Schema = SCHEMA, before: str = "") -> str:
    found = Expecting(schema, Linker(schema), opinion).programs(question, before)
    assert len(found) == MOST and all(likely > 0 for _, likely in found)
    return max(found, key=lambda one: one[1])[0]


@pytest.mark.parametrize(
    "question, expected",
    [
        ("why 12", "where id = 12 | attribute"),
        ("what are the odds of junk mail", 'likelihood class="junk mail"'),
        ("12번은 왜 그렇게 봤어?", "where id = 12 | attribute"),
        ("undo that please", "undo"),
    ],
)
def test_what_a_question_asks_and_names_is_expected(opinion, question, expected):
    assert first(opinion, question) == expected


def test_ids_that_are_words_are_quoted(opinion):
    assert first(opinion, "why ed7ypvh", WORDED) == 'where id = "ed7ypvh" | attribute'


def test_values_are_put_in_with_their_columns(opinion):
    programs = dict(Expecting(SCHEMA, Linker(SCHEMA), opinion).programs("how many closed ones", ""))
    assert "where state = closed | count" in programs


def test_without_an_opinion_the_usual_ones_are_expected():
    assert first(None, "hm") == "attribute"
