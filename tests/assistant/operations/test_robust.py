"""adversarial, augment, robustness and sensitivity: what they hand to the engine, and what they say of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from explainers.adversarial import KINDS, adversarial
from explainers.augment import augment
from explainers.robustness import robustness
from explainers.sensitivity import sensitivity

from assistant.conversation import Conversation
from assistant.dialogue import Cancelled
from assistant.knowledge.library import Library

from ..told import facts, say, told

ROWS = pd.DataFrame({
    "text": [
        "Mary won a free prize in Paris", "call him at 5", "It's a movie. He said so.", "win a free film now", "my home", "free cash",
        "she loves a film", "dinner at 8 with John?",
    ],
    "label": ["spam", "ham"] * 4,
})  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Without a sentence encoder."""
    return told(tmp_path_factory.mktemp("plain"), ROWS, label="label")


class Letters:
    """A sentence encoder that counts letters, and knows one pair of synonyms."""

    name = "letters"

    def vectors(self, texts):
        said = [text.lower().replace("movie", "film") for text in texts]
        return np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in said]) + 0.01


@pytest.fixture
def encoded(tmp_path):
    """With one."""
    made = told(tmp_path, ROWS, label="label")
    library = Library()
    library.encoder = Letters()
    made.workspace.library = library
    return made


def shown(turn, title: str):
    return next(block for block in turn.reply.blocks if getattr(block, "title", "").startswith(title))


def test_adversarial(plain):
    classifier, found = plain.workspace.classifier, 0
    for row, text in enumerate(ROWS["text"]):
        turn = say(plain, f"where id = {row} | adversarial n=3")
        attack = turn.results[0].attack
        assert attack == adversarial(classifier, text, n=3, kinds=[kind for kind in KINDS if kind != "synonym"])
        assert "the model that compares meanings is not on this machine" in turn.reply.text
        if not attack.found:
            assert "that is no proof that there is none" in turn.reply.text
            continue
        found += 1
        rows = shown(turn, "Checked by running the model again").rows
        assert [row[3] for row in rows] == [item.text for item in attack.found]
        for item in attack.found:
            assert classifier.labels[int(classifier.probabilities([item.text])[0].argmax())] == item.label != attack.label
        assert "Would you read" in turn.reply.text
    assert found


def test_adversarial_with_an_encoder_says_how_alike(encoded):
    turns = [say(encoded, f"where id = {row} | adversarial") for row in range(len(ROWS))]
    assert all("a similarity of at least 85%" in turn.reply.text for turn in turns)
    for turn in turns:
        for item in turn.results[0].attack.found:
            one, other = Letters().vectors([turn.results[0].attack.text, item.text])
            assert item.similarity == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
            assert item.similarity >= 0.85


def test_adversarial_of_several_rows_is_about_the_first(plain):
    turn = say(plain, "where label = ham | adversarial")
    assert turn.results[0].attack.text == "call him at 5"
    assert "This is about the first of 4 messages." in turn.reply.text


def test_augment(encoded):
    turn = say(encoded, "where id = 2 | augment n=5")
    wordings = turn.results[0].wordings
    near = encoded.workspace.synonyms
    assert wordings == augment(encoded.workspace.classifier, ROWS["text"][2], n=5, embed=Letters().vectors, synonyms=near, seed=0)
    texts = [wording.text for wording in wordings.found]
    assert texts  # which of them keep the label is the random model's choice
    answers = encoded.workspace.classifier.probabilities(texts).argmax(axis=1)
    assert {encoded.workspace.classifier.labels[best] for best in answers} == {wordings.label}
    assert [row[0] for row in shown(turn, "Checked by").rows] == [wording.text for wording in wordings.found]


def test_augment_where_there_is_nothing_to_vary(plain):
    turn = say(plain, 'where text "call" | augment')
    assert turn.reply.text.startswith("I found no other way to put your text")
    assert turn.reply.blocks == ()


def test_nothing_is_asked_of_no_text(plain):
    for command in ("adversarial", "augment"):
        assert say(plain, command).results[0].operation == "clarify"


@pytest.mark.parametrize("kind", ["deletion", "typo", "case", "spacing", "homoglyph"])
def test_robustness_of_one_kind(plain, kind):
    result = facts(plain, f"where label = spam | robustness kind={kind}")
    meant = robustness(plain.workspace.classifier, list(ROWS["text"][ROWS["label"] == "spam"]), kinds=[kind])
    assert result.found == meant
    assert [subject.row for subject in result.subjects] == [(0, 2, 4, 6)[flip.row] for flip in meant.examples]


def test_robustness_of_everything(plain):
    turn = say(plain, "robustness")
    result = turn.results[0]
    assert result.selected is None
    assert result.found == robustness(plain.workspace.classifier, list(ROWS["text"]), kinds=KINDS_HERE)
    assert len(shown(turn, "By kind of edit").rows) == 5
    assert "Near words were not tried" in turn.reply.text
    assert say(plain, "robustness kind=synonym").reply.text.startswith("Near words need the sentence encoder")


KINDS_HERE = ["deletion", "typo", "case", "spacing", "homoglyph"]


def test_robustness_of_a_single_text(plain):
    turn = say(plain, 'where text "win a free film" | robustness kind=deletion')
    assert turn.results[0].found.tried == 4
    assert "4 small edits of one word" in turn.reply.text and "this message" in turn.reply.text
    assert say(plain, 'where text "?!" | robustness').failed


def test_robustness_tries_near_words_with_an_encoder(encoded):
    result = facts(encoded, "robustness kind=synonym")
    assert result.near_words and encoded.workspace.synonyms["film"] == ["movie"]
    meant = robustness(encoded.workspace.classifier, list(ROWS["text"]), kinds=["synonym"], synonyms=encoded.workspace.synonyms)
    assert result.found == meant


def test_sensitivity(plain):
    turn = say(plain, "sensitivity")
    result = turn.results[0]
    assert result.found == sensitivity(plain.workspace.classifier, list(ROWS["text"]))
    assert [kind.holding for kind in result.found.kinds] == [2, 2, 1, 3]
    assert "2 of 8 messages have names of people that I know" in turn.reply.text
    assert [block.title for block in turn.reply.blocks][:4] == [
        "Names of people swapped", "Numbers swapped", "Names of places swapped", "Gender words swapped"
    ]  # fmt: skip


def test_sensitivity_where_there_is_nothing_to_swap(plain):
    turn = say(plain, "where label = ham | sensitivity to=places")
    assert turn.reply.text == "None of 4 messages labelled ham has names of places that I know, so there was nothing to swap."
    one = say(plain, 'where text "win a film" | sensitivity')
    assert one.reply.text.startswith("This message has no names of people, numbers, names of places or gender words that I know")


def test_they_tell_how_far_they_are_and_can_be_stopped(plain):
    for command in ("where id = 0 | adversarial", "where id = 2 | augment", "robustness", "sensitivity"):
        stages = []

        def report(stage, share, stages=stages):
            stages.append(stage)
            if share > 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            plain.ask(f"/{command}", Conversation(), report)
        assert command.split()[-1] in stages


def test_the_rows_stay_as_they_are(plain):
    turn = say(plain, "where id = 3 | predict", "robustness", "sensitivity")
    assert turn.conversation.focus.text == ROWS["text"][3]
    assert turn.conversation.focus.edits == ()
