"""Subjects and their edits: chains are bounded, and nothing that was made is changed."""

from __future__ import annotations

import dataclasses

import pytest

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
    for count in range(LONGEST_CHAIN + 5):
        subject = subject.edited(Edited(f"call {count}", "edit"))
    assert len(subject.edits) == LONGEST_CHAIN
    assert subject.text == f"call {LONGEST_CHAIN + 4}"
    assert subject.original == "free call"


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
