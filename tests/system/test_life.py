"""How the process begins and ends: ready when the index is, never waiting for the network, finishing what runs."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from modelled import KEY, QUESTION, TRUE
from openai_server import OpenAIServer, Reply
from serving import app, awaited_page, free_port, ready
from starlette.applications import Starlette
from starlette.testclient import TestClient

from askme.errors import KnowledgeError
from askme.settings import Settings
from askme.web.readiness import ChainLater, route
from askme.web.routes import Life

SLACK = 30
"""Seconds that a busy machine may add to anything."""
JOIN = "/gradio_api/queue/join"


@dataclass
class Process:
    """The app, and what it logs."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self, within: float) -> int:
        return self.process.wait(timeout=within + SLACK)


@contextmanager
def started(folder: Path, **environment: str) -> Iterator[Process]:
    port, log = free_port(), folder / "app.log"
    process = app(log, GRADIO_SERVER_PORT=str(port), ASKME_DATA_DIR=str(folder), **environment)
    running = Process(f"http://127.0.0.1:{port}", process, log)
    try:
        awaited_page(running.address, process, log)
        yield running
    finally:
        process.kill()
        process.wait()


def post(address: str, path: str, said: object) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(
        f"{address}{path}", json.dumps(said).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def asking(session: str, question: str) -> dict[str, object]:
    return {"session_hash": session, "fn_index": 0, "data": [json.dumps({"id": 1, "question": question}), None]}


def opened(address: str, path: str) -> http.client.HTTPResponse:
    """Return a stream that stays open until it is read to its end."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", path, headers={"Connection": "close"})
    answer = connection.getresponse()
    connection.close()
    return answer


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


@pytest.mark.server
def test_a_server_that_never_answers_delays_neither_page_nor_index(silent: str, tmp_path: Path) -> None:
    own = {
        "OPENAI_BASE_URL": silent,
        "OPENAI_API_KEY": KEY,
        "ASKME_FIRST_TOKEN_SECONDS": "100",
        "ASKME_EMBEDDING_SECONDS": "50",
    }
    with started(tmp_path, **own, ASKME_CONNECT_SECONDS="50") as running:
        assert ready(running.address)["bullets"] > 90
        assert "not reachable" not in running.log.read_text()


def test_health_is_starting_failed_and_ready_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    let, fails = threading.Event(), threading.Event()
    fails.set()

    class Made:
        knowledge = type("Knowledge", (), {"bullets": [1, 2]})
        mode, assistant = "extractive", None

        def warm(self) -> None:
            pass

    def build(*_: object, **__: object) -> Made:
        let.wait(SLACK)
        if fails.is_set():
            raise KnowledgeError(["/secret/place/resume.zh.md:3: no heading"])
        return Made()

    monkeypatch.setattr("askme.factory.build_chain", build)
    monkeypatch.setattr("askme.web.readiness.rehearse", lambda *_: None)
    monkeypatch.setattr("askme.web.readiness.PAUSES", (0.05,))
    later, life = ChainLater(Settings()), Life()
    client = TestClient(Starlette(routes=[route(later, life)]))  # type: ignore[list-item]

    def becomes(code: int, **said: object) -> dict[str, object]:
        deadline = time.monotonic() + SLACK
        while not said.items() <= (told := client.get("/healthz")).json().items() or told.status_code != code:
            assert time.monotonic() < deadline, told.json()
            time.sleep(0.02)
        return dict(told.json())

    assert becomes(503, status="starting") == {"status": "starting"}
    trying = threading.Thread(target=later.keep_trying)
    trying.start()
    assert client.get("/healthz").json() == {"status": "starting"}
    let.set()
    told = becomes(503, status="failed")
    assert "tried again" in str(told["why"])
    assert "secret" not in str(told)
    fails.clear()
    trying.join(SLACK)
    assert becomes(200, status="ok") == {"status": "ok", "bullets": 2, "mode": "extractive"}
    life.closing = True
    assert becomes(503, status="stopping") == {"status": "stopping"}


@pytest.mark.server
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_running_answer_is_finished_and_delivered(server: OpenAIServer, tmp_path: Path, signal_: int) -> None:
    server.replies(Reply(TRUE, every=0.25))
    own = {
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": KEY,
        "ASKME_EMBEDDING_MODEL": "none",
        "ASKME_TOTAL_SECONDS": "40",
    }
    with started(tmp_path, **own, ASKME_FIRST_TOKEN_SECONDS="30") as running:
        ready(running.address)
        page = opened(running.address, "/gradio_api/heartbeat/reader")
        assert post(running.address, JOIN, asking("visitor", QUESTION))[0] == 200
        answer = opened(running.address, "/gradio_api/queue/data?session_hash=visitor")
        assert server.wait_for(lambda: server.chats, SLACK)
        running.process.send_signal(signal_)
        refused = stopping(running.address)
        assert refused[0] == 503
        assert "try again" in refused[1]["detail"]
        told = answer.read().decode()
        assert "79.9%" in told
        assert '\\"over\\": true' in told
        assert "close_stream" in told
        assert running.ended(3) == 0
        assert page.read().startswith(b"data: ALIVE")
        assert "Traceback" not in running.log.read_text()
        assert "ERROR" not in running.log.read_text()


def stopping(address: str) -> tuple[int, dict[str, str]]:
    """Ask until the signal has arrived; return how a question is refused then."""
    deadline = time.monotonic() + SLACK
    for number in range(10**6):
        told = post(address, JOIN, asking(f"late{number}", "hello"))
        if told[0] != 200 or time.monotonic() > deadline:
            return told
        time.sleep(0.05)
    raise AssertionError


@pytest.mark.server
def test_open_pages_hold_up_nothing(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        ready(running.address)
        assert post(running.address, JOIN, asking("done", "hello"))[0] == 200
        streams = [opened(running.address, f"/gradio_api/heartbeat/page{number}") for number in range(20)]
        assert b"close_stream" in opened(running.address, "/gradio_api/queue/data?session_hash=done").read()
        idle = opened(running.address, "/gradio_api/queue/data?session_hash=done")
        running.process.terminate()
        assert running.ended(2) == 0
        for stream in (*streams, idle):
            stream.read()
        assert "Cancel" not in running.log.read_text()


@pytest.mark.server
def test_a_second_signal_ends_it_at_once(server: OpenAIServer, tmp_path: Path) -> None:
    server.replies(Reply(TRUE, every=5))
    own = {
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": KEY,
        "ASKME_EMBEDDING_MODEL": "none",
        "ASKME_TOTAL_SECONDS": "200",
    }
    with started(tmp_path, **own, ASKME_FIRST_TOKEN_SECONDS="100") as running:
        ready(running.address)
        post(running.address, JOIN, asking("visitor", QUESTION))
        answer = opened(running.address, "/gradio_api/queue/data?session_hash=visitor")
        assert server.wait_for(lambda: server.chats, SLACK)
        running.process.send_signal(signal.SIGINT)
        assert stopping(running.address)[0] == 503
        running.process.send_signal(signal.SIGINT)
        running.ended(1)
        answer.close()
