"""Operations on one text against the engine's own functions: attribute, interactions, attention, rationalize, trust,
similar and influence; and important, which gathers many."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from explainers.attention import attention
from explainers.attribution import METHODS, attribute
from explainers.best import best
from explainers.importance import important_words
from explainers.influence import influence
from explainers.interactions import interactions
from explainers.neighbours import embed_texts
from explainers.trust import trust

from assistant.operations import important

from ..told import say, told


def timeless(found):
    """A finding without the time it took, nor that of the explanation in it."""
    changes = {"seconds": 0.0}
    if hasattr(found, "explanation"):
        changes["explanation"] = timeless(found.explanation)
    return dataclasses.replace(found, **changes)


def text_of(workspace, row: int) -> str:
    return workspace.dataset.texts[row]


def test_attribute_against_a_class(talk, workspace):
    turn = talk("detail level=expert", "where id = 3 | attribute class=ham against=spam")
    found = turn.results[0].explained[0].explanation
    assert timeless(found) == timeless(attribute(workspace.classifier, text_of(workspace, 3), "ham", against="spam"))
    assert "Why ham rather than spam:" in turn.reply.text
    assert "log-odds of ham over spam" in turn.reply.text


def test_attribute_in_a_layer(talk, workspace):
    found = talk("where id = 3 | attribute method=grad_cam layer=0").results[0].explained[0].explanation
    assert timeless(found) == timeless(attribute(workspace.classifier, text_of(workspace, 3), "ham", method="grad_cam", layer=0))


def test_attribute_by_the_most_faithful_method(talk, workspace):
    turn = talk("where id = 3 | attribute method=best")
    item = turn.results[0].explained[0]
    meant = best(workspace.classifier, text_of(workspace, 3), "ham")
    assert item.explanation == item.best.explanation
    assert timeless(item.best) == timeless(meant)
    assert turn.results[0].provenance.method == meant.method
    names = [row[0] for row in turn.reply.blocks[1].rows]
    assert len(names) == len(meant.candidates)
    assert f"I tried {len(names)} ways to explain this text" in turn.reply.text


@pytest.mark.parametrize("top", [1, 4])
def test_interactions(talk, workspace, top):
    result = talk(f"where id = 3 | interactions top={top}").results[0]
    meant = interactions(workspace.classifier, text_of(workspace, 3), "ham", top=top)
    assert timeless(result.interactions) == timeless(meant)
    assert len(result.interactions.pairs) == top


@pytest.mark.parametrize(("said", "place"), [("", {}), (" layer=0", {"layer": 0}), (" layer=0 head=1", {"layer": 0, "head": 1})])
def test_attention(talk, workspace, said, place):
    turn = talk(f"where id = 3 | attention{said}")
    found = turn.results[0].attention
    assert found == attention(workspace.classifier, text_of(workspace, 3), top=8, **place)
    strongest = found.pairs[0]
    said = re.search("goes from “(.*?)” to “(.*?)”", turn.reply.text)
    for piece, words in zip((strongest.source, strongest.target), said.groups(), strict=True):
        assert words.partition(" (no. ")[0] == piece.text
    assert ("head 1" in turn.reply.text) == ("head" in place)


def test_words_that_occur_twice_are_told_apart_in_tables_of_pairs(talk):
    text = "call me now, call you now"
    tables = [talk(f'where text "{text}" | {step}').reply.blocks[0] for step in ("interactions top=50", "attention")]
    pairs = [tuple(row[0].split(" + ")) for row in tables[0].rows] + [row[:2] for row in tables[1].rows]
    assert len({frozenset(pair) for pair in pairs[: len(tables[0].rows)]}) == len(tables[0].rows)
    assert len({row[:2] for row in tables[1].rows}) == len(tables[1].rows)
    assert {word for pair in pairs for word in pair} <= {
        "call (no. 1)", "call (no. 2)", "now (no. 1)", "now (no. 2)", "me", "you", ",",
    }  # fmt: skip
    assert "call" not in {word for pair in pairs for word in pair}


def test_rationalize_says_the_words_of_the_explanation(talk, workspace):
    for row in (3, 4, 5, 10):
        turn = talk(f"where id = {row} | rationalize")
        found = turn.results[0].explanation
        assert timeless(found) == timeless(attribute(workspace.classifier, text_of(workspace, row), found.target))
        named = re.findall("“([^”]+)”", turn.reply.text)
        assert set(named) <= {piece.text for piece in found.pieces}
        strongest = max(found.pieces, key=lambda piece: piece.score)
        assert strongest.score <= 0 or strongest.text in named
        assert len(named) == len(set(named))


def test_rationalize_and_trust_are_about_the_last_explanation(talk):
    for command in ("rationalize", "trust"):
        turn = talk("where id = 3 | attribute method=occlusion class=spam", command)
        assert (turn.results[0].explanation.method, turn.results[0].explanation.target) == ("occlusion", "spam")
        assert turn.results[0].prediction.subject.row == 3
        edited = talk("where id = 3 | attribute", 'edit old="me" new="us"', command)
        assert edited.results[0].explanation.text == edited.conversation.focus.text


def test_without_a_direction_nothing_is_said_to_point_to_a_class(talk):
    unsigned = next(name for name, method in METHODS.items() if not method.signed)
    text = talk(f"where id = 3 | attribute method={unsigned}", "rationalize").reply.text
    assert "points to" not in text
    assert "does not say in which direction" in text


@pytest.mark.parametrize("method", ["occlusion", "integrated_gradients"])
def test_trust(talk, workspace, method):
    turn = talk(f"where id = 3 | trust method={method}")
    text = text_of(workspace, 3)
    explanation = attribute(workspace.classifier, text, "ham", method=method)
    assert timeless(turn.results[0].explanation) == timeless(explanation)
    assert timeless(turn.results[0].judgement) == timeless(trust(workspace.classifier, text, explanation))
    level = {"high": "can be trusted well", "medium": "can be trusted with care", "low": "should not be relied on"}
    assert level[turn.results[0].judgement.level] in turn.reply.text.split("\n")[0]


def test_the_best_method_is_judged_after_a_question_why_rather(talk):
    turn = talk("where id = 3 | attribute class=spam against=ham", "trust method=best")
    assert turn.results[0].explanation.target == "spam" and turn.results[0].explanation.against is None


def test_every_reason_is_said(talk):
    for command in ("where id = 3 | trust", "where id = 5 | trust method=lime", 'where text "free" | trust'):
        turn = talk(command)
        points = [line for line in turn.reply.text.split("\n\n")[0].split("\n")[1:] if line]
        assert len(points) == len(turn.results[0].judgement.reasons)


def test_similar_rows_are_the_nearest_by_cosine(talk, workspace):
    result = talk("where id = 3 | similar n=4").results[0]
    vectors = embed_texts(workspace.classifier, workspace.dataset.texts)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit[3]
    order = [row for row in np.argsort(-cosines, kind="stable") if row != 3][:4]
    assert [item.prediction.subject.row for item in result.near] == order
    assert [item.similarity for item in result.near] == pytest.approx(cosines[order], abs=1e-5)
    for item in result.near:
        alone = talk(f"where id = {item.prediction.subject.row} | predict").results[0].predictions[0]
        assert item.prediction.label == alone.label


def test_a_typed_text_is_near_the_row_that_reads_so(talk, workspace):
    near = talk(f'where text "{text_of(workspace, 7)}" | similar n=1').results[0].near
    assert near[0].prediction.subject.row == 7
    assert near[0].similarity == pytest.approx(1)


def test_influence_is_looked_for_among_training_rows(talk, workspace):
    result = talk("where id = 3 | influence n=4").results[0]
    table = workspace.dataset.table
    rows = np.flatnonzero(np.array(table["split"].to_pylist()) == "train")
    texts, labels = ([table[name][int(row)].as_py() for row in rows] for name in ("text", "label"))
    meant = influence(workspace.classifier, texts, labels, text_of(workspace, 3), "ham", n=4)
    assert timeless(result.found) == timeless(meant)
    assert [subject.row for subject, _ in result.proponents] == [rows[item.row] for item in meant.proponents]
    assert [value for _, value in result.opponents] == [item.influence for item in meant.opponents]
    assert result.split


def test_influence_without_a_split_looks_at_every_row_with_a_known_label(tmp_path):
    rows = pd.DataFrame({"text": ["free call", "home now", "win it", "love me"], "label": ["spam", "ham", "junk", None]})
    turn = say(told(tmp_path, rows, label="label"), "where id = 3 | influence")
    assert (turn.results[0].found.rows, turn.results[0].split) == (2, False)
    assert "so all labelled rows were looked at" in turn.reply.text


@pytest.mark.parametrize("operation", ["interactions", "attention", "rationalize", "trust", "similar", "influence"])
def test_of_many_rows_the_first_is_taken_and_that_is_said(talk, operation):
    turn = talk(f"where label = ham | {operation}")
    assert turn.results[0].prediction.subject.row == 1
    assert "This is about the first of 26 messages." in turn.reply.text
    assert "This is about the first" not in talk(f"where id = 1 | {operation}").reply.text


@pytest.mark.parametrize("operation", ["interactions", "attention", "rationalize", "trust", "similar", "influence"])
def test_without_a_text_it_is_asked_for(talk, operation):
    assert talk(operation).reply.text.startswith("Which message do you mean?")
    assert talk("where id = 7 | predict", operation).results[0].prediction.subject.row == 7


def test_important_words(talk, workspace):
    result = talk("where label = ham | important class=spam top=3").results[0]
    labels = workspace.dataset.table["label"].to_pylist()
    texts = [text for text, label in zip(workspace.dataset.texts, labels, strict=True) if label == "ham"]
    meant = important_words(workspace.classifier, texts, "spam")
    assert result.importance == meant
    assert result.top == meant.words[:3]
    assert result.bottom == meant.words[::-1][:3]
    assert all(word.mean > 0 for word in result.top) and all(word.mean < 0 for word in result.bottom)


def test_a_word_and_its_rank(talk):
    assert talk("important").results[0].importance.target == "spam"  # the second of two classes
    assert talk("where label = ham | important").results[0].importance.target == "ham"
    every = talk("important").results[0].importance.words
    for place in (0, 4, len(every) - 1):
        result = talk(f'important word=" {every[place].word.upper()} "').results[0]
        assert (result.asked, result.rank) == (every[place], place + 1)
    turn = talk('important word="zebra"')
    assert (turn.results[0].asked, turn.results[0].rank) == (None, None)
    assert turn.reply.text.startswith("“zebra” is in fewer than 3 of 40 messages")
    assert talk('important word="free?!"').results[0].asked == talk('important word="free"').results[0].asked
    for words in ("call me", "!!"):
        turn = talk(f'important word="{words}"')
        assert turn.failed and turn.reply.text == f"'{words}' is not one word, and only single words are counted; ask about one."


def test_of_very_many_rows_some_are_drawn(talk, monkeypatch):
    monkeypatch.setattr(important, "TEXTS", 12)
    turn = talk("important")
    assert (turn.results[0].importance.rows, turn.results[0].rows) == (12, 40)
    assert "Over 12 messages drawn at random from 40," in turn.reply.text
    assert turn.results[0].top == talk("important").results[0].top


def test_a_word_that_is_asked_for_is_looked_at_where_it_is(talk, workspace, monkeypatch):
    monkeypatch.setattr(important, "TEXTS", 6)
    turn = talk("important class=ham", 'important word="Free"')
    (result,) = turn.results
    texts = [text for text in workspace.dataset.texts if "free" in re.findall(r"\w+", text.lower())]
    alone = important_words(workspace.classifier, texts, "ham", minimum=1)
    (meant,) = [item for item in alone.words if item.word == "free"]
    assert (result.importance.target, result.asked.word, result.holding) == ("ham", "free", len(texts))
    assert result.asked.mean == pytest.approx(meant.mean, abs=1e-5) and result.asked.rows == meant.rows
    others = [item for item in result.importance.words if item.word != "free"]
    assert result.rank == 1 + sum(item.mean > result.asked.mean for item in others)
    assert f"it is in {len(texts)} messages" in turn.reply.text
    monkeypatch.setattr(important, "HOLDING", 3)
    again = talk("important class=ham", 'important word="free"')
    assert again.results[0].asked.rows == 3
    assert f"it is in {len(texts)} messages, of which 3 were explained" in again.reply.text
    assert talk('important word="zebra"').results[0].asked is None


BAD = [
    ("where id = 3 | attribute against=ham", "'ham' cannot be set against itself"),
    ("where id = 3 | attribute layer=0", "integrated_gradients does not look at one layer"),
    ("where id = 3 | attribute method=grad_cam layer=9", "There is no layer 9; the layers of tiny filter are 0 to 0."),
    ("where id = 3 | attribute method=best layer=0", "'best' chooses among methods by itself"),
    ("where id = 3 | attribute method=best against=spam", "'best' chooses among methods by itself"),
    ("where id = 3 | attention layer=7", "The model has no layer 7"),
    ("where id = 3 | attention head=5", "The model has no head 5"),
    ('where text "free" | interactions', "An interaction needs two words, and this text has one"),
    ('where text "free" | important', "Important words need rows of the data"),
    ("important class=joy", "'class' of 'important' takes a class of the model, and 'joy' is none"),
    ("where id = 3 | similar n=0", "'n' of 'similar' takes a whole number from 1 to 50, not '0'"),
    ("where id = 3 | trust method=guess", "'method' of 'trust' takes no 'guess'"),
    ("where id = 77 | influence", "There is no message 77"),
]


@pytest.mark.parametrize(("command", "said"), BAD, ids=[command for command, _ in BAD])
def test_what_cannot_be_told(talk, command, said):
    turn = talk(command)
    assert turn.failed
    assert turn.reply.text.startswith(said)


def test_influence_needs_labels(tmp_path):
    rows = pd.DataFrame({"text": ["free call", "home now"], "label": ["junk", "junk"]})
    unknown = say(told(tmp_path, rows, label="label"), "where id = 0 | influence")
    assert unknown.failed
    assert "no training rows with a class of the model" in unknown.reply.text
    none = say(told(tmp_path, rows[["text"]]), "where id = 0 | influence")
    assert none.failed
    assert none.reply.text.startswith("The data has no labels")


@pytest.mark.parametrize("text", ["!!!", "?", "무료", "a" * 300, "free " * 200])
@pytest.mark.parametrize(
    "operation", ["interactions", "attention", "rationalize", "trust", "similar", "influence", "attribute method=best"]
)
def test_odd_texts_are_answered_or_refused_in_one_sentence(talk, operation, text):
    turn = talk(f'where text "{text}" | {operation}')
    assert "Something went wrong" not in turn.reply.text
    assert not turn.failed or len(turn.reply.text) < 200


def test_the_words_of_two_classes_are_worked_out_once(talk, monkeypatch):
    keys = []

    def noted(key, compute, *coding):
        keys.append(key)
        return compute()

    monkeypatch.setattr(important, "cached", noted)
    of_ham, of_spam = (talk(f"where id <= 9 | important class={label}").results[0].importance for label in ("ham", "spam"))
    assert keys[0] == keys[1]
    assert (of_ham.target, of_spam.target) == ("ham", "spam")
    assert of_ham.mirrored("spam") == of_spam
    assert talk("where id <= 8 | important class=ham").results[0].importance != of_ham
    assert keys[2] != keys[0]


def test_texts_far_longer_than_others_are_left_out(talk, workspace, monkeypatch):
    lengths = sorted(map(len, workspace.dataset.texts))
    monkeypatch.setattr(important, "LONG", lengths[-3] / np.median(lengths))
    turn = talk("important")
    assert (turn.results[0].importance.rows, turn.results[0].left_out, turn.results[0].rows) == (38, 2, 40)
    assert (
        "Over 38 messages," in turn.reply.text
        and "2 messages, more than ten times as long as most, were left out." in turn.reply.text
    )
