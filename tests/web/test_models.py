"""Two models side by side on the page: the demo's, and another that is named in the settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from assistant.settings import settings_path
from tests.explainers.architectures import build as tiny

from .serving import commands_only, served

pytestmark = [pytest.mark.browser, pytest.mark.real]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The page of the demo with a second, untrained model; questions are commands."""
    folder = tmp_path_factory.mktemp("two")
    other = tiny("bert")
    other.model.config.id2label = {0: "ham", 1: "spam"}
    other.model.save_pretrained(folder / "other")
    other.tokenizer.save_pretrained(folder / "other")
    demo = settings_path("sms")
    said = demo.read_text("utf-8").replace('adapter = "model"', f'adapter = "{demo.parent / "model"}"')
    second = f'[[models]]\nname = "untrained"\npath = "{folder / "other"}"\n\n[data]'
    (folder / "askwhy.toml").write_text(said.replace("[data]", second, 1), "utf-8")
    with served(commands_only(folder / "askwhy.toml")) as url:
        yield url


def test_two_models_side_by_side(visit):
    visitor = visit(viewport={"width": 1280, "height": 1000})
    visitor.ask('/where id = 2424 | compare with=model:"untrained"')
    aligned = visitor.answer.locator(".aw-aligned")
    expect(aligned.locator(".aw-pair").first.locator(".aw-side-line")).to_have_count(2)
    expect(visitor.answer).to_contain_text("untrained")
    visitor.shot("compare-models")
    visitor.tab("Compare")
    expect(visitor.page.locator("#aw-compare .aw-pair")).to_have_count(aligned.locator(".aw-pair").count())
    visitor.ask('/where id <= 200 | compare with=model:"untrained"')
    expect(visitor.answer).to_contain_text("SMS spam filter")
    visitor.shot("compare-models-rows")


def test_a_model_that_is_not_there_is_told(visit):
    visitor = visit()
    visitor.ask('/where id = 2424 | compare with=model:"nobody"')
    expect(visitor.page.locator(".bot").last).to_contain_text("There is no other model 'nobody' loaded")
