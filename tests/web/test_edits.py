"""A conversation of five edits: each shows what it changed and what the model said before and after; the way back is open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]

EDITS = (
    '/edit kind=replace old="free" new="old" which=1',
    "/edit kind=remove part=number which=last",
    '/edit kind=append new="See you at home"',
    "/edit kind=upper part=word which=1",
    '/edit kind=insert which=1 new="maybe" where=before:"entry"',
)


def shares(answer) -> list[float]:
    """The percentages that the answer's bars show."""
    return [float(found) for found in re.findall(r"(\d+(?:\.\d+)?)\s*%", " ".join(answer.locator(".aw-bar").all_inner_texts()))]


def test_five_edits_and_the_way_back(visit):
    visitor = visit(viewport={"width": 1280, "height": 1000})
    chain = visitor.page.locator("#aw-focus .aw-chain li")
    words = visitor.page.locator("#aw-focus .aw-words")
    visitor.ask("/where id = 2 | predict")
    original = words.inner_text()
    texts = [original]
    for number, question in enumerate(EDITS, 1):
        visitor.ask(question)
        expect(chain).to_have_count(number + 1)
        answer = visitor.answer
        assert answer.locator("del, ins").count() >= 1, question
        assert len(shares(answer)) >= 4, question  # both classes, before and after
        texts.append(words.inner_text())
        assert texts[-1] != texts[-2], question
    expect(visitor.answer.locator("ins").first).to_contain_text("maybe")
    visitor.shot("edits-five")

    visitor.ask("/edits")
    expect(visitor.answer.locator("table tbody tr")).to_have_count(6)
    for left in (4, 3):
        visitor.ask("/undo")
        expect(chain).to_have_count(left + 1)
        expect(words).to_have_text(texts[left], use_inner_text=True)
    visitor.ask("/redo")
    expect(chain).to_have_count(5)
    expect(words).to_have_text(texts[4], use_inner_text=True)

    visitor.ask("Compare with the original")
    expect(visitor.answer).to_contain_text("Understood as: compare with=edit")
    deleted = " ".join(visitor.answer.locator("del").all_inner_texts())
    added = " ".join(visitor.answer.locator("ins").all_inner_texts())
    assert "Free" in deleted and "OLD" in added and "See you at home" in added
    visitor.shot("edits-compare")

    visitor.ask("/reset")
    expect(words).to_have_text(original, use_inner_text=True)
    expect(chain).to_have_count(0)
    visitor.ask("/undo")
    expect(visitor.answer).to_contain_text("no edit", ignore_case=True)
