"""Whether questions can be answered yet: the chain, made once the server listens, and what `/healthz` tells of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askme.doors import Life
from askme.errors import AskmeError
from askme.logs import place
from askme.rehearsal import rehearse
from askme.settings import Settings

if TYPE_CHECKING:
    from askme.chain import Chain

PAUSES = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before the chain is tried again, the last one for good."""
_log = logging.getLogger(__name__)


class ChainLater:
    """Builds the chain at the first call, which blocks; later calls of the same month return the same one.

    Durations are counted up to the month in which the chain was built. Safe to use from several threads. A failure
    isn't remembered: the next call tries again.
    """

    def __init__(self, settings: Settings) -> None:
        """Remember the settings; nothing is built yet."""
        self._settings = settings
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._month = (0, 0)
        self.made: Chain | None = None
        self.failed = False

    def __call__(self) -> Chain:
        """Return the chain, ready to answer."""
        with self._lock:
            month = (date.today().year, date.today().month)
            if self.made is None or self._month != month:
                chain, before = self._built(), self.made
                threading.Thread(target=rehearse, args=(chain, self._ended), name="rehearsal", daemon=True).start()
                self.made, self._month = chain, month
                if before:
                    before.close()
            return self.made

    def _built(self) -> Chain:
        from askme.assemble import build_chain  # noqa: PLC0415 (chromadb, langchain: 2 s that the page needn't wait)

        try:
            chain = build_chain(self._settings)
            chain.warm()
        except BaseException:
            self.failed = True
            raise
        self.failed = False
        return chain

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
