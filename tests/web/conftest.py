"""A served page and a browser that looks at it and writes down whatever goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.api.endpoints import Endpoints
from assistant.api.gate import gate, launched
from assistant.assemble import assistant_for
from assistant.web.page import build

from .serving import served

SHOTS = Path(__file__).parent / "screenshots"
SLOW = 90_000  # milliseconds; CI machines are shared
LAST_IS_ANSWERED = """() => {
  const question = [...document.querySelectorAll('.user-row')].at(-1), answer = [...document.querySelectorAll('.aw-answer')].at(-1);
  if (!question || !answer || answer.querySelector('.aw-stage')) return false;
  return Boolean(question.compareDocumentPosition(answer) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""

WATCH_FOR_ANSWERS = """() => {
  window.another = false;
  const isAnswer = (node) => node.nodeType === 1 && (node.matches('.aw-answer') || node.querySelector('.aw-answer'));
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(isAnswer))) window.another = true;
  }).observe(document.body, {childList: true, subtree: true});
}"""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The demo's page, served in this process on a free port."""
    assistant = assistant_for("sms", lambda stage, share: None)
    page, server = build(assistant, Endpoints(assistant)), assistant.workspace.settings.server
    with served(page, **launched(server, gate(server))) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One visitor's page. `errors` and `outside` must stay empty."""

    page: Page
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, send it, and wait for the finished answer."""
        self.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=SLOW)  # or the page says to wait
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.finished(question)

    def _laid_out(self) -> None:
        """Wait until Gradio has found out which tabs have room, which it does a moment after they are there."""
        before, same = -1, 0
        while same < 5:
            seen = self.page.locator(".aw-tabs [role=tab]:visible").count()
            before, same = seen, same + 1 if seen == before and seen else 0
            self.page.wait_for_timeout(100)

    def tab(self, name: str) -> None:
        """Choose a tab beside the chat; on a narrow page it stands behind the dots."""
        self._laid_out()
        tab = self.page.get_by_role("tab", name=name, exact=True)
        if tab.count() and tab.first.is_visible():
            tab.first.click()
            return
        self.page.locator(".aw-tabs .overflow-menu button").first.click()
        self.page.locator(".aw-tabs .overflow-menu").get_by_text(name, exact=True).last.click()

    def finished(self, question: str) -> None:
        self.page.locator(".user").last.get_by_text(question, exact=False).wait_for(timeout=SLOW)
        self._done()

    def answered(self, number: int) -> None:
        """Wait until a click was answered, which made so many questions in all."""
        expect(self.page.locator(".user-row")).to_have_count(number, timeout=SLOW)
        self._done()

    @contextmanager
    def another(self) -> Iterator[None]:
        """What is done within leads to another answer in the same place; waits for it, however short the work was."""
        self.page.evaluate(WATCH_FOR_ANSWERS)
        yield
        self.page.wait_for_function("() => window.another", timeout=SLOW)
        self._done()

    def _done(self) -> None:
        """The button alone does not tell: Gradio may show the question a moment before the button says that work is under way."""
        self.page.wait_for_function(LAST_IS_ANSWERED, timeout=SLOW)
        self.page.get_by_role("button", name="Ask", exact=True).wait_for(timeout=SLOW)

    @property
    def answer(self):
        return self.page.locator(".aw-answer").last

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator:
    """Opens pages: `visit()` for a visitor, with options for the browser's context."""
    contexts, visitors = [], []

    def opened(theme: str = "light", question: str = "Your question", **options: object) -> Visitor:
        options.setdefault("locale", "en-US")
        context = chromium.new_context(viewport=options.pop("viewport", {"width": 1200, "height": 1000}), **options)
        contexts.append(context)
        visitor = Visitor(context.new_page())
        visitors.append(visitor)
        visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        visitor.page.on("console", lambda message: visitor.errors.append(message.text) if message.type == "error" else None)
        visitor.page.on(
            "request",
            lambda request: None if request.url.startswith((address, "data:", "blob:")) else visitor.outside.append(request.url),
        )
        visitor.page.goto(f"{address}/?__theme={theme}")
        visitor.page.get_by_label(question).wait_for(timeout=SLOW)
        return visitor

    yield opened
    for context in contexts:
        context.close()
    for visitor in visitors:
        assert visitor.errors == []
        assert visitor.outside == []
