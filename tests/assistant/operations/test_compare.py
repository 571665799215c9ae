"""compare by class, method, model and selection."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from explainers.attribution import attribute
from explainers.best import best
from explainers.trust.agreement import compare_scores
from explainers.units import count_units

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.settings import ModelSettings
from assistant.workspace import Workspace

from .. import tiny
from ..told import say


def scores(explanation) -> list[float]:
    return [piece.score for piece in explanation.pieces]


def test_two_classes(talk, workspace):
    turn = talk("where id = 3 | compare with=class:spam")
    result, text = turn.results[0], workspace.dataset.texts[3]
    assert (result.kind, result.left_scores.target, result.right_scores.target) == ("classes", "ham", "spam")
    assert scores(result.right_scores) == scores(attribute(workspace.classifier, text, "spam"))
    assert scores(result.left_scores) == pytest.approx([-score for score in scores(result.right_scores)], abs=1e-5)
    assert result.agreement.spearman == pytest.approx(-1)
    assert "what speaks for the one speaks against the other" in turn.reply.text


def test_a_class_with_itself_is_set_against_another(talk):
    result = talk("where id = 3 | compare with=class:ham").results[0]
    assert {result.left_scores.target, result.right_scores.target} == {"ham", "spam"}


def test_two_methods(talk, workspace):
    result = talk("where id = 3 | compare with=method:occlusion").results[0]
    text = workspace.dataset.texts[3]
    assert (result.left_scores.method, result.right_scores.method) == ("integrated_gradients", "occlusion")
    assert result.left_scores.target == result.right_scores.target == "ham"
    meant = [scores(attribute(workspace.classifier, text, "ham", method=name)) for name in ("integrated_gradients", "occlusion")]
    assert [scores(result.left_scores), scores(result.right_scores)] == meant
    assert result.agreement == compare_scores("occlusion", *meant)


def test_the_method_asked_for_last_is_the_one_to_compare_with(talk):
    result = talk("where id = 3 | attribute method=saliency", "compare with=method:lime").results[0]
    assert (result.left_scores.method, result.right_scores.method) == ("saliency", "lime")
    same = talk("where id = 3 | attribute method=lime", "compare with=method:lime").results[0]
    assert same.left_scores.method != same.right_scores.method == "lime"
    plain = talk("where id = 3 | compare with=method:integrated_gradients").results[0]
    assert plain.left_scores.method != plain.right_scores.method == "integrated_gradients"


@pytest.mark.parametrize("said", ["compare", "where previous | compare"])
def test_the_two_are_methods_once_another_was_asked_for(talk, said):
    """ "And with LIME?", then "do the two agree?"."""
    turn = talk("where id = 3 | attribute", "repeat method=lime", said)
    assert (turn.results[0].left_scores.method, turn.results[0].right_scores.method) == ("integrated_gradients", "lime")


@pytest.mark.parametrize("said", ["where label = spam | compare by=length", "where label = spam | compare"])
def test_all_of_one_class_of_two_are_compared_with_the_other(talk, said):
    result = talk(said).results[0]
    assert [group.name for group in result.groups] == ["label = spam", "label = ham"]


def test_the_most_faithful_method(talk, workspace):
    result = talk("where id = 3 | compare with=method:best").results[0]
    assert result.right_scores.method == best(workspace.classifier, workspace.dataset.texts[3], "ham").method


def test_too_few_words_to_tell_how_alike_they_are(talk):
    turn = talk('where text "free call" | compare with=method:occlusion')
    assert turn.results[0].agreement is None
    assert "Spearman" not in turn.reply.text


def test_what_is_made_of_many_rows_is_said_to_be_about_the_first(talk):
    turn = talk("where label = ham | compare with=method:occlusion")
    assert turn.results[0].left.subject.row == 1
    assert "This is about the first of 26 messages." in turn.reply.text


def test_two_selections(talk, workspace):
    turn = talk("where label = spam | count", "where label = ham | compare with=previous")
    result = turn.results[0]
    labels = np.array(workspace.dataset.table["label"].to_pylist())
    said = np.array(workspace.classifier.labels)[workspace.probabilities().argmax(axis=1)]
    assert result.kind == "groups"
    for side, label in zip(result.groups, ("ham", "spam"), strict=True):
        inside = labels == label
        assert (side.name, side.rows, side.labels) == (f"label = {label}", inside.sum(), ((label, inside.sum()),))
        assert dict(side.predictions) == {name: (said[inside] == name).sum() for name in set(said[inside])}
        assert side.accuracy == pytest.approx((said[inside] == label).mean())
        assert side.confidence == pytest.approx(workspace.probabilities().max(axis=1)[inside].mean(), abs=1e-6)
        texts = [text for text, here in zip(workspace.dataset.texts, inside, strict=True) if here]
        assert side.words == np.median([count_units(text, "word") for text in texts])
    assert "home" in [word.word for word in result.groups[0].distinctive]
    assert "free" in [word.word for word in result.groups[1].distinctive]
    assert turn.reply.text.startswith("26 messages labelled ham, beside 14 messages labelled spam.")


def test_a_selection_and_a_class(talk):
    one = talk("where label = ham | compare with=class:spam").results[0]
    other = talk("where label = spam | count", "where label = ham | compare with=previous").results[0]
    assert one.groups == other.groups


def test_words_set_apart_only_rows_that_are_not_in_both(talk):
    result = talk("where label = spam | count", "where id >= 0 | compare with=previous").results[0]
    assert [side.rows for side in result.groups] == [40, 14]
    assert result.groups[1].distinctive == ()  # every one of its rows is in the other selection too


ASPECTS = {
    "length": ["rows", "typical length, in words"],
    "score": ["rows", "right"],
    "prediction": ["rows", "average confidence", "model says spam", "model says ham"],
    "words": ["rows"],
}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_one_aspect_of_two_selections(talk, aspect):
    turn = talk(f"where label = ham | compare with=class:spam by={aspect}")
    assert [row[0] for row in turn.reply.blocks[0].rows] == ASPECTS[aspect]
    assert ("sets the first apart" in turn.reply.text) == (aspect == "words")
    assert ("The model is right on" in turn.reply.text) == (aspect == "score")


@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        ("length", "Message 3 has 9 words, message 4 8."),
        ("prediction", "The model says ham for both"),
        ("score", "For message 3 that is wrong: the label in the data is spam.\nFor message 4 that is right."),
        ("words", "In message 4, “"),
    ],
)
def test_one_aspect_of_two_rows(talk, aspect, said):
    text = talk(f"where id = 3 | compare with=row:4 by={aspect}").reply.text
    assert said in text
    assert bool(re.search("” speaks? most (for|against) ham", text)) == (aspect == "words")


def test_rows_without_labels_are_compared_without_a_score(named):
    assistant = Assistant(named, Parser(OPERATIONS, named.schema, None))
    turn = say(assistant, "where age > 30 | count", "where age <= 30 | compare with=previous")
    assert not turn.failed
    assert [side.accuracy for side in turn.results[0].groups] == [None, None]
    assert "right on" not in turn.reply.text


@pytest.fixture(scope="module")
def pair(tmp_path_factory, workspace) -> Assistant:
    """The workspace with a second model of other weights, whose classes stand in the other order."""
    folder = tmp_path_factory.mktemp("other")
    other = tiny.classifier(workspace.dataset.texts, ("spam", "ham"), seed=5)
    other.model.config.id2label = {0: "spam", 1: "ham"}
    other.model.config.label2id = {"spam": 0, "ham": 1}
    other.model.save_pretrained(folder)
    other.tokenizer.save_pretrained(folder)
    models = (*workspace.settings.models, ModelSettings(path=str(folder), name="Second opinion"))
    settings = workspace.settings.model_copy(update={"models": models, "device": "cpu"})
    made = Workspace(settings, workspace.classifier, workspace.dataset)
    return Assistant(made, Parser(OPERATIONS, made.schema, None))


def test_two_models_on_rows(pair, workspace):
    turn = say(pair, 'where label = spam | compare with=model:"second"')
    models = turn.results[0].models
    other = pair.workspace.other_model("second")
    positions = [place for place, label in enumerate(workspace.dataset.table["label"].to_pylist()) if label == "spam"]
    texts = [workspace.dataset.texts[place] for place in positions]
    said = [[made.labels[best] for best in made.probabilities(texts).argmax(axis=1)] for made in (workspace.classifier, other)]
    differ = [positions[place] for place, (one, two) in enumerate(zip(*said, strict=True)) if one != two]
    assert models.names == ("tiny filter", "Second opinion")
    assert (models.rows, models.different) == (len(positions), len(differ))
    assert 0 < models.different < models.rows
    assert models.accuracy == tuple(pytest.approx(np.mean([label == "spam" for label in side])) for side in said)
    assert [one.subject.row for one, _ in models.shown] == differ[:5]
    assert all(one.label != two.label for one, two in models.shown)
    assert f"“tiny filter” and “Second opinion” differ on {len(differ)} (" in turn.reply.text


def test_two_models_on_one_text(pair, workspace):
    turn = say(pair, 'where id = 3 | compare with=model:"second"')
    result, text = turn.results[0], workspace.dataset.texts[3]
    other = pair.workspace.other_model("Second opinion")
    assert result.kind == "model"
    assert list(result.right.probabilities) == list(result.left.probabilities) == ["ham", "spam"]
    meant = dict(zip(other.labels, other.probabilities([text])[0], strict=True))
    assert result.right.probabilities == pytest.approx(meant)
    assert scores(result.right_scores) == scores(attribute(other, text, result.left.label))
    assert turn.reply.text.startswith("For message 3, ")
    assert result.names == ("tiny filter", "Second opinion")
    assert "“tiny filter” says" in turn.reply.text and "and “Second opinion”" in turn.reply.text


@pytest.mark.parametrize("said", [["compare with=previous"], ["where id = 3 | predict", "compare with=previous"]])
def test_a_comparison_of_selections_asks_for_each_that_it_lacks(talk, said):
    turn = talk(*said)
    assert (turn.results[0].operation, turn.results[0].missing) == ("clarify", "rows")
    assert turn.reply.text.startswith("Which messages should be compared?")
    turn = talk("compare with=previous", "where label = spam | repeat")
    assert turn.results[0].missing == "others"
    assert turn.reply.text.startswith("Compared with which messages?")
    answered = talk("where label = ham | repeat", conversation=turn.conversation)
    assert [side.name for side in answered.results[0].groups] == ["label = ham", "label = spam"]


def test_one_row_is_no_selection_to_compare(talk):
    turn = talk("where label = ham | count", "where id = 3 | compare with=previous")
    assert turn.results[0].missing == "rows"


BAD = [
    (['where id = 3 | compare with=model:"third"'], "There is no other model 'third' loaded"),
    (["where label = spam | compare with=class:spam"], "Both selections are the same rows"),
    (["where label = spam | count", "where label = spam | compare with=previous"], "Both selections are the same rows"),
    (["where label = ham | compare with=class:joy"], "'with' of 'compare' takes a class of the model, and 'joy' is none"),
    (["where id = 3 | compare with=method:guess"], "'with' of 'compare' takes no 'guess'"),
    (["where words > 0 | compare"], "Two texts can be compared, and 40 rows are chosen; name two."),
]


@pytest.mark.parametrize(("commands", "said"), BAD, ids=[commands[-1] for commands, _ in BAD])
def test_what_cannot_be_compared(talk, commands, said):
    turn = talk(*commands)
    assert turn.failed
    assert turn.reply.text.startswith(said)


def test_a_model_with_other_classes_cannot_be_compared(pair, tmp_path, workspace):
    other = tiny.classifier(workspace.dataset.texts, ("joy", "rage"))
    other.model.config.id2label = {0: "joy", 1: "rage"}
    other.model.config.label2id = {"joy": 0, "rage": 1}
    other.model.save_pretrained(tmp_path)
    other.tokenizer.save_pretrained(tmp_path)
    models = (*workspace.settings.models, ModelSettings(path=str(tmp_path), name="moods"))
    made = Workspace(pair.workspace.settings.model_copy(update={"models": models}), workspace.classifier, workspace.dataset)
    turn = Assistant(made, pair.parser).ask('/where id = 3 | compare with=model:"moods"', Conversation())
    assert turn.failed
    assert turn.reply.text == "'moods' has other classes (joy, rage), so the two cannot be compared."


def test_lengths_of_a_text_and_its_edit(talk):
    result = talk("where id = 3 | predict", 'edit kind=append new="call me"', "compare with=edit by=length").results[0]
    assert result.lengths[1] == result.lengths[0] + 2
    assert dataclasses.replace(result, by=None).kind == "edit"


TWO = ('where text "free call now" | predict', 'where text "see you at home" | predict')


@pytest.mark.parametrize("asked", ["compare", "compare with=previous", "compare with=edit", "where previous | compare"])
def test_two_typed_texts_are_compared_without_being_named(talk, workspace, asked):
    turn = talk("where label = ham | show", *TWO, asked)
    result = turn.results[0]
    assert (result.kind, result.left.subject.text, result.right.subject.text) == ("rows", "free call now", "see you at home")
    assert scores(result.right_scores) == scores(attribute(workspace.classifier, "see you at home", result.left.label))
    assert "“free call now”" in turn.reply.text and "“see you at home”" in turn.reply.text


def test_the_text_beside_is_as_it_was_left(talk):
    before = ('where text "free call now" | edit kind=remove old="free"', TWO[1], "attribute", "attribute")
    result = talk(*before, "compare with=previous").results[0]
    assert (result.left.subject.text, result.right.subject.text) == ("call now", "see you at home")
    edited = talk(*TWO, 'edit kind=remove old="home"', "compare").results[0]
    assert (edited.kind, edited.left.subject.text) == ("edit", "see you at home")
    both = talk(*TWO, 'edit kind=remove old="home"', "compare with=previous").results[0]
    assert (both.left.subject.text, both.right.subject.text) == ("free call now", "see you at")


def test_a_row_is_compared_with_the_one_before_it(talk):
    result = talk("where id = 3 | predict", "where id = 4 | predict", "compare with=previous").results[0]
    assert (result.left.subject.row, result.right.subject.row) == (3, 4)
    assert (
        "nothing to compare it with" in talk("where id = 3 | predict", "where id = 4 | predict", "compare with=edit").reply.text
    )


def test_a_text_that_is_named_is_compared_with_the_one_in_focus(talk):
    turn = talk('where text "win a free phone" | predict', 'where text "see you at noon" | compare')
    assert [side.subject.text for side in (turn.results[0].left, turn.results[0].right)] == [
        "win a free phone",
        "see you at noon",
    ]
    of_row = talk("where id = 3 | predict", 'where text "see you at noon" | compare').results[0]
    assert (of_row.left.subject.row, of_row.right.subject.text) == (3, "see you at noon")
    alone = talk('where text "see you at noon" | compare')
    assert alone.failed and "nothing to compare it with" in alone.reply.text
