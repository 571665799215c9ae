"""Takes the README's screenshot: `make screenshot`. A real browser, the real page, a real conversation."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from assistant.assemble import assistant_for
from assistant.web.page import build

from .serving import served

QUESTIONS = ("Why is message 2424 spam?", "What if it said 'home' instead of '08718723815'?")
VIEW = {"width": 1100, "height": 1120}
PATIENCE = 300_000  # milliseconds for an answer; the machine may have other work
TARGET = Path(__file__).parents[2] / "docs" / "screenshot.png"


def main() -> None:
    with served(build(assistant_for("sms", lambda stage, share: None))) as url, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport=VIEW)
        view.set_default_timeout(PATIENCE)
        view.goto(f"{url}/?__theme=light")
        for place, question in enumerate(QUESTIONS, 1):
            _ask(view, question, place)
        view.evaluate("document.activeElement.blur()")
        view.evaluate("document.fonts.ready")
        view.wait_for_timeout(1500)  # until the pane beside is drawn and the chat has scrolled
        view.screenshot(path=TARGET, animations="disabled")
        browser.close()
    print(f"wrote {TARGET.name}")


def _ask(view: Page, question: str, place: int) -> None:
    """Ask, and wait until the answer stands there with its command under it."""
    view.get_by_label("Your question").fill(question)
    view.keyboard.press("Enter")
    view.locator(".user").nth(place - 1).wait_for()
    view.locator(".aw-understood").nth(place - 1).wait_for()
    view.get_by_role("button", name="Ask", exact=True).wait_for()


if __name__ == "__main__":
    main()
