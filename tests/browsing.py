"""A browser and a visitor in it, for the tests that see the page. conftest hands the fixtures to all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if not chromium:
        missing = "no chromium on the PATH; the page is only tested with one (Debian: apt install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    expect.set_options()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


class Visit:
    """One visitor's browser window."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, height: int = 800) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.hosts: set[str | None] = set()
        self.dialogs: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto(address)
        self.box = self.page.locator("#question textarea")
        self.answers, self.sources = self.page.locator("#chat .bot-row"), self.page.locator("#sources")
        expect(self.box).to_be_editable()

    def ask(self, question: str) -> Locator:
        """Ask, and return the locator of the answer to come."""
        before = self.answers.count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.answers.nth(before)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def opened(address: str, **viewport: int) -> Visit:
        visits.append(Visit(browser, address, **viewport))
        return visits[-1]

    yield opened
    for each in visits:
        each.page.close()
