"""attribute, counterfactual and compare against the engine's own functions."""

from __future__ import annotations

import dataclasses
import re

import pytest

from explainers.attribution import METHODS, attribute
from explainers.counterfactuals import counterfactuals
from explainers.edits import difference
from explainers.units import UNITS

from assistant.saying.wording import percent


def timeless(explanation):
    return dataclasses.replace(explanation, seconds=0.0)


@pytest.mark.parametrize("method", METHODS)
def test_attribute_by_each_method(talk, workspace, method):
    turn = talk(f"where id = 3 | attribute method={method}")
    (item,) = turn.results[0].explained
    meant = attribute(workspace.classifier, workspace.dataset.texts[3], item.prediction.label, method=method)
    assert timeless(item.explanation) == timeless(meant)
    assert item.explanation.probability == pytest.approx(item.prediction.confidence)
    assert turn.results[0].provenance.method == method


@pytest.mark.parametrize("unit", UNITS)
def test_attribute_by_each_unit(talk, workspace, unit):
    explanation = talk(f"where id = 3 | attribute unit={unit}").results[0].explained[0].explanation
    assert explanation.unit == unit
    assert all(workspace.dataset.texts[3][piece.start : piece.end] == piece.text for piece in explanation.pieces)


def test_attribute_names_the_strongest_words(talk):
    turn = talk("detail level=expert", "where id = 3 | attribute top=3")
    explanation = turn.results[0].explained[0].explanation
    top = sorted(explanation.pieces, key=lambda piece: -abs(piece.score))[:3]
    assert turn.results[0].top == 3
    named = [f"“{piece.text}” ({piece.score:+.3f})" for piece in top]
    assert sorted(re.findall(r"“[^”]+” \([^)]+\)", turn.reply.text)) == sorted(named)
    lines = {line.split(":")[0]: line for line in turn.reply.text.split("\n")}
    for piece in top:
        assert piece.text in lines[f"What speaks most for {explanation.target}" if piece.score > 0 else "What speaks against it"]


def test_the_highlight_spells_the_text(talk, workspace):
    for row in (3, 4, 10):
        (block,) = talk(f"where id = {row} | attribute").reply.blocks
        assert "".join(text for text, _ in block.pieces) == workspace.dataset.texts[row]
        assert any(score for _, score in block.pieces)


def test_attribute_a_class_that_is_not_the_answer(talk):
    predicted = talk("where id = 3 | predict").results[0].predictions[0]
    other = next(label for label in predicted.probabilities if label != predicted.label)
    turn = talk(f"where id = 3 | attribute class={other}")
    assert turn.results[0].explained[0].explanation.target == other
    assert turn.reply.text.startswith(
        f"The model does not say {other} for message 3: it gives that {percent(predicted.probabilities[other])} "
        f"and says {predicted.label}, with {percent(predicted.confidence)}."
    )


def test_attribute_the_first_of_many(talk):
    turn = talk("where label = ham | attribute")
    assert [item.prediction.subject.row for item in turn.results[0].explained] == [1, 2, 4]
    assert turn.results[0].rows == 26
    assert "These are the first 3 of 26 messages." in turn.reply.text


def test_attribute_what_the_edits_made_of_it(talk):
    turn = talk("where id = 3 | predict", 'edit old="me" new="us"', "attribute")
    (item,) = turn.results[0].explained
    assert item.explanation.text == item.prediction.subject.text
    assert "us" in [piece.text for piece in item.explanation.pieces]
    assert "message 3 as edited" in turn.reply.text


@pytest.mark.parametrize("row", [0, 3, 6, 10])
def test_counterfactual(talk, workspace, row):
    turn = talk(f"where id = {row} | counterfactual n=3")
    result = turn.results[0]
    text = workspace.dataset.texts[row]
    assert result.search == counterfactuals(workspace.classifier, text, n=3, material=workspace.material)
    assert result.prediction.label == result.search.label
    for found in result.search.found:
        probabilities = workspace.classifier.probabilities([found.text])[0]
        assert workspace.classifier.labels[probabilities.argmax()] == found.label == result.search.target
        assert found.probability == pytest.approx(float(probabilities.max()), abs=1e-5)
    assert 0 < len(result.search.found) <= 3
    best = result.search.found[0]
    assert [block.kind for block in turn.reply.blocks] == ["table", "diff"]
    assert turn.reply.blocks[1].changes == tuple((change.kind, change.text) for change in difference(text, best.text))
    assert f"with a probability of {percent(best.probability)}" in turn.reply.text


