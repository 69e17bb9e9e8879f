"""The page when things don't go as they should: failures, stopping, crowds, lost connections, impatience."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import Visit
from cable import Cable
from pages import BESIDE, CITED, Scripted, scripted_page
from playwright.sync_api import expect

from askme.web.html.messages import TEXTS

Open = Callable[..., Visit]


@pytest.mark.parametrize("question", ["boom secret", "late secret"])
def test_a_failure_ends_in_a_sentence_and_the_page_goes_on(
    scripted: Scripted, visit: Open, caplog: pytest.LogCaptureFixture, question: str
) -> None:
    one = visit(scripted.address)
    expect(one.ask(question)).to_contain_text(TEXTS["failed"].en)
    one.settled("failed")
    expect(one.ask("again")).to_contain_text("0 before [1]")
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_conversation_is_remembered_and_shared_with_nobody(scripted: Scripted, visit: Open) -> None:
    one, other = visit(scripted.address), visit(scripted.address)
    expect(one.ask("first")).to_contain_text("0 before [1]")
    one.settled()
    expect(one.ask("second")).to_contain_text("1 before [1]")
    expect(other.ask("first")).to_contain_text("0 before [1]")
    one.settled()
    tab = one.context.new_page()
    tab.goto(scripted.address)
    tab.locator("#question").fill("first of a second tab")
    tab.locator("#question").press("Enter")
    expect(tab.locator(".answer")).to_contain_text("0 before [1]")


def test_evidence_shows_grey_before_the_answer_and_what_is_cited_stays(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("slowly")
    card, beside = (one.last.locator(f'.card[data-id="{id_}"]') for id_ in (CITED, BESIDE))
    expect(card).to_have_class("card maybe")
    expect(beside).to_be_visible()
    one.settled()
    expect(card).to_have_class("card")
    expect(beside).to_have_count(0)


def test_stop_ends_an_answer_and_it_can_be_asked_again(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    answer = one.ask("slowly")
    expect(answer).to_contain_text("Well,")
    one.page.get_by_role("button", name="Stop").click()
    one.settled("stopped")
    expect(answer).to_contain_text(TEXTS["stopped"].en)
    expect(one.page.locator("#stop")).to_be_hidden()
    expect(one.ask("again")).to_contain_text("0 before [1]")


def test_asking_again_takes_the_place_of_the_last_answer(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("first")
    one.settled()
    one.ask("second")
    one.settled()
    one.last.get_by_role("button", name="Ask again").click()
    one.settled()
    expect(one.exchanges).to_have_count(2)
    expect(one.answers.last).to_contain_text("1 before [1]")


def test_the_last_question_can_be_edited_and_left_as_it_was(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("frist")
    one.settled()
    one.last.get_by_role("button", name="Edit the question").click()
    expect(one.box).to_have_value("frist")
    one.page.keyboard.press("Escape")
    expect(one.box).to_have_value("")
    one.last.get_by_role("button", name="Edit the question").click()
    one.box.fill("first")
    one.box.press("Enter")
    one.settled()
    expect(one.exchanges).to_have_count(1)
    expect(one.last.locator(".question")).to_have_text("first")
    expect(one.answers).to_contain_text("0 before [1]")


def test_a_full_queue_says_so_and_keeps_the_question(visit: Open, tmp_path: Path) -> None:
    with scripted_page(tmp_path, concurrency=1, queue_size=1) as page:
        running, waiting, refused = (visit(page.address) for _ in range(3))
        running.ask("hold")
        expect(running.last.locator(".card")).to_have_count(2)
        with waiting.page.expect_response("**/queue/join"):
            waiting.ask("me too")
        expect(refused.ask("and me")).to_contain_text(TEXTS["busy"].en)
        page.chain.released.set()
        expect(waiting.answers.last).to_contain_text("before [1]")
        refused.last.get_by_role("button", name="Ask again").click()
        expect(refused.answers).to_contain_text("before [1]")
        expect(refused.last.locator(".question")).to_have_text("and me")


def test_the_place_in_the_line_is_shown_in_both_languages(visit: Open, tmp_path: Path) -> None:
    with scripted_page(tmp_path, concurrency=1, queue_size=5) as page:
        running, second, third = visit(page.address), visit(page.address), visit(page.address, lang="zh")
        running.ask("hold")
        expect(running.last.locator(".card")).to_have_count(2)
        expect(second.ask("me too")).to_contain_text("in the line you are number 1")
        expect(third.ask("me too")).to_contain_text("第 2 位")
        second.page.get_by_role("button", name="Stop").click()
        second.settled("stopped")
        expect(third.answers.last).to_contain_text("第 1 位")
        page.chain.released.set()
        expect(third.answers.last).to_contain_text("0 before [1]")
        expect(third.answers.last).not_to_contain_text("第 1 位")


@pytest.mark.parametrize(("status", "state"), [(429, "limit"), (503, "busy"), (409, "busy"), (500, "failed")])
def test_a_question_that_is_not_let_in_is_kept(scripted: Scripted, visit: Open, status: int, state: str) -> None:
    one = visit(scripted.address)
    one.page.route("**/queue/join", lambda route: route.fulfill(status=status, body="{}"))
    expect(one.ask("let me in")).to_contain_text(TEXTS[state].en)
    one.page.unroute("**/queue/join")
    one.last.get_by_role("button", name="Ask again").click()
    expect(one.answers).to_contain_text("0 before [1]")


def test_a_lost_connection_keeps_the_question_and_the_conversation(scripted: Scripted, visit: Open) -> None:
    with Cable(scripted.port) as cable:
        one = visit(cable.address)
        one.ask("first")
        one.settled()
        one.ask("slowly on")
        expect(one.last.locator(".card")).to_have_count(2)
        cable.cut()
        one.settled("lost")
        expect(one.answers.last).to_contain_text(TEXTS["lost"].en)
        one.last.get_by_role("button", name="Ask again").click()
        one.settled("lost")
        cable.mend()
        one.last.get_by_role("button", name="Ask again").click()
        expect(one.answers.last).to_contain_text("1 before [1]")
        expect(one.last.locator(".question")).to_have_text("slowly on")
        expect(one.exchanges).to_have_count(2)


def test_two_hundred_clicks_on_send_ask_once(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.box.fill("slowly does it")
    one.page.evaluate("for (let i = 0; i < 200; i++) document.querySelector('#send').click()")
    one.box.fill("more")
    one.page.evaluate("for (let i = 0; i < 200; i++) document.querySelector('#composer').requestSubmit()")
    one.settled()
    expect(one.exchanges).to_have_count(1)
    expect(one.answers).to_contain_text("0 before [1]")
    expect(one.box).to_have_value("more")


def test_the_way_back_to_the_page_finds_the_conversation(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("first")
    one.settled()
    one.page.goto(f"{scripted.address}/healthz")
    one.page.go_back()
    expect(one.exchanges).to_have_count(1)
    expect(one.answers).to_contain_text("0 before [1]")
    expect(one.ask("second")).to_contain_text("1 before [1]")
    one.settled()
    one.page.reload()
    expect(one.exchanges).to_have_count(2)
    one.last.get_by_role("link", name="[1]").click()
    expect(one.cards.first).to_be_focused()


def test_leaving_in_the_middle_keeps_the_question(scripted: Scripted, visit: Open) -> None:
    one = visit(scripted.address)
    one.ask("slowly")
    expect(one.last.locator(".card")).to_have_count(2)
    one.page.reload()
    one.settled("lost")
    one.last.get_by_role("button", name="Ask again").click()
    expect(one.answers).to_contain_text("0 before [1]")


def test_what_the_server_is_still_at_does_not_stand_in_the_way_after_a_reload(visit: Open, tmp_path: Path) -> None:
    with scripted_page(tmp_path) as page:
        one = visit(page.address)
        one.ask("hold")
        expect(one.last.locator(".card")).to_have_count(2)
        one.page.reload()
        one.settled("lost")
        expect(one.ask("and now?")).to_contain_text("0 before [1]")
