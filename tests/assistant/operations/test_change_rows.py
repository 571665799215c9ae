"""What-if edits of many rows, and that undo brings any text back."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.edits import Emptied, Unchanged, edit
from explainers.spans import Unfound

from assistant.conversation import Conversation
from assistant.dialogue import Cancelled
from assistant.finding.edited_rows import SHOWN

from ..told import facts, say, told

TEXT = "Call me now, call!"
ROWS = pd.DataFrame({
    "text": ["free http://a.co", "call me", "FREE free", "http://b.co", "win free http://a.co now", "me too"],
    "label": ["spam", "ham", "spam", "spam", None, "ham"],
})  # fmt: skip


@pytest.fixture(scope="module")
def six(tmp_path_factory):
    return told(tmp_path_factory.mktemp("six"), ROWS, label="label")


@pytest.mark.parametrize("given", ['kind=remove old="free"', "kind=remove part=url", "kind=upper", "kind=keep part=word which=2"])
def test_an_edit_of_many_rows_is_a_what_if(six, given):
    result = facts(six, f"where id >= 0 | edit {given}")
    classifier, found = six.workspace.classifier, result.edited
    arguments = dict(part.split("=", 1) for part in given.split(" "))
    kind = arguments.pop("kind")
    arguments = {name: value.strip('"') for name, value in arguments.items()} | ({"which": 2} if "which" in arguments else {})
    texts, emptied = list(ROWS["text"]), 0
    for place, text in enumerate(ROWS["text"]):
        try:
            texts[place] = edit(text, kind, every=True, **arguments).after
        except Emptied:
            emptied += 1
        except (Unfound, Unchanged):
            pass
    touched = [place for place, text in enumerate(ROWS["text"]) if texts[place] != text]
    before, after = classifier.probabilities(list(ROWS["text"])), classifier.probabilities(texts)
    assert (found.rows, found.touched, found.emptied) == (6, len(touched), emptied)
    names = np.array(classifier.labels)
    first, second = names[before.argmax(axis=1)], names[after.argmax(axis=1)]
    flips = Counter((old, new) for old, new in zip(first, second, strict=True) if old != new)
    assert {(old, new): count for old, new, count in found.flips} == flips
    assert found.flipped == flips.total()
    assert list(found.before.values()) == pytest.approx(before[touched].mean(axis=0).tolist(), abs=1e-5)
    assert list(found.after.values()) == pytest.approx(after[touched].mean(axis=0).tolist(), abs=1e-5)
    known = [place for place, label in enumerate(ROWS["label"]) if pd.notna(label)]
    assert found.labelled == len(known) == 5
    assert found.wrong == tuple(sum(said[place] != ROWS["label"][place] for place in known) for said in (first, second))
    for old, new in found.shown:
        assert new.subject.text == texts[old.subject.row]
        assert old.subject.text == ROWS["text"][old.subject.row]
        assert not flips or old.label != new.label
    assert len(found.shown) == min(flips.total() or len(touched), SHOWN)


def test_the_rows_of_a_what_if_stay_as_they_are(six):
    turn = say(six, "where id = 1 | predict", "where label = spam | edit kind=remove part=url")
    assert "the rows themselves stay as they are" in turn.reply.text
    assert "would have nothing left" in turn.reply.text
    assert turn.conversation.focus.text == "call me"
    assert (
        say(six, "where label = spam | edit kind=remove part=url", "where id = 0 | show").results[0].subjects[0].text
        == ROWS["text"][0]
    )


def test_a_what_if_that_touches_nothing(six):
    turn = say(six, 'where label = ham | edit kind=remove old="zebra"')
    assert turn.reply.text.startswith("Removing “zebra” would change none of the 2 messages labelled ham.")
    assert turn.reply.blocks == ()


def test_a_what_if_tells_how_far_it_is_and_can_be_stopped(six):
    stages = []

    def report(stage, share):
        stages.append((stage, share))
        if stage == "edits" and share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        six.ask("/where label = spam | edit kind=upper", Conversation(), report)
    assert ("edits", 0.0) in stages


# --- whatever the text -------------------------------------------------------------------------------------------

MADE = st.sampled_from([
    "kind=upper", "kind=lower", "kind=title", "kind=remove part=word which=1", "kind=keep part=word which=1 n=2",
    'kind=append new="and 7"', 'kind=insert new="Hey" where=start', "kind=swap part=word which=1 with=last",
    "kind=remove part=number which=all", 'kind=replace part=punctuation which=last new="!"',
])  # fmt: skip


@settings(max_examples=12)
@given(
    edits=st.lists(MADE, min_size=1, max_size=4), text=st.sampled_from([TEXT, "a  b\n c, 5", "무료 상품! 5개", "İstanbul ﬁve ß"])
)
def test_undo_brings_back_the_same_text_and_the_model_sees_the_text_shown(six, edits, text):
    conversation = six.ask("/where text " + f'"{text}"'.replace("\n", "\\n") + " | predict", Conversation()).conversation
    texts = [text]
    for made in edits:
        turn = six.ask(f"/edit {made}", conversation)
        if turn.failed or turn.conversation.focus.text == texts[-1]:
            continue
        conversation = turn.conversation
        result, shown = turn.results[0], conversation.focus.text
        texts.append(shown)
        assert "".join(piece for kind, piece in turn.reply.blocks[0].changes if kind != "removed") == shown
        assert list(result.after.probabilities.values()) == pytest.approx(
            six.workspace.classifier.probabilities([shown])[0].tolist(), abs=1e-5
        )
    for earlier in reversed(texts[:-1]):
        conversation = six.ask("/undo", conversation).conversation
        assert conversation.focus.text == earlier
    if len(texts) > 1:
        again = six.ask(f"/redo n={len(texts) - 1}", conversation).conversation
        assert again.focus.text == texts[-1]
