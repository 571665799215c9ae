"""Takes the README's screenshot: `make screenshot`. A real browser, the real page, a real conversation."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from assistant.assemble import assistant_for
from assistant.web.page import build, launch_options

QUESTIONS = ("Why is message 2 spam?", "What if it said 'old' instead of 'free'?")
TARGET = Path(__file__).parents[2] / "docs" / "screenshot.png"


def main() -> None:
    page = build(assistant_for("sms", lambda stage, share: None))
    _, url, _ = page.launch(server_name="127.0.0.1", server_port=None, quiet=True, prevent_thread_lock=True, **launch_options())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page(viewport={"width": 1100, "height": 1250})
        view.goto(f"{url}?__theme=light")
        for place, question in enumerate(QUESTIONS, 1):
            view.get_by_label("Your question").fill(question)
            view.keyboard.press("Enter")
            view.locator(".user").nth(place - 1).wait_for(timeout=60_000)
            view.get_by_role("button", name="Ask", exact=True).wait_for(timeout=60_000)
            view.wait_for_timeout(1000)
        view.screenshot(path=TARGET)
        browser.close()
    page.close()
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
