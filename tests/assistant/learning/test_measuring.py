"""What is measured: the test half of what is held out, answered by a parser whose answers are known here."""

from __future__ import annotations

import dataclasses

import pytest

from explainers.errors import AskWhyError

from assistant.learning import measuring
from assistant.learning.measuring import Answer, calibrate, in_context, judge, measure_parser, questions, scores
from assistant.learning.questions import Example, held_out, split
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.language_model import LocalChat
from assistant.parsing.parser import Parse
from assistant.programs.reader import Language

from .. import tiny
from ..strategies import SCHEMAS

SCHEMA = SCHEMAS["plain"]
LANGUAGE = Language(OPERATIONS, SCHEMA)


def answer(meant: str, got: str | None, *, second: str | None = None, also: tuple[str, ...] = (), **told: float) -> Answer:
    def read(question: str, before: str = "") -> Parse:
        if got is None:
            raise AskWhyError("no program")
        other = None if second is None else LANGUAGE.read(second)
        return Parse(question, LANGUAGE.read(got), told.get("confidence", 0.9), 0.1, 0.8, other, 0.7 if other else 0.0)

    return judge(Example(SCHEMA, "?", meant, "test"), LANGUAGE, read, also)


def test_the_halves_share_nothing_and_are_all_that_is_held_out():
    (some, here), (others, there) = held_out("validation"), held_out("test")
    _, all_families, _, all_worlds = split()
    wordings = {family.program: set() for family in all_families}
    for family in all_families:  # all but wordings that a training family has too
        wordings[family.program] |= {*family.questions}
    assert len(some) + len(others) > 0.98 * len(all_families)
    assert all({*family.questions} <= wordings[family.program] for family in (*some, *others))
    assert not {*some} & {*others}
    assert {world.name for world in (*here, *there)} == {world.name for world in all_worlds}
    assert not {world.name for world in here} & {world.name for world in there}
    for families, worlds in ((some, here), (others, there)):
        assert {family.language for family in families} == {"en", "ko"}
        assert {world.language for world in worlds} == {"en", "ko"}
        assert {world.schema.id for world in worlds} == {"integer", "string"}


def test_questions_are_drawn_alike_and_bounded():
    assert questions("test", most=5) == questions("test", most=5)
    assert len(questions("test", most=5)) == 5
    assert {example.language for example in questions("test")} == {"en", "ko"}


def test_an_answer_is_judged_by_its_parts():
    exact = answer("where label = spam and age > 3 | count", "where age > 3 and label = spam | count")
    assert (exact.exact, exact.operations, exact.selection) == (True, True, True)
    argument = answer("where label = spam | show n=3", "where label = spam | show n=4")
    assert (argument.exact, argument.operations, argument.selection) == (False, True, True)
    selection = answer("where label = spam | count", "count")
    assert (selection.exact, selection.operations, selection.selection) == (False, True, False)
    nothing = answer("count", None)
    assert (nothing.got, nothing.exact, nothing.operations, nothing.selection) == (None, False, False, False)
    assert answer("predict", "likelihood", also=("likelihood",)).exact
    assert answer("count", "show", second="count").second_right


@pytest.mark.parametrize(
    ("command", "follows"),
    [("repeat", True), ("where id = 3 | repeat", True), ("predict", True), ("where previous and label = spam | count", True),
     ("where id = 3 | predict", False), ("count", False), ("help", False), ("undo", True)],
)  # fmt: skip
def test_follow_ups_are_about_what_was_said(command, follows):
    assert in_context(LANGUAGE.read(command)) == follows


def test_scores_by_hand():
    answers = [
        answer("count", "count"),
        answer("where id = 3 | predict", "where id = 3 | attribute", second="where id = 3 | predict", confidence=0.6),
        answer("predict | attribute", "predict | attribute", second="predict"),
        answer("decline", "decline"),
        answer("decline", "count"),
        answer("help", "decline"),
        answer("help", None),
    ]
    found = scores(answers, close=0.5)
    assert (found.questions, found.invalid) == (7, 1)
    assert found.exact == pytest.approx(3 / 7)
    assert found.decline_recall == 0.5
    assert found.false_declines == pytest.approx(1 / 5)
    assert found.by_form == {"composed": (1, 1.0), "single": (6, pytest.approx(2 / 6))}
    assert found.by_context["with"] == (1, 1.0)
    assert found.by_operation["decline"] == (2, 0.5)
    assert (found.asked, found.mended, found.needless) == (pytest.approx(2 / 7), 0.5, 0.5)
    assert found.calibration_error == pytest.approx((0.6 + abs(5 * 0.9 - 3)) / 6)
    assert scores(answers, close=0.8).asked == 0.0
    assert scores([], close=0.5).questions == 0


def test_a_model_is_calibrated_and_measured(monkeypatch):
    tokenizer = tiny.byte_tokenizer(["where label = spam | count"])
    chat = LocalChat(tiny.causal_lm(len(tokenizer), seed=3), tokenizer)
    few = [dataclasses.replace(example, question=example.question[:40]) for example in questions("test", most=2)]
    monkeypatch.setattr(measuring, "questions", lambda half, most=0: few)
    assert calibrate(chat, OPERATIONS) == Doubt()  # too few to fit
    missed = []
    found = measure_parser(chat, OPERATIONS, wrong=missed.append)
    assert found.questions == 2
    assert len(missed) == 2 - round(2 * found.exact)
