"""Asking a generative model why, in a browser and on the embedded model: answer, salience, another size, edit, undo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from assistant.settings import settings_path

from .serving import commands_only, served

pytestmark = [pytest.mark.browser, pytest.mark.real]
LONG = 240_000  # milliseconds


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page of the demo of prompts; questions are commands."""
    with served(commands_only(settings_path("prompts"))) as url:
        yield url


def test_answer_why_another_size_edit_and_undo(visit):
    visitor = visit(viewport={"width": 1280, "height": 900})
    visitor.page.set_default_timeout(LONG)
    focus = visitor.page.locator("#aw-focus")
    visitor.ask("/where id = 0 | generate")
    expect(focus.locator(".aw-answered")).to_have_text("worth trying")
    visitor.ask('/salience target="worth trying"')
    expect(focus.locator(".aw-target")).to_have_text(re.compile("worth trying"), timeout=LONG)
    expect(focus.locator(".aw-prompt .aw-pos").first).to_be_visible()
    expect(focus.get_by_role("button", name="by example")).to_have_class(re.compile("aw-on"))
    visitor.shot("prompt-salience")
    focus.get_by_role("button", name="by line").click()
    expect(focus.get_by_role("button", name="by line")).to_have_class(re.compile("aw-on"), timeout=LONG)
    expect(visitor.page.locator(".user").last).to_contain_text('/salience target="worth trying" unit=line')
    visitor.ask('/edit kind=replace part=line which=7 new="Advice: avoid it"')
    expect(visitor.answer).to_contain_text("The answer changes.")
    expect(visitor.answer.locator("ins", has_text="avoid").last).to_be_visible()
    expect(focus.locator(".aw-answered")).to_have_text("avoid it")
    visitor.shot("prompt-edited")
    focus.get_by_role("button", name="Undo").click()
    expect(focus.locator(".aw-answered")).to_have_text("worth trying", timeout=LONG)
    visitor.ask('/salience target="worth trying it"')
    expect(visitor.answer).to_contain_text("does not occur in the answer")
