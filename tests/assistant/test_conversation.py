"""Subjects and their edits: chains are bounded, and nothing that was made is changed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.conversation import LONGEST_CHAIN, Conversation, Edited, Subject

ROW = Subject("free call", row=3, label="spam")


def test_the_text_is_the_last_edits():
    once = ROW.edited(Edited("call", "edit"))
    twice = once.edited(Edited("call me", "edit"))
    assert [subject.text for subject in (ROW, once, twice)] == ["free call", "call", "call me"]
    assert twice.original == "free call"
    assert ROW.edits == ()


def test_the_chain_of_edits_is_bounded():
    subject = ROW
    for count in range(LONGEST_CHAIN):
        subject = subject.edited(Edited(f"call {count}", "edit"))
    with pytest.raises(AskWhyError, match=f"{LONGEST_CHAIN} edits of this text stand already"):
        subject.edited(Edited("one more", "edit"))
    assert subject.taken_back(1).edited(Edited("one more", "edit")).text == "one more"
    assert subject.taken_back(LONGEST_CHAIN).text == "free call"


STEPS = st.lists(st.sampled_from(["edit", "back", "back 3", "again", "again 2"]), max_size=30)


@given(steps=STEPS)
def test_edits_are_taken_back_and_made_again_as_in_any_editor(steps):
    subject, texts, place, count = ROW, ["free call"], 0, 0
    for step in steps:
        kind, _, times = step.partition(" ")
        if kind == "edit":
            count += 1
            texts, place = [*texts[: place + 1], f"text {count}"], place + 1
            subject = subject.edited(Edited(f"text {count}", "edit"))
        elif kind == "back":
            place = max(place - int(times or 1), 0)
            subject = subject.taken_back(int(times or 1))
        else:
            place = min(place + int(times or 1), len(texts) - 1)
            subject = subject.made_again(int(times or 1))
        assert subject.text == texts[place]
        assert (len(subject.edits), len(subject.undone)) == (place, len(texts) - 1 - place)
    assert subject.taken_back(LONGEST_CHAIN) == ROW  # what was undone tells no two subjects apart


def test_sameness_is_of_the_row_or_the_typed_text_edits_aside():
    assert ROW.same_as(ROW.edited(Edited("x", "edit")))
    assert Subject("hi").same_as(Subject("hi").edited(Edited("x", "edit")))
    assert not ROW.same_as(Subject("free call", row=4))
    assert not ROW.same_as(Subject("free call"))
    assert not Subject("hi").same_as(Subject("ho"))
    assert not ROW.same_as(None)


def test_only_a_text_without_a_row_is_typed():
    assert Subject("hi").typed
    assert not Subject("hi", row=0).typed


def test_a_conversation_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Conversation().focus = ROW
