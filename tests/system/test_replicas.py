"""Replicas on one Chroma server and one Redis: one is killed, the servers go and come, visitors don't notice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browsing import Visit
from chroma_servers import ChromaProcess
from playwright.sync_api import expect
from replicas import MOST_SECONDS, Forwarder, Replica, Visitor, wait_until
from stores import RedisServer

from askme.search.chroma import ChromaServer
from askme.storage.addresses import ServerAddress

pytestmark = pytest.mark.server

QUESTIONS = ("what did he do at TikTok?", "他在 Shopee 做了多久？", "拿过哪些金奖？", "does he know Kubernetes?")
BUILT = "built on the server"
NO_CEILING = {"ASKME_ALL_PER_MINUTE": "0"}
"""A crowd asks as fast as it is answered: on a fast machine more in a minute than all visitors together may."""
Start = Callable[..., Replica]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a replica: `start("a", ASKME_CHROMA_URL=…)`; all are gone after the test."""
    running: list[Replica] = []

    def started(name: str, **environment: str) -> Replica:
        running.append(Replica(tmp_path / name, **environment))
        return running[-1]

    yield started
    for replica in running:
        replica.kill()


def collections(chroma: ChromaProcess) -> list[str]:
    server = ChromaServer(ServerAddress.read(chroma.url), MOST_SECONDS)
    return [one.name for one in server.collections() if one.notes.get("state") == "whole"]


@dataclass
class Crowd:
    """Visitors who ask one question after the other, each going to the other replica when a connection breaks."""

    replicas: tuple[Replica, ...]
    answered: list[str] = field(default_factory=list)
    broken: list[tuple[int, float]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Crowd:
        self._threads = [threading.Thread(target=self._stay, args=(n,)) for n in range(4)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(MOST_SECONDS)

    def _stay(self, number: int) -> None:
        at, asked, visitor = number, 0, Visitor()
        while not self.over.is_set():
            visitor = Visitor() if asked % 5 == 0 else visitor
            asked, tries = asked + 1, 0
            while tries < 3:
                tries += 1
                try:
                    state = visitor.ask(self.replicas[at % len(self.replicas)], QUESTIONS[asked % len(QUESTIONS)])
                except OSError:
                    self.broken.append((at % len(self.replicas), time.monotonic()))
                    at += 1
                    continue
                (self.answered if state == "answered" else self.other).append(state)
                break
            else:
                self.other.append("nobody answers")

    def more(self, answers: int = 12) -> None:
        """Wait until so many more are answered."""
        wanted = len(self.answered) + answers
        wait_until(lambda: len(self.answered) >= wanted, f"no answers any more: {self.other}")


def test_one_of_two_is_killed_and_visitors_go_on_with_the_other(
    start: Start, chroma_server: ChromaProcess, redis_server: RedisServer
) -> None:
    shared = {"ASKME_CHROMA_URL": chroma_server.url, "ASKME_REDIS_URL": redis_server.url, **NO_CEILING}
    one, other = pair = (start("one", **shared), start("other", **shared))  # at the same time, on an empty server
    for replica in pair:
        replica.ready()
    assert sum(replica.said().count(BUILT) for replica in pair) == 1
    assert len(collections(chroma_server)) == 1
    with Crowd(pair) as crowd:
        crowd.more()
        one.kill()
        crowd.more(24)
    assert crowd.other == []
    assert {at for at, _ in crowd.broken} == {0}
    assert len(crowd.broken) <= 4  # what was in flight, and who came to it afterwards
    assert other.health()["index"] == "server"
    again = start("again", **shared)
    again.ready()
    assert BUILT not in again.said()


def test_limits_hold_across_replicas(start: Start, chroma_server: ChromaProcess, redis_server: RedisServer) -> None:
    shared = {"ASKME_CHROMA_URL": chroma_server.url, "ASKME_REDIS_URL": redis_server.url, "ASKME_PER_MINUTE": "5"}
    pair = (start("one", **shared), start("other", **shared))
    for replica in pair:
        replica.ready()
    visitor, somebody_else = Visitor(), Visitor()
    states = [visitor.ask(pair[n % 2], QUESTIONS[0]) for n in range(7)]
    assert states == ["answered"] * 5 + ["limit"] * 2
    assert somebody_else.ask(pair[0], QUESTIONS[0]) == "answered"


@pytest.mark.parametrize("emptied", [False, True])
def test_chroma_goes_and_comes_back_and_every_question_is_answered(
    start: Start, chroma_server: ChromaProcess, emptied: bool
) -> None:
    pair = tuple(start(name, ASKME_CHROMA_URL=chroma_server.url, **NO_CEILING) for name in ("one", "other"))
    for replica in pair:
        replica.ready()
    with Crowd(pair) as crowd:
        crowd.more()
        chroma_server.kill()
        crowd.more()
        for replica in pair:
            replica.ready("local")
        if emptied:
            chroma_server.wipe()
        chroma_server.start()
        for replica in pair:
            replica.ready("server")
        crowd.more()
    assert (crowd.broken, crowd.other) == ([], [])
    assert sum(replica.said().count(BUILT) for replica in pair) == 1 + emptied
    assert len(collections(chroma_server)) == 1
    for replica in pair:
        assert replica.said().count("answers go on without it") <= 2  # its end, and what it says while it starts
        assert "Traceback" not in replica.said()


def test_the_builder_is_killed_in_the_middle_and_another_takes_over(start: Start, chroma_server: ChromaProcess) -> None:
    hanging = Forwarder(chroma_server.port, stall_at=b"/upsert")
    builder = start("builder", ASKME_CHROMA_URL=f"http://127.0.0.1:{hanging.port}")
    assert hanging.stalled.wait(MOST_SECONDS), builder.said()
    heir = start("heir", ASKME_CHROMA_URL=chroma_server.url)
    builder.kill()
    hanging.close()
    heir.ready("local")
    assert Visitor().ask(heir, QUESTIONS[0]) == "answered"
    heir.ready("server")
    assert heir.said().count(BUILT) == 1
    assert [name[-2:] for name in collections(chroma_server)] == ["-1"]


def test_a_follow_up_is_understood_by_the_replica_that_took_over(
    start: Start, chroma_server: ChromaProcess, visit: Callable[..., Visit]
) -> None:
    one, other = (start(name, ASKME_CHROMA_URL=chroma_server.url) for name in ("one", "other"))
    for replica in (one, other):
        replica.ready()
    between = Forwarder(one.port)
    somebody = visit(f"http://127.0.0.1:{between.port}/?lang=en")
    somebody.ask("what did he do at TikTok?")
    somebody.settled()
    somebody.page.route("**/queue/data*", lambda route: (one.kill(), route.abort()), times=1)
    between.target = other.port
    somebody.ask("and the impact?")
    somebody.settled("lost")
    expect(somebody.exchanges).to_have_count(2)
    somebody.last.get_by_role("button", name="Ask again").click()
    somebody.settled()
    expect(somebody.exchanges).to_have_count(2)
    expect(somebody.last.locator('.card[data-id^="tiktok"]').first).to_be_visible()
    expect(somebody.last.locator('.card[data-n]:not([data-id^="tiktok"])')).to_have_count(0)
    somebody.last.get_by_role("button", name="Edit the question").click()
    somebody.box.fill("and before that?")
    somebody.box.press("Enter")
    somebody.settled()
    expect(somebody.exchanges).to_have_count(2)
    between.close()
