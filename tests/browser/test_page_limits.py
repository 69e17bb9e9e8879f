"""Limits as visitors meet them: a sentence with the time, nothing lost, nobody else disturbed."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import Visit
from pages import Scripted, scripted_page
from playwright.sync_api import expect
from redis import Redis
from stores import RedisServer

from askme.web.html.messages import TEXTS
from askme.web.rate_limit import ERRANDS

SOON = {
    "en": re.compile(r"That was a lot of questions in a short time\. Please ask again in (\d+ seconds?|1 minute)"),
    "zh": re.compile(r"您问得有点快，请 \d+ 秒后再问。"),
}


@pytest.fixture
def limited(tmp_path: Path, redis_server: RedisServer) -> Iterator[Scripted]:
    """A page with two questions a minute, counted in Redis: emptying that is a minute gone by."""
    with scripted_page(tmp_path, per_minute=2, redis_url=redis_server.url) as page:
        yield page


def a_minute_later(server: RedisServer) -> None:
    with Redis.from_url(server.url) as client:
        client.flushall()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_over_the_limit_the_page_says_when_and_keeps_the_question(
    limited: Scripted, redis_server: RedisServer, visit: Callable[..., Visit], lang: str
) -> None:
    one = visit(limited.address, lang=lang)
    for question in ("first", "second"):
        one.ask(question)
        one.settled()
    one.ask("and the third?")
    one.settled("limit")
    notice = one.last.locator(f".notice p [lang={lang}]")
    expect(notice).to_contain_text(SOON[lang])
    expect(notice).to_contain_text(TEXTS["kept"]["zh" if lang == "zh" else "en"])
    expect(one.last.locator(".question")).to_have_text("and the third?")
    expect(one.exchanges).to_have_count(3)
    one.last.locator(".again").click()
    expect(one.exchanges).to_have_count(3)
    one.settled("limit")
    a_minute_later(redis_server)
    one.last.locator(".again").click()
    one.settled()
    expect(one.answers.last).to_contain_text("there were 2 before")
    assert one.faults == []


def test_one_visitor_does_not_disturb_another(limited: Scripted, visit: Callable[..., Visit]) -> None:
    one, other = visit(limited.address), visit(limited.address)
    for question in ("first", "second"):
        one.ask(question)
        one.settled()
    one.ask("third")
    one.settled("limit")
    other.ask("first")
    other.settled()
    expect(other.answers.last).to_contain_text("there were 0 before")


def test_the_ceiling_is_for_everybody(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    with scripted_page(tmp_path, all_per_minute=1) as page:
        one, other = visit(page.address), visit(page.address)
        one.ask("first")
        one.settled()
        other.ask("first")
        other.settled("limit")
        expect(other.last.locator(".notice")).to_contain_text("Many people are asking right now")


def errand(address: str, session: str, sent: dict[str, object]) -> dict[str, object]:
    """Do an errand as wire.js does."""
    body = {"fn_index": 1, "session_hash": session, "data": [json.dumps(sent), None]}
    request = urllib.request.Request(
        f"{address}/gradio_api/run/run", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.loads(json.load(reply)["data"][0])


def test_errands_have_a_limit_of_their_own(scripted: Scripted) -> None:
    done = [errand(scripted.address, "hammer", {"do": "brief", "kind": "md"})["ok"] for _ in range(ERRANDS + 5)]
    assert done == [True] * ERRANDS + [False] * 5
    assert errand(scripted.address, "another", {"do": "brief", "kind": "md"})["ok"]
    assert errand(scripted.address, "hammer", {"do": "forget"})["ok"], "leaving is always possible"


def test_a_thumb_down_makes_the_answer_be_forgotten(scripted: Scripted, visit: Callable[..., Visit]) -> None:
    one = visit(scripted.address)
    one.ask("how many?")
    one.settled()
    scripted.chain.forgotten.clear()

    def judged(thumb: str) -> list[str]:
        with one.page.expect_response("**/run/run"):
            one.last.locator(f"[data-do={thumb}]").click()
        expect(one.last.locator(f"[data-do={thumb}]")).to_have_attribute("aria-pressed", "true")
        return [answer.standalone_question for answer in scripted.chain.forgotten]

    assert judged("up") == []
    assert judged("down") == ["how many?"]
