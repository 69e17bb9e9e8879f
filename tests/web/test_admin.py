"""/insights: who gets in, what is sent, and that nobody else has to wait for it."""

from __future__ import annotations

import asyncio
import base64
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from http import HTTPStatus
from pathlib import Path

import pytest
from journalling import ADDRESS, answer
from pages import Scripted, scripted_page
from starlette.requests import Request

from askme.resume.loader import load_knowledge
from askme.settings import ROOT, load_settings
from askme.web.admin import MOST_WAITING, Insights, Lock
from askme.web.html.insights import policy
from askme.web.recorder import journal_of

TOKEN = "a token of 22 letters é"
SECONDS = 30


def basic(password: str, name: str = "me") -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def bearer(token: str) -> str:
    return "Bearer " + token.encode().decode("latin-1")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    folder = tmp_path_factory.mktemp("owned")
    journal = journal_of(load_settings(data_dir=folder))
    for question, status in (("what did he do?", "answered"), ("has he used <b>Kafka</b>?", "not_in_resume")):
        journal.record(answer(question, status=status), ADDRESS)
    journal.close()
    with scripted_page(folder, admin_token=TOKEN) as scripted:
        yield scripted


def get(address: str, authorization: str = "") -> tuple[int, Message, str]:
    request = urllib.request.Request(address, headers={"Authorization": authorization} if authorization else {})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.mark.server
@pytest.mark.parametrize("authorization", [basic(TOKEN), basic(TOKEN, ""), bearer(TOKEN)])
def test_the_token_opens_it_under_a_policy_of_its_own(page: Scripted, authorization: str) -> None:
    status, headers, html = get(f"{page.address}/insights", authorization)
    assert status == 200
    assert "2</dd>" in html
    assert "has he used &lt;b&gt;Kafka&lt;/b&gt;?" in html
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith(f"{policy()}; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.server
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        basic("wrong"),
        basic(""),
        bearer("wrong"),
        bearer(TOKEN[:-1]),
        "Basic",
        "Basic %%%",
        f"Digest {TOKEN}",
        "Bearer",
    ],
)
def test_nothing_else_does(page: Scripted, authorization: str) -> None:
    status, headers, text = get(f"{page.address}/insights", authorization)
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Basic ")
    assert headers["Cache-Control"] == "no-store"
    assert "Kafka" not in text


def test_without_a_token_in_the_settings_there_is_no_such_page(scripted: Scripted) -> None:
    for authorization in ("", basic(""), basic(TOKEN)):
        assert get(f"{scripted.address}/insights", authorization)[0] == 404


@pytest.mark.server
def test_it_can_begin_later(page: Scripted) -> None:
    assert "Nobody has asked anything yet." in get(f"{page.address}/insights?since=2999-01-01", basic(TOKEN))[2]
    status, _, text = get(f"{page.address}/insights?since=soon", basic(TOKEN))
    assert (status, text) == (400, "“soon” is no date: give one such as 2026-11-01, or 7d for the last week\n")


def test_a_damaged_journal_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "journal.sqlite").mkdir()
    made = Insights(TOKEN, journal_of(load_settings(data_dir=tmp_path)), load_knowledge(ROOT / "knowledge"), ROOT)
    response = asyncio.run(asked(made))
    assert response.status_code == 503
    assert b"can't be opened" in response.body


async def asked(made: Insights):
    headers = [(b"authorization", basic(TOKEN).encode())]
    scope = {"type": "http", "method": "GET", "path": "/insights", "query_string": b"", "headers": headers}
    return await made.answer(Request(scope))


class Slow:
    """A journal that is read for as long as nobody lets go of it."""

    def __init__(self) -> None:
        self.reading, self.go_on = threading.Event(), threading.Event()

    def events(self, since: object) -> tuple[()]:
        self.reading.set()
        assert self.go_on.wait(SECONDS)
        return ()


def test_others_are_served_while_it_is_computed() -> None:
    journal = Slow()
    made = Insights(TOKEN, journal, load_knowledge(ROOT / "knowledge"), ROOT / "knowledge")  # type: ignore[arg-type]

    async def meanwhile() -> int:
        answering = asyncio.create_task(asked(made))
        while not journal.reading.is_set():
            await asyncio.sleep(0.01)
        journal.go_on.set()  # the loop would never get here if it were blocked
        return (await answering).status_code

    assert asyncio.run(asyncio.wait_for(meanwhile(), SECONDS)) == 200


# Guessing


class Clock:
    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def test_guesses_are_looked_at_one_a_second_however_many_come_at_once() -> None:
    clock = Clock()

    async def guess() -> list[HTTPStatus | None]:
        lock = Lock(TOKEN, clock, clock.sleep)
        return await asyncio.gather(*(lock.refusal(basic(f"guess {n}")) for n in range(MOST_WAITING + 30)))

    told = asyncio.run(guess())
    assert told.count(HTTPStatus.UNAUTHORIZED) == MOST_WAITING
    assert told.count(HTTPStatus.TOO_MANY_REQUESTS) == 30
    assert clock.now == MOST_WAITING - 1


def test_the_right_token_waits_for_nothing_unless_somebody_guesses() -> None:
    clock = Clock()

    async def come() -> list[HTTPStatus | None]:
        lock = Lock(TOKEN, clock, clock.sleep)
        return [await lock.refusal(given) for given in (basic(TOKEN), "", bearer(TOKEN), basic("no"), basic(TOKEN))]

    assert asyncio.run(come()) == [None, HTTPStatus.UNAUTHORIZED, None, HTTPStatus.UNAUTHORIZED, None]
    assert clock.slept == [0, 0, 0, 1]
