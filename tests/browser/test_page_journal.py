"""What of a visitor goes into the journal, seen from the page and from programs, over a running server."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

from browsing import Visit
from kept_records import SECONDS, everything, kept, named, the
from pages import CITED, Scripted, scripted_page
from playwright.sync_api import expect

Open = Callable[..., Visit]


def unkept(one: Visit) -> None:
    """Set the switch in the dialog, as a visitor does who looks for it."""
    one.page.locator("#how").click()
    one.page.get_by_role("dialog").get_by_label("Don’t keep my questions").check()
    one.page.keyboard.press("Escape")


def test_a_question_is_kept_and_no_address_with_it(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    with one.page.expect_request("**/queue/join") as joined:
        one.ask("What is kept of this?")
    session = joined.value.post_data_json["session_hash"]
    one.settled()
    record = the("What is kept of this?", scripted.data_dir)
    assert (record.language, record.status, record.mode) == ("en", "answered", "extractive")
    assert record.cites == (CITED,)
    assert len(record.visitor) == 16
    held = everything(scripted.data_dir / "journal")
    assert b"What is kept of this?" in held
    assert b"127.0.0.1" not in held
    assert session.encode() not in held


def test_questions_of_one_page_are_one_visitors(scripted: Scripted, visit: Open) -> None:
    first, second = visit(scripted.address), visit(scripted.address)
    for one, question in ((first, "mine"), (first, "mine, too"), (second, "yours")):
        one.ask(question)
        one.settled()
    mine, too, yours = (the(question, scripted.data_dir).visitor for question in ("mine", "mine, too", "yours"))
    assert mine == too != yours


def test_what_was_stopped_or_failed_is_kept_as_such(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("slowly, and stopped")
    expect(one.last.locator(".prose")).to_contain_text("Well,")
    one.page.locator("#stop").click()
    one.settled("stopped")
    one.ask("boom goes this one")
    one.settled("failed")
    stopped, failed = the("slowly, and stopped", scripted.data_dir), the("boom goes this one", scripted.data_dir)
    assert (stopped.status, stopped.mode, stopped.language) == ("stopped", "", "en")
    assert (failed.status, failed.mode, failed.timings_ms) == ("failed", "", {})


def test_a_thumb_and_a_comment_are_kept_and_the_last_word_counts(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("Was it good?")
    one.settled()
    up = one.last.get_by_role("button", name="Helpful", exact=True)
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(one.page.locator("#toast")).to_have_text("Thank you, noted")
    assert the("Was it good?", scripted.data_dir).thumb == "up"
    one.last.locator(".comment textarea").fill("很有用 " * 400)
    one.last.get_by_role("button", name="Submit").click()
    expect(one.last.locator(".comment")).to_have_count(0)
    assert 900 < len(the("Was it good?", scripted.data_dir, lambda record: bool(record.comment)).comment) <= 1000
    one.last.get_by_role("button", name="Not helpful").click()
    expect(up).to_have_attribute("aria-pressed", "false")
    record = the("Was it good?", scripted.data_dir, lambda record: record.thumb == "down")
    assert (record.thumb, record.comment) == ("down", "")


def test_who_does_not_want_it_has_nothing_kept_and_no_thumbs(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("before the switch")
    one.settled()
    unkept(one)
    expect(one.last.get_by_role("button", name="Helpful", exact=True)).to_be_hidden()
    one.ask("Zanzibar, secretly")
    one.settled()
    one.page.reload()
    expect(one.page.locator("#askme")).to_have_attribute("data-unkept", "")
    one.ask("Zanzibar, secretly again")
    one.settled()
    expect(one.last.locator('[data-do="up"]')).to_have_count(0)
    other = visit(scripted.address)
    other.ask("after the other")
    other.settled()
    records = kept(scripted.data_dir, named("after the other"))
    assert named("before the switch")(records)
    assert b"Zanzibar" not in everything(scripted.data_dir / "journal")


def test_with_the_switch_on_not_even_an_earlier_answer_is_rated(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("asked, then thought better of it")
    one.settled()
    thumb = one.last.locator('[data-do="up"]')
    unkept(one)
    thumb.dispatch_event("click")
    expect(one.page.locator("#toast")).to_have_text("It could not be noted; please try later")
    assert the("asked, then thought better of it", scripted.data_dir).thumb == ""


def test_the_switch_on_the_first_screen_is_the_same_and_can_be_undone(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address, lang="zh")
    one.page.locator("#welcome").get_by_label("不要保留我的问题").check()
    expect(one.page.locator("dialog input[data-unkept]")).to_be_checked()
    one.page.reload()
    switch = one.page.locator("#welcome").get_by_label("不要保留我的问题")
    expect(switch).to_be_checked()
    switch.uncheck()
    one.page.reload()
    expect(switch).not_to_be_checked()


def test_a_browser_that_closes_its_storage_keeps_the_choice_while_the_page_is_open(
    scripted: Scripted, visit: Open
) -> None:
    one = visit("about:blank")
    one.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    one.page.goto(scripted.address)
    unkept(one)
    one.ask("Kilimanjaro, secretly")
    one.settled()
    assert not one.faults
    other = visit(scripted.address)
    other.ask("after the mountain")
    other.settled()
    kept(scripted.data_dir, named("after the mountain"))
    assert b"Kilimanjaro" not in everything(scripted.data_dir / "journal")


def test_the_dialog_says_what_is_kept_and_for_how_long(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.page.locator("#how").click()
    dialog = one.page.get_by_role("dialog")
    expect(dialog).to_contain_text("deleted after 90 days")
    expect(dialog).not_to_contain_text("Hugging Face")


def test_with_no_days_nothing_is_kept_and_nothing_is_promised(tmp_path: Path, visit: Open) -> None:
    with scripted_page(tmp_path, journal_days=0) as page:
        one = visit(page.address)
        one.ask("What then?")
        one.settled()
        expect(one.last.locator('[data-do="copy"]')).to_be_visible()
        expect(one.last.locator('[data-do="up"]')).to_have_count(0)
        expect(one.page.locator("input[data-unkept]")).to_have_count(0)
        one.page.locator("#how").click()
        expect(one.page.get_by_role("dialog")).to_contain_text("Questions are not kept, and no ratings are collected")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_costs_no_answer_and_the_visitor_is_told_of_the_thumb(
    tmp_path: Path, visit: Open
) -> None:
    (tmp_path / "journal").write_text("in the way")
    with scripted_page(tmp_path) as page:
        one = visit(page.address)
        one.ask("What then?")
        one.settled()
        one.last.get_by_role("button", name="Helpful", exact=True).click()
        expect(one.page.locator("#toast")).to_have_text("It could not be noted; please try later")
        with urllib.request.urlopen(f"{page.address}/healthz", timeout=SECONDS) as response:
            assert json.load(response)["journal"] == "failing"