def test_counterfactual_to_the_answer_itself(talk):
    label = talk("where id = 3 | predict").results[0].predictions[0].label
    turn = talk(f"where id = 3 | counterfactual to={label}")
    assert turn.failed
    assert turn.reply.text == f"The model already answers '{label}' for this text; ask for another class."


def test_counterfactual_of_many_takes_the_first(talk):
    turn = talk("where label = ham | counterfactual")
    assert turn.results[0].prediction.subject.row == 1
    assert "This is about the first of 26 messages." in turn.reply.text


@pytest.mark.parametrize("row", [0, 3, 6, 10])
def test_why_this_rather_than_that_tells_what_lies_between(talk, workspace, row):
    model, text = workspace.classifier, workspace.dataset.texts[row]
    turn = talk(f"where id = {row} | attribute class=ham against=spam")
    (item,) = turn.results[0].explained
    assert (item.explanation.target, item.explanation.against) == ("ham", "spam")
    search = item.border.search
    assert {search.label, search.target} == {"ham", "spam"} and search.label == item.prediction.label
    assert search == talk(f"where id = {row} | counterfactual").results[0].search
    for label, side in (("ham", item.border.near), ("spam", item.border.across)):
        assert len(side) <= 2
        for other in side:
            assert other.label == label == model.labels[int(model.probabilities([other.subject.text])[0].argmax())]
            assert other.subject.row != row
            assert set(other.subject.text.lower().split()) & set(text.lower().split())
    assert ("decides" in turn.reply.text) == bool(search.found)
    assert [block.kind for block in turn.reply.blocks] == ["highlight", *["diff"] * bool(search.found), "table"]


def test_no_border_is_looked_for_where_none_is_asked_for(talk):
    assert talk("where id = 3 | attribute class=ham").results[0].explained[0].border is None
    many = talk("where id in (3, 4) | attribute class=ham against=spam").results[0].explained
    assert [item.border for item in many] == [None, None]


def test_compare_two_rows(talk, workspace):
    turn = talk("where id = 3 | compare with=row:4")
    result = turn.results[0]
    assert (result.kind, result.left.subject.row, result.right.subject.row) == ("rows", 3, 4)
    assert result.left_scores.target == result.right_scores.target == result.left.label
    for side, row in ((result.left, 3), (result.right, 4)):
        alone = talk(f"where id = {row} | predict").results[0].predictions[0]
        assert side.label == alone.label
        assert side.confidence == pytest.approx(alone.confidence, abs=1e-5)
    words = [set(workspace.dataset.texts[row].strip("?!.").split()) for row in (3, 4)]
    assert set(result.shared) == words[0] & words[1]
    assert turn.conversation.focus.row == 3


def test_compare_explains_the_same_class_on_both_sides(talk):
    answered = {row: talk(f"where id = {row} | predict").results[0].predictions[0].label for row in (3, 5)}
    assert answered[3] != answered[5]
    turn = talk("where id = 3 | compare with=row:5")
    assert turn.results[0].left_scores.target == turn.results[0].right_scores.target == answered[3]
    assert turn.reply.text.startswith(f"The model says {answered[3]} for message 3 (")


def test_compare_two_chosen_rows_with_each_other(talk):
    result = talk("where id in (3, 5) | compare").results[0]
    assert (result.left.subject.row, result.right.subject.row) == (3, 5)
    assert result == dataclasses.replace(talk("where id = 3 | compare with=row:5").results[0], **{
        name: getattr(result, name) for name in ("left_scores", "right_scores", "provenance", "selected")
    })  # fmt: skip


def test_compare_with_the_text_before_its_edits(talk, workspace):
    turn = talk("where id = 3 | predict", 'edit old="me" new="us"', 'edit old="now" new="then"', "compare with=edit")
    result = turn.results[0]
    assert result.kind == "edit"
    assert result.left.subject.text == workspace.dataset.texts[3]
    assert result.right.subject.text == workspace.dataset.texts[3].replace("me", "us").replace("now", "then")
    assert [change.text for change in result.changes if change.kind == "added"] == ["us", "then"]
    bars = next(block for block in turn.reply.blocks if block.kind == "bars")
    assert dict(bars.bars) == result.right.probabilities
    assert bars.before == tuple(result.left.probabilities[label] for label, _ in bars.bars)


def test_compare_with_itself(talk):
    turn = talk("where id = 3 | compare with=row:3")
    assert turn.failed
    assert turn.reply.text == "Both are the same text; name two different ones to compare."


def test_compare_an_edited_row_with_the_row_as_it_is(talk):
    turn = talk("where id = 3 | predict", 'edit old="me" new="us"', "compare with=row:3")
    assert not turn.failed
    assert turn.results[0].left.subject.text != turn.results[0].right.subject.text
