"""Whatever is typed, pasted or linked to: a calm page, no script run, nothing from another host."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from browsing import Visit
from pages import Scripted
from playwright.sync_api import Route, expect

from askme.web.html.messages import TEXTS

Open = Callable[..., Visit]
ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "![x](http://attacker.example/x.png) [a](javascript:alert(1)) $\\frac{1}{2}$",
    "<form action=http://attacker.example><input></form><style>*{display:none}</style>",
    "</h2></article><script>alert(1)</script>",
]


def assert_calm(one: Visit) -> None:
    assert not one.dialogs
    assert not one.faults
    assert one.hosts == {"127.0.0.1"}
    assert one.page.evaluate("document.querySelectorAll('#chat :is(img, script, style, input, iframe)').length") == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_question_is_shown_as_typed(resume_page: str, visit: Open, attack: str) -> None:
    one = visit(resume_page)
    one.ask(attack)
    expect(one.last).not_to_have_attribute("data-state", "answering")
    expect(one.last.locator(".question")).to_have_text(attack)
    one.page.wait_for_selector("#askme:not([data-busy])")
    expect(one.ask("他在 Shopee 做了多久？")).to_contain_text("[1]")
    assert_calm(one)


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '"><svg onload=alert(1)>'])
def test_a_script_in_a_link_does_not_run(scripted: Scripted, visit: Open, attack: str) -> None:
    one = visit(f"{scripted.address}/?q={quote(attack)}&lang={quote(attack)}&__theme={quote(attack)}")
    one.settled()
    expect(one.last.locator(".question")).to_have_text(attack)
    assert_calm(one)


def test_a_question_pasted_as_html_is_text(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.box.focus()
    one.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/html", "<b onclick=alert(1)>bold</b><img src=http://attacker.example/x.png>");
            data.setData("text/plain", "bold");
            const box = document.querySelector("#question");
            if (box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})))
                document.execCommand("insertText", false, data.getData("text/plain"));
        }"""
    )
    expect(one.box).to_have_value("bold")
    one.box.press("Enter")
    one.settled()
    assert_calm(one)


def test_a_megabyte_pasted_is_told_to_be_too_long_and_the_page_goes_on(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one.page.evaluate("navigator.clipboard.writeText('长问题 '.repeat(260000))")
    one.box.focus()
    one.page.keyboard.press("ControlOrMeta+v")
    note = one.page.locator("#toolong")
    expect(note).to_contain_text("at most 2,000 characters")
    one.box.press("Enter")
    expect(one.exchanges).to_have_count(0)
    assert 2_000 < len(one.box.input_value()) <= 4_000
    one.box.fill("y" * 2_000)
    expect(note).to_be_hidden()
    one.box.press("Enter")
    one.settled()
    expect(one.last.locator(".prose")).to_be_in_viewport()
    assert one.page.evaluate("document.documentElement.scrollWidth") == 1280
    assert_calm(one)


def test_a_link_with_too_long_a_question_leaves_it_in_the_box(scripted: Scripted, visit: Open) -> None:
    one = visit(f"{scripted.address}/?lang=zh&q={'x' * 2_001}", lang="zh")
    expect(one.page.locator("#toolong")).to_contain_text("最多 2000 个字符")
    expect(one.box).to_have_value("x" * 2_001)
    expect(one.exchanges).to_have_count(0)


def test_a_question_that_only_the_server_finds_too_long_is_told_so(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.page.route("**/queue/join", too_long)
    expect(one.ask("short")).to_contain_text(TEXTS["long"].en)
    one.page.unroute("**/queue/join")
    one.settled("long")
    one.last.locator('.notice [data-do="edit"]').click()
    one.box.fill("shorter")
    one.box.press("Enter")
    expect(one.answers).to_contain_text("0 before [1]")


def too_long(route: Route) -> None:
    said = json.loads(route.request.post_data or "")
    said["data"][0] = json.dumps({**json.loads(said["data"][0]), "question": "x" * 3_000})
    route.continue_(post_data=json.dumps(said))


def test_what_hides_in_a_question_is_not_shown(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("how\x07 \u202elong\u200b was\U000e0041 he there?")
    one.settled()
    assert one.last.locator(".question").text_content() == "how  long was he there?"


def test_an_empty_question_is_not_asked(scripted: Scripted, visit: Open) -> None:
    one = visit(f"{scripted.address}/?q=%20%0A")
    one.box.fill("  \n ")
    one.send.click()
    expect(one.exchanges).to_have_count(0)
    expect(one.box).to_be_focused()


def test_an_input_methods_enter_does_not_send(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.box.fill("ta zai")
    one.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    one.box.press("Shift+Enter")
    expect(one.exchanges).to_have_count(0)
