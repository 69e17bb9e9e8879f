"""Replicas of the real app, visitors who speak to their queues as the page does, and what stands between the two."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import subprocess
import threading
import time
import urllib.request
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from serving import app, free_port

MOST_SECONDS = 120
"""What anything may take on a busy machine."""


class Replica:
    """One `python app.py` with a data folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        folder.mkdir()
        self.port, self.log = free_port(), folder / "log"
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] = app(
            self.log, GRADIO_SERVER_PORT=str(self.port), ASKME_DATA_DIR=str(folder / "data"), **environment
        )

    def health(self) -> dict[str, Any]:
        """Return what it tells of itself; nothing while it can't."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=MOST_SECONDS) as response:
                found: dict[str, Any] = json.load(response)
                return found
        except OSError:
            return {}

    def ready(self, where: str = "server") -> None:
        """Wait until it answers from there."""
        wait_until(lambda: self.health().get("index") == where, f"index isn't {where}: {self.health()}\n{self.said()}")

    def said(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Visitor:
    """Somebody with a session of their own, which goes along from one replica to another."""

    def __init__(self) -> None:
        self.session, self._asked = uuid.uuid4().hex, 0

    def ask(self, replica: Replica, question: str) -> str:
        """Return the state the exchange ends in, "answered" for one; raises OSError when the connection breaks."""
        self._asked += 1
        try:
            return self._ask(replica.port, question)
        except (http.client.HTTPException, ValueError) as error:
            raise ConnectionError(str(error)) from error

    def _ask(self, port: int, question: str) -> str:
        sent = {"id": self._asked, "question": question, "since": self._asked, "before": self._asked}
        body = {"session_hash": self.session, "fn_index": event_number(port), "data": [json.dumps(sent), None]}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)) as joining:
            headers = {"Content-Type": "application/json"}
            joining.request("POST", "/gradio_api/queue/join", json.dumps(body), headers)
            joined = joining.getresponse()
            if joined.status != 200:
                return f"refused with {joined.status}"
            joined.read()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)) as following:
            following.request("GET", f"/gradio_api/queue/data?session_hash={self.session}")
            return _end_of(following.getresponse())


def _end_of(stream: http.client.HTTPResponse) -> str:
    last = ""
    for line in stream:
        message = json.loads(line[6:]) if line.startswith(b"data: ") else {}
        if message.get("msg") == "process_generating":
            last = json.dumps(message["output"]["data"][0])
        if message.get("msg") == "process_completed":
            found = re.search(r'\\"state\\": \\"(\w+)\\"', last)
            return found[1] if found else "failed"
    raise ConnectionError("the stream ended early")


_NUMBERS: dict[int, int] = {}


def event_number(port: int) -> int:
    """Return the number of the event that answers, as the page tells it."""
    if port not in _NUMBERS:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=MOST_SECONDS) as response:
            found = re.search(r'data-event-ask="(\d+)"', response.read().decode())
        assert found
        _NUMBERS[port] = int(found[1])
    return _NUMBERS[port]


class Forwarder:
    """A load balancer of the simplest kind: a port of its own, and one behind it, which can be another from now on.

    A connection over which `stall_at` has come hangs from then on.
    """

    def __init__(self, port: int, stall_at: bytes = b"") -> None:
        self.target, self.stalled = port, threading.Event()
        self._stall_at = stall_at
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._stall_at and self._stall_at in data:
                    self.stalled.set()
                    return
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for one in (self._listener, *self._ends):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def wait_until(true: Any, what: str) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
