"""Brakes on over-reliance: what is told, when, and once only."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from explainers.explanation import Explanation, Piece

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.finding.vicinity import vicinity
from assistant.operations.attribute import Attributed, AttributeResult
from assistant.operations.predict import PredictResult
from assistant.operations.similar import Near, SimilarResult
from assistant.results import Caution, Prediction
from assistant.saying import answers, caution, reliability
from assistant.saying.reliability import Reliability

NOUN = ("message", "messages")


@pytest.fixture
def context(workspace) -> Context:
    return Context(workspace, Conversation(), None, (), None, lambda stage, share: None)


def prediction(text: str = "free call now", confidence: float = 0.75, row: int | None = None, correct: bool | None = None):
    return Prediction(Subject(text, row=row), "spam", confidence, {"ham": 1 - confidence, "spam": confidence}, correct)


def predicted(*args, **options) -> PredictResult:
    return PredictResult(operation="predict", predictions=(prediction(*args, **options),), rows=1, counts={"spam": 1})


def kinds(found) -> list[str]:
    return [one.kind for one in found]


def test_a_confidence_is_said_as_a_frequency_on_rows_that_are_counted():
    sure = np.linspace(0.5, 1.0, 801)
    counted = Reliability(sure, sure > 0.75, np.arange(801), held_out=True)
    assert counted.near(1.0) == (100, 100)
    assert counted.near(0.5) == (0, 100)
    right, rows = counted.near(0.75)
    assert rows == 100 and abs(right - 50) <= 1
    assert counted.error == pytest.approx(401 / 801)
    few = Reliability(np.array([0.6, 0.7, 0.9]), np.array([False, True, True]), np.array([4, 5, 9]), held_out=False)
    assert few.near(0.65) == (1, 2) and few.near(0.65, without=5) == (0, 1)
    assert few.near(0.9) == (1, 1) and few.near(0.3) == (0, 0)  # rows on which it is much surer are not like this one


def test_where_few_rows_are_about_as_sure_no_frequency_is_told(context, monkeypatch):
    sure = np.sort(np.concatenate([np.full(29, 0.6), np.full(300, 0.99)]))
    counted = Reliability(sure, np.ones(329, dtype=bool), np.arange(329), held_out=True)
    monkeypatch.setattr(caution, "reliability", lambda workspace: counted)
    assert "how_often_right" not in kinds(caution.cautions(predicted(confidence=0.6), context))
    assert "how_often_right" in kinds(caution.cautions(predicted(confidence=0.98), context))


def test_the_rows_that_count_are_those_that_training_never_saw(workspace, monkeypatch):
    monkeypatch.setattr(reliability, "LEAST", 5)
    counted = reliability._counted(workspace)
    split = workspace.dataset.table[workspace.dataset.split].to_pylist()
    assert counted.held_out and {split[row] for row in counted.positions} == {"test"}
    said = workspace.predictions()
    labels = workspace.dataset.table["label"].to_pylist()
    right = [labels[row] == workspace.classifier.labels[said.best[row]] for row in counted.positions]
    assert counted.right.tolist() == right
    assert (np.diff(counted.confidence) >= 0).all()


def test_without_labels_there_is_no_frequency(named):
    assert reliability.reliability(named) is None


def test_how_often_the_model_is_right_is_told_once_for_each_band(context, monkeypatch):
    sure = np.sort(np.random.default_rng(0).uniform(0.5, 1, 500))
    counted = Reliability(sure, np.ones(500, dtype=bool), np.arange(500), held_out=True)
    monkeypatch.setattr(caution, "reliability", lambda workspace: counted)
    first = next(one for one in caution.cautions(predicted(), context) if one.kind == "how_often_right")
    assert (first.facts["right"], first.facts["rows"]) == (100, 100)
    told = dataclasses.replace(context, conversation=Conversation(warned=(first.key,)))
    assert "how_often_right" not in kinds(caution.cautions(predicted(confidence=0.76), told))
    assert "how_often_right" in kinds(caution.cautions(predicted(confidence=0.97), told))
    said = answers.answer(dataclasses.replace(predicted(), cautions=(first,)), NOUN).text
    assert "Of the 100 messages kept from training on which the model is about as sure, it is right on 100." in said


def test_a_model_that_is_too_sure_is_said_to_be(context, monkeypatch):
    counted = Reliability(np.linspace(0.9, 1, 200), np.arange(200) % 2 == 0, np.arange(200), held_out=False)
    monkeypatch.setattr(caution, "reliability", lambda workspace: counted)
    (found,) = caution.cautions(predicted(confidence=0.95), context)
    assert found.facts["too_sure"]
    said = answers.answer(dataclasses.replace(predicted(), cautions=(found,)), NOUN).text
    assert "right on 50: less often than its probability says; some may be from its training" in said


def test_a_text_of_unknown_words_is_unlike_the_data(context):
    (found,) = [one for one in caution.cautions(predicted("Fische schwimmen call"), context) if one.kind == "unknown_words"]
    assert (found.facts["unknown"], found.facts["words"]) == (2, 3)
    assert "unknown_words" not in kinds(caution.cautions(predicted("free call now you"), context))
    assert "unknown_words" not in kinds(caution.cautions(predicted("Fische schwimmen"), context))  # too short to tell
    assert "unknown_words" not in kinds(caution.cautions(predicted("Fische schwimmen call", row=3), context))  # a row of the data


def test_nearest_rows_are_looked_at_only_where_they_are_embedded(talk, workspace, monkeypatch, tmp_path):
    from explainers.assets import CACHE_VARIABLE

    with monkeypatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path))
        assert vicinity(workspace, Subject("another new text")) is None
    talk("where id = 3 | similar")
    own = workspace.dataset.place(3)
    found = vicinity(workspace, Subject(workspace.dataset.texts[own], row=3))
    assert len(found.rows) == 5 and own not in found.rows
    assert 0 <= found.nearer_than <= 1 and -1 <= found.similarity <= 1


def test_mistakes_among_the_nearest_rows_are_told(context, monkeypatch):
    near = tuple(Near(prediction("near", row=row, correct=row > 2), 0.9) for row in range(1, 6))
    result = SimilarResult(operation="similar", prediction=prediction(row=9), near=near, start=0)
    counted = Reliability(np.linspace(0.5, 1, 100), np.arange(100) >= 2, np.arange(100), held_out=True)
    monkeypatch.setattr(caution, "reliability", lambda workspace: counted)
    (found,) = caution.cautions(result, context)
    assert (found.kind, found.facts) == ("wrong_nearby", {"wrong": 2, "rows": 5})
    often = dataclasses.replace(counted, right=np.arange(100) >= 40)  # it errs as often everywhere
    monkeypatch.setattr(caution, "reliability", lambda workspace: often)
    assert caution.cautions(result, context) == ()


TEXT = "a b c d e f"


def explained(method: str, scores: list[float]) -> AttributeResult:
    pieces = tuple(Piece(2 * place, 2 * place + 1, TEXT[2 * place], score) for place, score in enumerate(scores))
    made = Explanation(TEXT, "spam", method, "word", pieces, 0.0, 0.75, 1.0)
    return AttributeResult(operation="attribute", explained=(Attributed(prediction(TEXT, row=3), made),), rows=1, top=5)


def test_two_methods_that_point_at_other_words_disagree(context):
    before = explained("lime", [0, 0, 0, 3, 2, 1])
    after = dataclasses.replace(context, conversation=Conversation(answered=(before,)))
    found = {one.kind: one for one in caution.cautions(explained("integrated_gradients", [3, 2, 1, 0, 0, 0]), after)}
    assert found["disagreement"].facts == {"method": "lime", "strongest": ["d", "e", "f"], "shared": 0, "of": 3}
    alike = caution.cautions(explained("integrated_gradients", [0, 0, 1, 3, 2, 0]), after)
    assert "disagreement" not in kinds(alike)


def test_a_second_method_is_only_tried_where_it_is_quick(context, monkeypatch):
    tried = []
    monkeypatch.setattr(caution, "attribute", lambda *args, **options: tried.append(options["method"]))
    result = explained("integrated_gradients", [3, 2, 1, 0, 0, 0])
    (item,) = result.explained
    for seconds, expected in ((10.0, []), (0.01, ["occlusion"])):
        slow = dataclasses.replace(item, explanation=dataclasses.replace(item.explanation, passes=20, seconds=seconds))
        caution.cautions(dataclasses.replace(result, explained=(slow,)), context)
        assert tried == expected


def test_what_goes_together_is_no_cause_and_told_once(talk):
    first = talk("where id = 3 | attribute")
    assert first.reply.text.count("that does not make them the reason in the real world") == 1
    again = talk("where id = 4 | attribute", conversation=first.conversation)
    assert "the reason in the real world" not in again.reply.text
    assert "no_cause" in again.conversation.warned


def test_at_most_two_are_told_and_in_the_language_of_the_question(context):
    every = [
        Caution("far", "x", {"similarity": 0.5, "farther_than": 0.99}), Caution("unknown_words", "x", {"unknown": 2, "words": 3}),
        Caution("wrong_nearby", "x", {"wrong": 2, "rows": 5}),
        Caution("disagreement", "x", {"method": "lime", "strongest": ["a", "b", "c"], "shared": 1, "of": 3}),
        Caution("how_often_right", "1", {"right": 93, "rows": 100, "held_out": False, "too_sure": True}),
        *(Caution("no_cause", facts={"shown": shown}) for shown in ("weights", "words", "patterns")),
    ]  # fmt: skip
    for language, level in (("en", "plain"), ("en", "expert"), ("ko", "plain"), ("ko", "expert")):
        for one in every:
            said = answers.message("cautions", language, level, cautions=(one,), noun=NOUN).text
            assert said and "\n" not in said
            for figure in (one.facts.get(name) for name in ("wrong", "rows", "unknown", "words", "right")):
                assert figure is None or str(figure) in said
    several = explained("integrated_gradients", [3, 2, 1, 0, 0, 0])
    assert len(caution.cautions(several, context)) <= caution.MOST


def test_a_remark_that_cannot_be_made_is_left_out(context, monkeypatch):
    from explainers.errors import AskWhyError

    def broken(*args):
        raise AskWhyError("No.")

    monkeypatch.setattr(caution, "reliability", broken)
    assert "how_often_right" not in kinds(caution.cautions(predicted(), context))
