"""Visitors of a page, many at once: they speak to Gradio's queue as static/wire.js does, over connections of their own.

A program of its own, so that what visitors cost isn't taken from the server's time: it reads a `Visit` as JSON and
prints what became of each question as JSON. It imports nothing of askme.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

PER_PAGE = 5
"""Questions that a visitor asks before opening the page anew."""
LAST_SECONDS = 30
"""How long a visitor waits for an answer."""
_PROSE = rb"class=\\\"prose"
_LIMIT = 2**22


@dataclass(frozen=True)
class Visit:
    """What visitors do: `visitors` of them ask one question after the other for so long, 0: one each.

    `event` is the number of Gradio's event; `echo`: a page that sends back what it is given, not askme's.
    """

    port: int
    event: int
    visitors: int
    seconds: float
    questions: tuple[str, ...]
    echo: bool = False


@dataclass(frozen=True)
class Told:
    """What became of a question: its end ("" for an answer), seconds to the first sentence and to the end, and when."""

    end: str
    first: float
    whole: float
    at: float


@contextmanager
def visiting(visit: Visit) -> Iterator[subprocess.Popen[str]]:
    """Start the visitors in a process of their own; they are gone with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.visitors"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin  # noqa: S101 (it is a pipe)
    process.stdin.write(json.dumps(asdict(visit)) + "\n")
    process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def told(process: subprocess.Popen[str]) -> list[Told]:
    """Wait for the visitors' end; return what became of their questions.

    Raises:
        RuntimeError: they broke down.
    """
    text, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the visitors broke down")
    return [Told(*row) for row in json.loads(text)]


class Wire:
    """One connection, kept open from request to request as a browser does."""

    def __init__(self, port: int) -> None:
        """Remember where to; nothing is opened yet."""
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(self, method: str, path: str, body: Any = None) -> tuple[int, AsyncIterator[bytes]]:
        """Send a request; return the status and the parts of the response's body."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LIMIT)
        sent = json.dumps(body).encode() if body is not None else b""
        head = f"{method} /gradio_api/{path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
        more = f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        self._writer.write((head + more).encode() + sent)
        assert self._reader  # noqa: S101 (opened above)
        head_lines = (await self._reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in head_lines[1:] if b": " in line)
        return int(head_lines[0].split()[1]), self._body(headers)

    async def _body(self, headers: dict[bytes, bytes]) -> AsyncIterator[bytes]:
        assert self._reader  # noqa: S101 (a response has come)
        if b"content-length" in headers:
            yield await self._reader.readexactly(int(headers[b"content-length"]))
            return
        while size := int(await self._reader.readline(), 16):
            yield (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


class Visitor:
    """Somebody with the page open: a connection that keeps the session alive, and one to ask over."""

    def __init__(self, visit: Visit) -> None:
        """Open nothing yet."""
        self._visit = visit
        self._alive, self._wire = Wire(visit.port), Wire(visit.port)
        self._session, self._asked = "", count(1)
        self._beat: asyncio.Task[None] | None = None

    async def open_page(self) -> None:
        """Begin a session."""
        await self.leave()
        self._session, self._asked = uuid.uuid4().hex, count(1)
        if not self._visit.echo:
            self._beat = asyncio.create_task(self._stay_alive())

    async def leave(self) -> None:
        """Close the page."""
        if self._beat is not None:
            self._beat.cancel()
        self._alive.close()
        self._wire.close()

    async def _stay_alive(self) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            _, beats = await self._alive.request("GET", f"heartbeat/{self._session}")
            async for _ in beats:
                pass

    async def ask(self, question: str, start: float) -> Told:
        """Ask and read to the end."""
        began = time.perf_counter()
        try:
            end, first = await asyncio.wait_for(self._answer(question), LAST_SECONDS)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            end, first = type(error).__name__, 0.0
            self._wire.close()
        now = time.perf_counter()
        return Told(end, max(0.0, first - began), now - began, now - start)

    async def _answer(self, question: str) -> tuple[str, float]:
        number = next(self._asked)
        asked = {"id": number, "question": question, "since": 0, "before": number}
        data = [question] if self._visit.echo else [json.dumps(asked), None]
        content = {"session_hash": self._session, "fn_index": self._visit.event, "data": data}
        status, body = await self._wire.request("POST", "queue/join", content)
        parts = b"".join([part async for part in body])
        if status != 200:
            return {503: "busy", 429: "limit"}.get(status, f"status {status}"), 0.0
        return await self._follow(json.loads(parts)["event_id"])

    async def _follow(self, event: str) -> tuple[str, float]:
        """Read the stream to its end; return why the answer ended and when its first sentence came."""
        _, parts = await self._wire.request("GET", f"queue/data?session_hash={self._session}")
        end, first, rest, last = "cut short", 0.0, b"", b""
        async for part in parts:
            *messages, rest = (rest + part).split(b"\n\n")
            for message in messages:
                if b'"process_generating"' in message:
                    first = first or (time.perf_counter() if self._visit.echo or _PROSE in message else 0.0)
                    last = message
                elif b'"process_completed"' in message:
                    end = "" if json.loads(message[6:])["success"] and self._whole(last) else "failed"
        return end, first

    def _whole(self, message: bytes) -> bool:
        """Whether the last state of an exchange is that of an answer."""
        if self._visit.echo:
            return True
        if not message:
            return False
        sent = json.loads(message[6:])["output"]["data"][0]  # a text, or how it differs from the one before: replaced
        shown = json.loads(sent if isinstance(sent, str) else sent[-1][2])
        return bool(shown["over"]) and shown["state"] in ("answered", "not_in_resume", "declined", "greeting")


async def _stay(visit: Visit, number: int, start: float) -> list[Told]:
    visitor, seen = Visitor(visit), []
    for asked in count():
        if asked % PER_PAGE == 0:
            await visitor.open_page()
        question = visit.questions[(number * 37 + asked) % len(visit.questions)]
        seen.append(await visitor.ask(question, start))
        if time.perf_counter() - start >= visit.seconds:
            break
        if seen[-1].end:
            await asyncio.sleep(0.5)  # a person who is told "busy" doesn't press again at once
    await visitor.leave()
    return seen


async def _all(visit: Visit) -> list[Told]:
    start = time.perf_counter()
    everybody = await asyncio.gather(*(_stay(visit, number, start) for number in range(visit.visitors)))
    return [one for seen in everybody for one in seen]


if __name__ == "__main__":
    seen = asyncio.run(_all(Visit(**json.loads(sys.stdin.readline()))))
    print(json.dumps([[one.end, one.first, one.whole, one.at] for one in seen]))
