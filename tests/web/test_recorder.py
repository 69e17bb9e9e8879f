"""What of an exchange goes into the journal, and what a visitor is told of a thumb."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest
from journalling import ADDRESS, answer

from askme.settings import Settings, load_settings
from askme.web.recorder import Keeper, journal_of
from askme.web.session import Exchange, Request

SECONDS = 30


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data")


@pytest.fixture
def keeper(settings: Settings):
    made = Keeper(settings)
    yield made
    made.journal.close()


def exchange(keeper: Keeper, question: str = "what then?", wanted: bool = True, **changed: object) -> Exchange:
    return Exchange(1, question, **{"answer": answer(question), "record": keeper.ticket(wanted)} | changed)


def test_an_exchange_is_kept_under_its_ticket_and_rated_by_it(keeper: Keeper) -> None:
    one = exchange(keeper)
    assert not keeper.rate(one, {"thumb": "up"})  # it isn't there yet: nobody is told that it was kept
    keeper.note(one, ADDRESS)
    assert keeper.rate(one, {"thumb": "up", "comment": "  fine\n" + "x" * 2000})
    (record,) = keeper.journal.events()
    assert (record.id, record.thumb) == (one.record, "up")
    assert record.comment.startswith("fine x")
    assert len(record.comment) == 1000


@pytest.mark.parametrize("sent", [{}, {"thumb": "sideways"}, {"thumb": 1}, {"thumb": ["up"]}, {"comment": "x"}])
def test_what_is_no_verdict_is_not_kept(keeper: Keeper, sent: dict[str, object]) -> None:
    one = exchange(keeper)
    keeper.note(one, ADDRESS)
    assert not keeper.rate(one, sent)
    assert keeper.journal.events()[0].thumb == ""


def test_a_comment_of_another_kind_is_no_comment(keeper: Keeper) -> None:
    one = exchange(keeper)
    keeper.note(one, ADDRESS)
    assert keeper.rate(one, {"thumb": "down", "comment": {"a": 1}})
    assert keeper.journal.events()[0].comment == ""


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "answered"),
        ({"answer": None}, "stopped"),
        ({"answer": None, "end": "failed"}, "failed"),
        ({"answer": None, "end": "limit"}, ""),
        ({"answer": None, "end": "busy"}, ""),
        ({"record": ""}, ""),
    ],
)
def test_each_end_is_kept_as_what_it_is_and_a_refusal_not_at_all(
    keeper: Keeper, changed: dict[str, object], status: str
) -> None:
    keeper.note(exchange(keeper, **changed), ADDRESS)
    assert [record.status for record in keeper.journal.events()] == [status] * bool(status)


def test_who_wants_nothing_kept_gets_no_ticket(keeper: Keeper) -> None:
    assert keeper.ticket(wanted=False) == ""
    assert Request.read('{"question": "x", "keep": false}', 50).keep is False
    assert Request.read('{"question": "x", "keep": "odd"}', 50).keep is True


def test_a_journal_that_breaks_is_nobodys_trouble(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("can't start new thread: a secret?")

    monkeypatch.setattr(keeper.journal, "start", broken)
    keeper.note(exchange(keeper, "a secret?"), ADDRESS)
    keeper.answered(answer("a secret?"), ADDRESS)
    assert caplog.text.count("something could not be kept: RuntimeError") == 2
    assert "secret" not in caplog.text


def test_what_waits_is_written_when_the_application_ends(settings: Settings) -> None:
    keeper = Keeper(settings)

    async def run() -> None:
        async with keeper.open():
            keeper.answered(answer("the last question"), ADDRESS)

    asyncio.run(run())
    assert [record.question for record in journal_of(settings).events()] == ["the last question"]


def test_with_no_days_nothing_is_kept_and_what_was_is_wiped(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    before = journal_of(settings)
    before.record(answer("asked before"), ADDRESS)
    before.close()
    keeper = Keeper(settings.model_copy(update={"journal_days": 0}))

    async def run() -> None:
        async with keeper.open():
            keeper.answered(answer(), ADDRESS)
            assert keeper.ticket(wanted=True) == ""

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
        deadline = time.monotonic() + SECONDS
        while "1 questions of earlier days wiped" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.05)
    assert journal_of(settings).events() == ()
    assert not keeper.failing
