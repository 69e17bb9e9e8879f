"""A browser and a visitor in it, for the tests that see the page. conftest hands the fixtures to all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
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


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """Yield a running Chromium, started with `more` arguments; without one fail in CI, else skip the tests."""
    chromium = shutil.which("chromium")
    if not chromium:
        missing = "no chromium on the PATH; the page is only tested with one (Debian: apt install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *more])
        yield running
        running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


class Visit:
    """One visitor's browser window, in a profile of its own. What went wrong in it is kept in `faults`."""

    def __init__(
        self, browser: Browser, address: str, width: int = 1280, height: int = 800, lang: str = "en", **more: Any
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale={"en": "en-US", "zh": "zh-CN"}[lang], **more
        )
        self.page = self.context.new_page()
        self.hosts: set[str | None] = set()
        self.dialogs: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        self.page.goto(address)
        self.box, self.send = self.page.locator("#question"), self.page.locator("#send")
        self.exchanges = self.page.locator(".exchange")
        self.answers = self.page.locator(".answer")

    @property
    def last(self) -> Locator:
        """The exchange that was asked last."""
        return self.exchanges.last

    @property
    def cards(self) -> Locator:
        """The numbered evidence of the last exchange."""
        return self.last.locator(".card[data-n]")

    def ask(self, question: str) -> Locator:
        """Ask, and return the locator of the answer to come."""
        before = self.exchanges.count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.answers.nth(before)

    def settled(self, state: str = "answered") -> None:
        """Wait until the last exchange is in a state, and a new question can be asked."""
        expect(self.last).to_have_attribute("data-state", state)
        expect(self.page.locator("#askme")).not_to_have_attribute("data-busy", "")


def boxes(within: Locator, *parts: str) -> list[dict[str, float]]:
    """Return where the parts are (pixels from the window's corner), all at one moment: the page may be scrolling."""
    found: list[dict[str, float]] = within.evaluate(
        "(e, parts) => parts.map((part) => e.querySelector(part).getBoundingClientRect().toJSON())", list(parts)
    )
    return found


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def opened(address: str, **how: Any) -> Visit:
        visits.append(Visit(browser, address, **how))
        return visits[-1]

    yield opened
    for each in visits:
        each.context.close()
