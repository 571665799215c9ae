"""From facts to words: how numbers are said, and that a text in the data is only ever a text."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from explainers.augment import Wordings
from explainers.dataset import DataSource, load_dataset
from explainers.explanation import Explanation, Piece

from assistant.conversation import Conversation, Edited, Subject
from assistant.dialogue import Assistant
from assistant.knowledge.glossary import terms
from assistant.operations import OPERATIONS
from assistant.operations.augment import AugmentResult
from assistant.operations.calibration import CalibrationResult
from assistant.operations.define import DefineResult
from assistant.operations.predict import PredictResult
from assistant.operations.rationalize import RationalizeResult
from assistant.operations.show import ShowResult
from assistant.parsing.parser import Parser
from assistant.reply import Bars
from assistant.results import Prediction
from assistant.saying import answers

from ..conftest import frame, workspace_of

NOUN = ("message", "messages")


HOSTILE = [
    "{{ 7*7 }} {% raw %}", "{{ result.__class__.__mro__ }}", "{% include 'help.jinja' %}", "{# gone? #}",
    "<script>alert(1)</script>", "**bold** [x](http://evil) `code`", "$x$ & &amp; \\n %s %(x)s {0}", "“quoted” 'so' \"too\"", "100% sure, 3 of 4",
    "무료 🙂 ‮cba",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, cache) -> Assistant:
    path = tmp_path_factory.mktemp("hostile") / "rows.csv"
    rows = frame(len(HOSTILE))
    pd.DataFrame({"text": HOSTILE, "spam": rows.spam}).to_csv(path, index=False)
    workspace = workspace_of(load_dataset(DataSource(path, label="spam", labels={"0": "ham", "1": "spam"})))
    return Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))


@pytest.mark.parametrize("row", range(len(HOSTILE)), ids=HOSTILE)
@pytest.mark.parametrize("command", ["show", "predict", "likelihood"])
def test_a_text_in_the_data_stays_as_it_is(hostile, row, command):
    turn = hostile.ask(f"/where id = {row} | {command}", Conversation())
    assert not turn.failed
    assert HOSTILE[row] in turn.reply.text
    assert "49" not in turn.reply.text


@pytest.mark.parametrize("row", range(len(HOSTILE)), ids=HOSTILE)
def test_a_text_in_a_block_stays_as_it_is(hostile, row):
    (highlight,) = hostile.ask(f"/where id = {row} | attribute", Conversation()).reply.blocks
    assert "".join(text for text, _ in highlight.pieces) == HOSTILE[row]
    (table,) = hostile.ask("/show n=50", Conversation()).reply.blocks
    assert table.rows[row][-1] == HOSTILE[row]
    diff, _ = hostile.ask(f'/where id = {row} | edit kind=append new="ok"', Conversation()).reply.blocks
    assert "".join(text for kind, text in diff.changes if kind != "added") == HOSTILE[row]


@given(st.text())
def test_a_message_never_reads_its_text_as_a_template(text):
    assert answers.message("error", text=text).text.split() == text.split()


def test_something_undefined_is_never_said():
    with pytest.raises(UndefinedError):
        answers.message("welcome", model="m", labels=("a", "b"), rows=3)


def prediction(text: str = "free call", **changes) -> Prediction:
    made = Prediction(Subject(text, row=3), "spam", 0.75, {"ham": 0.25, "spam": 0.75}, None)
    return dataclasses.replace(made, **changes)


SPACED = "two  spaces\tand a tab\n\n  and \0 0 \x000\0 lines "


def test_a_text_that_is_shown_keeps_its_spaces_and_line_breaks():
    result = ShowResult(operation="show", subjects=(Subject(SPACED, row="abc-1", label="a  b"),), columns=({},), rows=1)
    assert answers.answer(result, NOUN).text == f"Message abc-1 is labelled a b in the data:\n“{SPACED}”"


def test_only_the_likeliest_classes_are_drawn():
    probabilities = {f"c{index}": (index + 1) / 210 for index in range(20)}
    many = prediction(label="c19", confidence=20 / 210, probabilities=probabilities)
    reply = answers.answer(PredictResult(operation="predict", predictions=(many,), rows=1, counts={"c19": 1}), NOUN)
    (bars,) = reply.blocks
    assert isinstance(bars, Bars)
    assert [name for name, _ in bars.bars] == [f"c{index}" for index in range(19, 11, -1)]


NAMES = [
    (Subject("a", row=3), "message 3"),
    (Subject("a", row="A-3"), "message A-3"),
    (Subject("a"), "your text"),
    (Subject("a", row=3, edits=(Edited("b", "edit"),)), "message 3 as edited"),
    (Subject("a", edits=(Edited("b", "edit"),)), "your text as edited"),
]


@pytest.mark.parametrize(("subject", "name"), NAMES, ids=[name for _, name in NAMES])
def test_how_a_text_is_called(subject, name):
    result = PredictResult(operation="predict", predictions=(prediction(subject=subject),), rows=1, counts={"spam": 1})
    assert answers.answer(result, NOUN).text.startswith(f"The model says spam for {name}, with a probability of 75%.")


@pytest.mark.parametrize(("confidence", "error", "said"), [
    (0.71, 0.02, "it is right about as often as it is sure"), (0.8, 0.1, "it is too sure of itself"),
    (0.6, 0.1, "it is less sure than it could be"), (0.705, 0.1, "too sure in some cases and not sure enough in others"),
    (0.695, 0.1, "too sure in some cases and not sure enough in others"),
])  # fmt: skip
def test_where_errors_of_confidence_cancel_out_no_side_is_taken(confidence, error, said):
    result = CalibrationResult(
        operation="calibration", bins=(), error=error, worst=error, confidence=confidence, accuracy=0.7, rows=99, held_out=True,
        unlabelled=0,
    )  # fmt: skip
    assert f": {said}." in answers.answer(result, NOUN).text
    assert answers.answer(result, NOUN, "ko").text


@pytest.mark.parametrize(("least", "said"), [(0.8, "and no word with a near one."), (None, "near words were not tried")])
def test_near_words_that_were_not_tried_are_not_said_to_be_none(least, said):
    wordings = Wordings("Hm", "ham", 0.9, (), tries=0, flipped=0, dissimilar=0, sources=(), least=least, seed=0)
    prediction = Prediction(Subject("Hm"), "ham", 0.9, {"ham": 0.9, "spam": 0.1}, None)
    result = AugmentResult(operation="augment", prediction=prediction, wordings=wordings, rows=1)
    assert said in answers.answer(result, NOUN).text
    assert ("못했어요." in answers.answer(result, NOUN, "ko").text.split("\n")[0].partition(". ")[2]) == (least is None)


@pytest.mark.parametrize(("target", "last", "said"), [
    ("ham", 0.5, "None of the strongest words points to ham."), ("ham", -0.5, "No single word points to ham."),
    ("spam", -0.5, "No single word points to spam; it follows from what is missing."),
])  # fmt: skip
def test_no_more_is_said_of_missing_words_than_holds(target, last, said):
    text, scores = "a b c d e f g h i", [-2.0] * 8 + [last]
    pieces = tuple(
        Piece(2 * place, 2 * place + 1, word, score) for place, (word, score) in enumerate(zip(text.split(), scores, strict=True))
    )
    explanation = Explanation(text, target, "occlusion", "word", pieces, 0.0, 0.75, 1.0)
    prediction = Prediction(Subject(text), "spam", 0.9, {"ham": 0.1, "spam": 0.9}, None)
    result = RationalizeResult(operation="rationalize", prediction=prediction, explanation=explanation)
    assert said in answers.answer(result, NOUN).text.split("\n")
    assert ("없는 단어들 때문이에요." in answers.answer(result, NOUN, "ko").text) == ("missing" in said)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_terms_are_told_where_there_are_no_classes(language):
    (accuracy,) = (term for term in terms() if term.name == "accuracy")
    said = DefineResult(operation="define", asked="accuracy", term=accuracy, near=(), labels=())
    reply = answers.answer(said, NOUN, language, kind="generator")
    assert accuracy.text in reply.text
    assert not any("good" in question for question in reply.suggestions)
