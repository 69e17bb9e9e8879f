"""What can be done besides asking: share, judge, take away, read how it works, change language and theme."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import Visit
from pages import Scripted
from playwright.sync_api import expect

Open = Callable[..., Visit]


@pytest.fixture
def answered(scripted: Scripted, visit: Open) -> Visit:
    one = visit(scripted.address)
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one.ask("What then?")
    one.settled()
    return one


def clipboard(one: Visit) -> str:
    return str(one.page.evaluate("navigator.clipboard.readText()"))


def test_an_answer_is_copied_with_its_sources(answered: Visit) -> None:
    answered.last.get_by_role("button", name="Copy the answer with its sources").click()
    expect(answered.page.locator("#toast")).to_have_text("Copied")
    said = clipboard(answered)
    assert said.startswith("What then?\n\nWell, there were 0 before\xa0[1]\n\nFrom the résumé\n[1] ")
    assert "UV_CTR +0.4300%" in said
    assert "显著提升" in said


def test_a_link_to_a_question_asks_it_at_once_and_once(answered: Visit, visit: Open) -> None:
    answered.last.get_by_role("button", name="Copy a link to this question").click()
    expect(answered.page.locator("#toast")).to_have_text("Copied")
    link = clipboard(answered)
    assert parse_qs(urlsplit(link).query) == {"q": ["What then?"], "lang": ["en"]}
    other = visit(link, lang="zh")
    other.settled()
    expect(other.last.locator(".question")).to_have_text("What then?")
    expect(other.page.locator("#send")).to_contain_text("Send")
    assert "q=" not in other.page.url
    other.page.reload()
    other.settled()
    expect(other.page.locator("#e1-1")).to_be_visible()  # the one that was kept, not asked again
    expect(other.exchanges).to_have_count(1)


@pytest.mark.parametrize(
    ("lang", "menu", "choice", "ending", "held"),
    [
        ("en", "Evidence brief", "Download as Markdown", ".md", "## What then?"),
        ("zh", "证据摘要", "下载可打印的网页", ".html", "<h2>What then?</h2>"),
    ],
)
def test_the_conversation_is_taken_away_as_a_brief(
    scripted: Scripted, visit: Open, lang: str, menu: str, choice: str, ending: str, held: str
) -> None:
    one = visit(scripted.address, lang=lang)
    one.ask("What then?")
    one.settled()
    one.page.locator("#brief summary", has_text=menu).click()
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name=choice).click()
    assert download.value.suggested_filename == f"zachery-ye-brief{ending}"
    text = download.value.path().read_text(encoding="utf-8")
    assert held in text
    assert "显著提升" in text
    assert "mall GMV per user" in text


def test_how_it_works_is_told_in_a_dialog_and_the_keyboard_returns(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    button = one.page.get_by_role("button", name="How it works")
    button.click()
    dialog = one.page.get_by_role("dialog")
    expect(dialog).to_contain_text("What is kept, and for how long")
    one.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_the_language_changes_without_a_reload(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address, lang="zh")
    expect(one.page.locator("html")).to_have_attribute("lang", "zh")
    one.ask("第一个")
    one.settled()
    expect(one.page.locator("#send")).to_contain_text("发送")
    one.page.get_by_role("button", name="English").click()
    expect(one.exchanges).to_have_count(1)
    expect(one.page.locator("#send")).to_contain_text("Send")
    expect(one.box).to_have_attribute("placeholder", "Ask in English or Chinese")
    expect(one.last.get_by_role("button", name="Copy the answer with its sources")).to_be_visible()
    one.page.reload()
    expect(one.page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("query", "scheme", "dark"),
    [("", "light", False), ("", "dark", True), ("?__theme=dark", "light", True), ("?__theme=light", "dark", False)],
)
def test_light_and_dark_follow_the_system_and_the_address(
    scripted: Scripted, visit: Open, query: str, scheme: str, dark: bool
) -> None:
    one = visit(f"{scripted.address}/{query}", color_scheme=scheme)
    paper = one.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(int(part) for part in paper[4:-1].split(",")) < 200) is dark


def test_on_a_phone_menu_and_dialog_stay_within_reach(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address, width=390, height=640)
    one.ask("What then?")
    one.settled()
    one.page.locator("#brief summary").click()
    menu = one.page.locator("#brief > div").bounding_box()
    assert 0 <= menu["x"] < menu["x"] + menu["width"] <= 390
    one.page.keyboard.press("Escape")
    one.page.locator("#how").click()
    dialog = one.page.locator("#explained")
    dialog.evaluate("dialog => dialog.scrollTo(0, dialog.scrollHeight)")
    expect(dialog.locator("h3").first).not_to_be_in_viewport()
    expect(dialog.locator('[data-do="close"]')).to_be_in_viewport(ratio=1)
