"""Takes the pictures of the README and of docs/page.md: `make screenshot`. A real browser, the real page, real conversations."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from assistant.assemble import assistant_for
from assistant.web.page import build

from .serving import served

PATIENCE = 300_000  # milliseconds for an answer; the machine may have other work
SETTLED = 1500  # milliseconds until the pane beside is drawn and the chat has scrolled
DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Picture:
    """A file in docs/, what it shows, what is asked for it, one question after another, and the tab that is chosen then."""

    file: str
    about: str
    questions: tuple[str, ...]
    tab: str | None = None
    theme: str = "light"
    view: tuple[int, int] = (1100, 1000)


PICTURES = (
    Picture(
        "screenshot.png",
        "A change of one word: what the model says after and before, and what moved.",
        ("Why is message 2424 spam?", "What if it said 'home' instead of '08718723815'?"),
    ),
    Picture(
        "compare.png",
        "Two methods side by side; a comparison stands beside the conversation too.",
        ("Why is message 2424 spam?", "/compare with=method:occlusion"),
    ),
    Picture(
        "rows.png",
        "The rows that are talked about: searched, sorted, filtered, a click away.",
        ("Which ones did you get wrong?",),
        "Rows",
    ),
    Picture(
        "charts.png", "Charts of the model's errors; each mark is clicked into a selection.", ("How good are you?",), "Charts"
    ),
    Picture("phone.png", "On a phone, in the dark.", ("Why is message 2424 spam?",), theme="dark", view=(390, 844)),
)


def main() -> None:
    with served(build(assistant_for("sms", lambda stage, share: None))) as url, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            _take(browser, url, picture)
            print(f"wrote {picture.file}")
        browser.close()
    page = ["# The page, in pictures", "", "Taken by `make screenshot`; do not edit by hand."]
    for picture in PICTURES:
        page += ["", picture.about, "", f"![{picture.about}]({picture.file})"]
    (DOCS / "page.md").write_text("\n".join(page) + "\n", "utf-8")


def _take(browser: Browser, url: str, picture: Picture) -> None:
    width, height = picture.view
    view = browser.new_page(viewport={"width": width, "height": height}, locale="en-US")
    view.set_default_timeout(PATIENCE)
    view.goto(f"{url}/?__theme={picture.theme}")
    for place, question in enumerate(picture.questions, 1):
        _ask(view, question, place)
    if picture.tab is not None:
        view.get_by_role("tab", name=picture.tab, exact=True).click()
    view.evaluate("document.activeElement.blur()")
    view.evaluate("document.fonts.ready")
    view.wait_for_timeout(SETTLED)
    view.screenshot(path=DOCS / picture.file, animations="disabled")
    view.close()


def _ask(view: Page, question: str, place: int) -> None:
    """Ask, and wait until the answer stands there with its command under it."""
    view.get_by_label("Your question").fill(question)
    view.keyboard.press("Enter")
    view.locator(".user").nth(place - 1).wait_for()
    view.locator(".aw-understood").nth(place - 1).wait_for()
    view.get_by_role("button", name="Ask", exact=True).wait_for()


if __name__ == "__main__":
    main()
