"""The page for everybody: axe-core in every state, the keyboard, fingers, screen readers, calm motion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Visit
from pages import Scripted
from playwright.sync_api import expect

Open = Callable[..., Visit]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": False}},  # it counts what has scrolled below the box; measured below
}
SMALLEST = 44
"""Pixels that a finger needs."""


def serious(one: Visit) -> list[str]:
    one.page.wait_for_timeout(350)  # colours fade in
    found = Axe().run(one.page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("lang", "theme", "size"),
    [("zh", "light", DESKTOP), ("en", "dark", DESKTOP), ("en", "light", PHONE), ("zh", "dark", PHONE)],
    ids=["zh-light-desktop", "en-dark-desktop", "en-light-phone", "zh-dark-phone"],
)
def test_axe_finds_nothing_serious(resume_page: str, visit: Open, lang: str, theme: str, size: dict[str, int]) -> None:
    one = visit(f"{resume_page}/?__theme={theme}", lang=lang, **size)
    assert serious(one) == []
    one.ask("他在 TikTok 做了什么？" if lang == "zh" else "What did he do at TikTok?")
    one.settled()
    one.last.locator("a.cite").nth(3).click()
    one.last.locator('[data-do="down"]').click()
    assert serious(one) == []
    one.ask("期望薪资多少？" if lang == "zh" else "what salary does he expect?")
    one.settled("not_in_resume")
    one.page.locator("#how").click()
    assert serious(one) == []


def test_axe_finds_nothing_serious_in_other_states_and_embedded(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("slowly")
    expect(one.last.locator(".card").first).to_be_visible()
    assert serious(one) == []
    one.settled()
    one.ask("boom")
    one.settled("failed")
    assert serious(one) == []
    other = visit(f"{scripted.address}/?embed=1", width=380, height=600)
    other.ask("poem")
    other.settled("declined")
    assert serious(other) == []


def test_fingers_and_ios_find_what_they_need(resume_page: str, visit: Open) -> None:
    one = visit(resume_page, **PHONE)
    assert float(one.box.evaluate("e => getComputedStyle(e).fontSize").removesuffix("px")) >= 16
    buttons = one.page.locator("button:visible, summary:visible, #bar a:visible, .ways a:visible, textarea:visible")
    assert too_small(buttons.all()) == []
    one.ask("what did he do at TikTok?")
    one.settled()
    expect(one.last.locator(".chip").first).to_be_visible()
    one.last.locator("a.cite").last.click()
    one.page.wait_for_timeout(300)
    assert too_small(buttons.all()) == []


def too_small(targets: list) -> list[str]:
    boxes = [(each.inner_text() or each.get_attribute("aria-label"), each.bounding_box()) for each in targets]
    return [f"{name}: {box}" for name, box in boxes if box and (box["height"] < SMALLEST or box["width"] < SMALLEST)]


def test_the_keyboard_reaches_everything_in_order(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.page.keyboard.press("Tab")
    expect(one.page.get_by_role("link", name="Skip to the question")).to_be_focused()
    one.page.keyboard.press("Enter")
    one.page.keyboard.type("What then?")
    one.page.keyboard.press("Enter")
    one.settled()
    expect(one.box).to_be_focused()
    expect(one.last.locator(".chip")).to_be_visible()
    reached = []
    one.last.locator("h2").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    for _ in range(9):
        one.page.keyboard.press("Tab")
        reached.append(one.page.evaluate("document.activeElement.dataset.do ?? document.activeElement.className"))
        assert one.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == ["edit", "cite", "", "copy", "link", "up", "down", "retry", "chip"]


def test_a_screen_reader_is_told_that_it_looks_and_what_it_found(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    speaker = one.page.get_by_role("status").first
    one.ask("slowly")
    expect(speaker).to_have_text("Looking in the résumé")
    one.settled()
    expect(speaker).to_contain_text("Well, there were 0 before")
    expect(one.page.get_by_role("heading", name="You asked: slowly")).to_be_visible()


def test_nothing_jumps_while_an_answer_grows(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address, reduced_motion="reduce")
    one.ask("first")
    one.settled()
    one.ask("slowly")
    expect(one.last.locator(".card").first).to_be_visible()
    before = one.last.bounding_box()["y"]
    assert 0 <= before <= 60
    bottom = one.page.locator("#askme").evaluate("e => Math.round(e.getBoundingClientRect().bottom + scrollY)")
    assert one.page.evaluate("document.documentElement.scrollHeight") == bottom
    one.settled()
    one.page.wait_for_timeout(200)
    assert one.last.bounding_box()["y"] == before
