"""/insights in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Browser
from journalling import ADDRESS, answer
from pages import scripted_page

from askme.settings import load_settings
from askme.web.recorder import journal_of

TOKEN = "a token of 22 letters é"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_browser_shows_it_without_complaint(tmp_path: Path, browser: Browser, width: int, scheme: str) -> None:
    journal = journal_of(load_settings(data_dir=tmp_path))
    journal.record(answer(), ADDRESS)
    journal.close()
    login = {"username": "me", "password": TOKEN}
    context = browser.new_context(viewport={"width": width, "height": 800}, http_credentials=login, color_scheme=scheme)
    shown, faults = context.new_page(), list[str]()
    shown.on("console", lambda said: faults.append(said.text))
    shown.on("pageerror", lambda error: faults.append(str(error)))
    with scripted_page(tmp_path, admin_token=TOKEN) as page:
        shown.goto(f"{page.address}/insights")
    assert shown.locator("h1").inner_text() == "What visitors asked about Zachery Ye"
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    paper = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in paper[4:-1].split(",")) < 200) is (scheme == "dark")
    assert not faults
    context.close()
