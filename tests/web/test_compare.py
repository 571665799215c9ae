"""Two texts or two explanations side by side: in the answer, and beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_methods_edits_and_rows_stand_side_by_side(visit):
    visitor = visit(viewport={"width": 1280, "height": 1000})
    visitor.ask("/where id = 2 | compare with=method:occlusion")
    pairs = visitor.answer.locator(".aw-pair")
    count = pairs.count()
    assert count > 20 and pairs.first.locator(".aw-side-line").count() == 2
    heard = pairs.first.locator(".aw-heard").inner_text()
    assert re.match(r"Free\. integrated gradients: speaks for spam: \+\d\.\d\d; leaving one out: speaks", heard), heard
    above, below = (pairs.nth(3).locator(".aw-side-line").nth(place).bounding_box() for place in (0, 1))
    assert above["y"] < below["y"] and above["x"] == below["x"]
    visitor.shot("compare-methods")
    pane = visitor.page.locator("#aw-compare")
    expect(pane.locator(".aw-pair")).to_have_count(count)  # an answer that compares brings its tab to the front

    visitor.ask('/edit kind=replace old="free" new="paid" which=1')
    expect(visitor.page.get_by_role("tab", name="Focus")).to_have_attribute("aria-selected", "true")
    visitor.tab("Compare")
    pane.get_by_role("button", name="With the original").click()
    expect(pane.locator(".aw-pair .aw-out")).to_have_count(1, timeout=60_000)
    expect(pane.locator(".aw-pair .aw-in")).to_contain_text("paid")
    visitor.shot("compare-edit")
    visitor.ask("/where id = 9 | predict")  # who chose a tab is left there
    expect(pane.locator(".aw-pair .aw-out")).to_be_visible()

    visitor.ask("/where id in (2, 9) | compare")
    expect(pane.locator(".aw-two > div")).to_have_count(2)
    visitor.shot("compare-rows")


def test_it_fits_a_phone_in_the_dark(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 844})
    for number, question in enumerate(("/where id = 2 | compare with=method:lime", "/where id in (2, 9) | compare")):
        visitor.ask(question)
        visitor.answer.locator(".aw-aligned").scroll_into_view_if_needed()
        visitor.shot(f"compare-phone-{number}")
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
        inside = visitor.answer.locator(".aw-aligned").evaluate("one => one.scrollWidth <= one.clientWidth + 1")
        assert inside, question
        legend = visitor.answer.locator(".aw-aligned > .aw-legend").first.bounding_box()["y"]
        for one in visitor.answer.locator(".aw-pair, .aw-two > div").all():
            box = one.bounding_box()
            assert box["y"] + box["height"] <= legend + 1, (question, box)
