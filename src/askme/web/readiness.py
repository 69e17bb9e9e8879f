"""Whether questions can be answered yet: the chain, made once the server listens, and what `/healthz` tells of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askme.errors import AskmeError
from askme.logging_setup import place
from askme.settings import Settings
from askme.types import Knowledge
from askme.web.routes import Life
from askme.web.warmup import rehearse

if TYPE_CHECKING:
    from askme.answering.chain import Chain

PAUSES = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before the chain is tried again, the last one for good."""
RETRY_SECONDS = 60
"""How long the building of a new month's chain may take, and how soon it is tried again when it failed."""
_log = logging.getLogger(__name__)


class ChainLater:
    """Builds the chain at the first call, which blocks; later calls return it at once.

    Durations are counted up to the month in which the chain was built. In another month a new one is built in the
    background, and the old one answers until that is ready. Safe to use from several threads. A failure isn't
    remembered: a later call tries again.
    """

    def __init__(
        self, settings: Settings, knowledge: Knowledge | None = None, today: Callable[[], date] = date.today
    ) -> None:
        """Remember what to build from; nothing is built yet. Without `knowledge` it is read when the chain is built."""
        self._settings, self._knowledge, self._today = settings, knowledge, today
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._month, self._next_try = date.min, 0.0
        self.made: Chain | None = None
        self.failed = False

    def __call__(self) -> Chain:
        """Return the chain, ready to answer."""
        month = self._today().replace(day=1)
        with self._lock:
            if self.made is None:
                self.made, self._month = self._first(month), month
            elif self._month != month and time.monotonic() >= self._next_try:
                self._next_try = time.monotonic() + RETRY_SECONDS
                threading.Thread(target=self._renew, args=(month,), name="renew", daemon=True).start()
            return self.made

    def _first(self, month: date) -> Chain:
        try:
            chain = self._built(month)
        except BaseException:
            self.failed = True
            raise
        self.failed = False
        return chain

    def _built(self, month: date) -> Chain:
        from askme.factory import build_chain  # noqa: PLC0415 (chromadb, langchain: 2 s that the page needn't wait)

        chain = build_chain(self._settings, month, knowledge=self._knowledge)
        chain.warm()
        threading.Thread(target=rehearse, args=(chain, self._ended), name="rehearsal", daemon=True).start()
        return chain

    def _renew(self, month: date) -> None:
        try:
            chain = self._built(month)
        except Exception as error:  # noqa: BLE001 (no caller to tell; the old chain goes on answering)
            _log.error("the chain could not be built for a new month, the old one goes on: %s", place(error))
            return
        with self._lock:
            before, self.made, self._month, self._next_try = self.made, chain, month, 0.0
        if before:
            before.close()

    def close(self) -> None:
        """End what goes on in the background, and close what is open."""
        self._ended.set()
        if self.made:
            self.made.close()

    def keep_trying(self) -> None:
        """Build the chain; when that fails, try again until it is built."""
        attempt = 0
        while not self._tried() and not self._ended.wait(PAUSES[min(attempt, len(PAUSES) - 1)]):
            attempt += 1

    def _tried(self) -> bool:
        try:
            self()
        except Exception as error:  # noqa: BLE001 (no caller to tell; a question tries again and tells its visitor)
            why = str(error) if isinstance(error, AskmeError) else place(error)
            _log.error("the chain could not be made ready: %s", why)
            return False
        return True


def route(
    get_chain: Callable[[], Chain], life: Life, failing: Callable[[], bool] = lambda: False, shared: bool = False
) -> Route:
    """Return `/healthz`; `failing` is whether something can't be kept now, `shared`: replicas share an index.

    It never waits: what isn't a ChainLater has its chain at hand.
    """

    async def healthz(_: Request) -> Response:
        status, said = _health(get_chain, life, shared)
        return JSONResponse(said | ({"journal": "failing"} if failing() else {}), status)

    return Route("/healthz", healthz)


def _health(get_chain: Callable[[], Chain], life: Life, shared: bool) -> tuple[int, dict[str, Any]]:
    if life.closing:
        return 503, {"status": "stopping"}
    chain = get_chain.made if isinstance(get_chain, ChainLater) else get_chain()
    if chain is None:
        if isinstance(get_chain, ChainLater) and get_chain.failed:
            why = "The index could not be made ready; the log says why. It is tried again."
            return 503, {"status": "failed", "why": why}
        return 503, {"status": "starting"}
    told: dict[str, Any] = {"status": "ok", "bullets": len(chain.knowledge.bullets), "mode": chain.mode}
    told |= {"index": chain.retriever.finder.index().where()} if shared else {}
    return 200, told | ({"model": chain.assistant.state} if chain.assistant else {})
