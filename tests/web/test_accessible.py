"""What an automatic check of accessibility (axe-core) finds: nothing serious, however the page looks."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.real]
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python comes with the extra [test]")
SERIOUS = ("serious", "critical")


def complaints(page) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 1200), ("light", 390), ("dark", 390)])
def test_nothing_serious_is_found(visit, theme, width):
    visitor = visit(theme=theme, viewport={"width": width, "height": 900})
    page = visitor.page
    assert complaints(page) == []
    visitor.ask("/where id = 2 | attribute")
    page.get_by_role("button", name="Guided tour").click()
    page.get_by_role("button", name="Begin").wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(1500)  # until it is drawn
        assert complaints(page) == []
