"""The one way in: which paths there are, by which methods, how much a request may say. All else is turned away. ASGI.

Gradio serves some fifty paths, uploads and files among them, and answers what it didn't expect with a stack trace in
the log. So it only ever sees requests of a checked form. What a foreign page may do:

- It can't read an answer: no response allows another origin, whatever Gradio would say.
- It can't ask in a visitor's name either: a body must be declared as JSON, which a browser sends to another origin only
  after a preflight that is refused here; and browsers say of their requests whether they come from the same origin.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from askme.logging_setup import place
from askme.web.html.messages import TEXTS
from askme.web.routes import ASKING, Asked, Door, Life, TurnedAway, busy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_SECONDS = 20.0
"""A body must have come by then."""
FLOOD = 5_000_000
"""Bytes of a body that is too large which are read and thrown away, because a browser that is still sending when the
answer comes takes it for a broken connection."""
_FOREIGN = ("cross-site", "same-site")

_log = logging.getLogger(__name__)


class Gatekeeper:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, doors: Sequence[Door], life: Life, largest: int) -> None:
        """Let in what has a door; `largest` is the most bytes of a body."""
        self._app, self._life, self._largest = app, life, largest
        self._doors = [(re.compile(door.path), door) for door in doors]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(send)
        try:
            await self._served(scope, receive, response)
        except TurnedAway as refused:
            answer = JSONResponse({"detail": refused.why}, refused.status, refused.headers)
            await answer(scope, receive, response)
        except Exception as error:  # noqa: BLE001 (the edge: the caller gets one sentence, the log the place)
            await _broke(error, scope, receive, response)
        finally:
            await response.finish()

    async def _served(self, scope: Scope, receive: Receive, response: _Response) -> None:
        door, name = self._door(scope["path"])
        if scope["method"] not in door.methods:
            raise TurnedAway(405, "This method is not allowed here.", Allow=", ".join(door.methods))
        if door.asks and self._life.closing:
            raise busy()
        posted = scope["method"] in ASKING
        body = await self._body(Headers(scope=scope), receive) if posted else b""
        told = door.read(Asked(name, scope["query_string"], body))
        inner = {**scope, "query_string": told.query, "headers": _with_length(scope["headers"], len(told.body), posted)}
        with door.enter(told.session), self._counted(door):
            await self._until_over(door, self._app(inner, _replayed(told.body, receive), response))

    def _door(self, path: str) -> tuple[Door, str]:
        for pattern, door in self._doors:
            match = pattern.fullmatch(path)
            if match:
                return door, match[1] if pattern.groups else ""
        raise TurnedAway(404, "There is nothing here.")

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """Return the body of a request that may be read."""
        if headers.get("sec-fetch-site") in _FOREIGN:
            raise TurnedAway(403, "Questions are asked on the page itself.")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise TurnedAway(415, "Send JSON: Content-Type: application/json.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length[:20]) > FLOOD:
            raise self._too_large()
        try:
            return await asyncio.wait_for(self._read(receive), BODY_SECONDS)
        except asyncio.TimeoutError:
            raise TurnedAway(408, "The request took too long to come.") from None

    async def _read(self, receive: Receive) -> bytes:
        read, size = bytearray(), 0
        more = True
        while more and size <= FLOOD:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise TurnedAway(400, "The request broke off.")
            size += len(message.get("body", b""))
            if size <= self._largest:
                read += message.get("body", b"")
            more = message.get("more_body", False)
        if size > self._largest:
            raise self._too_large()
        return bytes(read)

    def _too_large(self) -> TurnedAway:
        return TurnedAway(413, f"The request is too large: at most {self._largest:,} bytes.")

    @contextmanager
    def _counted(self, door: Door) -> Iterator[None]:
        self._life.running += door.asks
        try:
            yield
        finally:
            self._life.running -= door.asks

    async def _until_over(self, door: Door, answering: Awaitable[None]) -> None:
        """Await the answer; a connection that stays ends with the process."""
        if not door.stays:
            await answering
            return
        work = asyncio.ensure_future(answering)
        over = asyncio.ensure_future(self._life.over.wait())
        try:
            await asyncio.wait({work, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            if not work.done():
                work.cancel()
            with suppress(asyncio.CancelledError):
                await work


class _Response:
    """What has been sent of a response. None allows another origin to read it."""

    def __init__(self, send: Send) -> None:
        self._send, self.started, self._whole = send, False, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            kept = [each for each in message.get("headers", []) if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        elif message["type"] == "http.response.body":
            self._whole = not message.get("more_body", False)
        await self._send(message)

    async def finish(self) -> None:
        """End a response that broke off, so that the connection isn't torn."""
        if self.started and not self._whole:
            with suppress(OSError):
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def _broke(error: Exception, scope: Scope, receive: Receive, response: _Response) -> None:
    if response.started:  # Gradio ends a stream by an exception when its session is gone
        _log.warning("a response broke off: %s", place(error))
        return
    _log.error("a request failed: %s", place(error))
    await JSONResponse({"detail": TEXTS["failed"].en}, 500)(scope, receive, response)


def _with_length(headers: list[tuple[bytes, bytes]], size: int, posted: bool) -> list[tuple[bytes, bytes]]:
    kept = [each for each in headers if each[0] not in (b"content-length", b"transfer-encoding", b"expect")]
    return [*kept, (b"content-length", str(size).encode())] if posted else kept


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read, and after it only tells when the caller is gone."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        if left:
            return left.pop()
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return replayed
