"""/insights: what visitors asked, for whoever has ASKME_ADMIN_TOKEN."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from askme.errors import JournalError, RequestError
from askme.journal.journal import Journal
from askme.journal.time_range import moment
from askme.types import Knowledge

PATH = "/insights"
PAUSE_SECONDS = 1.0
"""After a wrong token nobody's is looked at for so long: one guess a second, however many guess at once."""
MOST_WAITING = 20
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="insights", charset="UTF-8"'}
_NO_STORE = {"Cache-Control": "no-store"}


class Lock:
    """Opens to one token, for one event loop; the name that comes with it in HTTP Basic doesn't matter."""

    def __init__(
        self,
        token: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`clock` gives seconds and never goes back."""
        self._token, self._clock, self._sleep = _digest(token.encode()), clock, sleep
        self._one, self._waiting, self._shut_until = asyncio.Lock(), 0, clock()

    async def refusal(self, authorization: str) -> HTTPStatus | None:
        """Return why a request with this header doesn't get in, None when it does."""
        given = _given(authorization)
        if given is None:
            return HTTPStatus.UNAUTHORIZED
        if self._waiting >= MOST_WAITING:
            return HTTPStatus.TOO_MANY_REQUESTS
        self._waiting += 1
        try:
            async with self._one:
                await self._sleep(max(0.0, self._shut_until - self._clock()))
                if hmac.compare_digest(_digest(given), self._token):
                    return None
                self._shut_until = self._clock() + PAUSE_SECONDS
                return HTTPStatus.UNAUTHORIZED
        finally:
            self._waiting -= 1


def _given(authorization: str) -> bytes | None:
    """Return the token of an Authorization header, None when it has none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1", "replace")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return None


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


class Insights:
    """The page, computed anew for each request, one at a time and beside the event loop."""

    def __init__(self, token: str, journal: Journal, knowledge: Knowledge, folder: Path) -> None:
        """`folder` is where `knowledge` was read from."""
        self._lock, self._journal, self._knowledge, self._folder = Lock(token), journal, knowledge, folder
        self._one = asyncio.Lock()

    def route(self) -> Route:
        """Return the way to it."""
        return Route(PATH, self.answer)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        refusal = await self._lock.refusal(request.headers.get("authorization", ""))
        if refusal:
            more = _CHALLENGE if refusal is HTTPStatus.UNAUTHORIZED else {"Retry-After": str(MOST_WAITING)}
            return _said(f"{refusal.phrase}: this page is its owner’s", refusal, more)
        async with self._one:
            return await asyncio.to_thread(self._page, request.query_params.get("since", ""))

    def _page(self, since: str) -> Response:
        from askme.journal.report import report_of  # noqa: PLC0415 (it brings langchain, 0.7 s: not before the server listens)
        from askme.web.html.insights import as_page, policy  # noqa: PLC0415 (as below)

        try:
            records = self._journal.events(moment(since, self._journal.clock()) if since else None)
        except RequestError as error:
            return _said(str(error), HTTPStatus.BAD_REQUEST, {})
        except JournalError as error:
            return _said(str(error), HTTPStatus.SERVICE_UNAVAILABLE, {})
        html = as_page(report_of(records, self._knowledge, self._folder))
        allowed = f"{policy()}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        headers = {**_NO_STORE, "Content-Security-Policy": allowed}
        return Response(html, 200, headers, media_type="text/html; charset=utf-8")


def _said(text: str, status: HTTPStatus, headers: dict[str, str]) -> Response:
    return PlainTextResponse(f"{text}\n", status.value, {**_NO_STORE, **headers})
