"""Plots on the page: marks that lead to their rows, the map, and the sign when an answer is not done yet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_a_cell_leads_to_its_rows_and_a_click_meanwhile_is_told_to_wait(visit):
    visitor = visit(viewport={"width": 1280, "height": 1100})
    visitor.ask("/confusion")
    cells = visitor.page.locator(".aw-answer").first.locator("button.aw-cell")
    expect(cells).to_have_count(4)
    visitor.tab("Charts")
    charts = visitor.page.locator("#aw-charts")
    expect(charts.locator(".aw-columns")).to_have_count(2, timeout=SLOW)
    count = int(cells.nth(2).locator("span").last.inner_text())
    visitor.page.get_by_label("Your question").fill("/where id = 2 | trust")  # it takes some seconds
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name="Stop", exact=True).wait_for(timeout=30_000)
    charts.locator("button.aw-pick").first.click()
    expect(visitor.page.locator(".aw-sign")).to_have_text(re.compile("wait for it, or stop it"))
    visitor.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=SLOW)
    cells.nth(2).click()
    expect(visitor.page.locator(".user").last).to_contain_text("show", timeout=SLOW)
    visitor.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=SLOW)
    expect(visitor.page.locator(".user").last).to_contain_text("split = test and label = spam and prediction = ham | show")
    expect(visitor.answer).to_contain_text(f"{count} messages")
    expect(charts.locator(".aw-chip")).to_have_count(3, timeout=SLOW)
    visitor.shot("charts")


def test_the_map_is_picked_from_by_a_box_and_by_the_keyboard(visit):
    visitor = visit(viewport={"width": 1280, "height": 1000})
    visitor.tab("Map")
    pane = visitor.page.locator("#aw-map")
    begin, canvas = pane.get_by_role("button", name="Make the map"), pane.locator("canvas.aw-map")
    expect(begin.or_(canvas)).to_be_visible(timeout=SLOW)
    if begin.count():
        begin.click()
    canvas.wait_for(timeout=300_000)
    canvas.focus()
    visitor.page.keyboard.press("ArrowRight")
    said = pane.locator(".aw-map-said")
    expect(said).to_have_text(re.compile(r"message \d+: "))
    named = re.search(r"message \d+", said.inner_text())[0]
    visitor.page.keyboard.press("Enter")
    visitor.answered(1)
    expect(visitor.answer).to_contain_text(named)
    pane.get_by_role("button", name="right and wrong", exact=True).click()
    expect(pane.locator(".aw-map-key")).to_contain_text("wrong (", timeout=SLOW)
    box = canvas.bounding_box()
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 3, box["y"] + 3)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2, steps=4)
    mouse.up()
    visitor.answered(2)
    expect(visitor.answer).to_contain_text("Understood as: where picked 1 | count")
    expect(pane.locator(".aw-chip")).to_have_text(re.compile("picked 1"), timeout=SLOW)
    visitor.shot("map")


def test_charts_and_map_fit_a_phone_in_the_dark(visit):
    visitor = visit(theme="dark", viewport={"width": 390, "height": 1200})
    visitor.ask("/calibration | score | statistics")
    for tab, picture in (("Charts", "#aw-charts .aw-matrix"), ("Map", "#aw-map .aw-side")):
        visitor.tab(tab)
        visitor.page.locator(picture).wait_for(timeout=SLOW)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
        visitor.shot(f"{tab.lower()}-phone-dark")
