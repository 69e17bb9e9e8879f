"""settings → a running web server; the chain gets ready in the background once the server listens."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from socket import socket
from typing import TYPE_CHECKING

import uvicorn

from askme.knowledge import load_knowledge
from askme.logs import configure
from askme.rehearsal import rehearse
from askme.settings import Settings
from askme.types import Knowledge
from askme.ui import build_app

if TYPE_CHECKING:
    from askme.chain import Chain

GRACE_SECONDS = 2
"""What an open page may hold up the end of the process: each keeps a connection open for as long as it is shown."""
RETRY_SECONDS = 60
"""How long the building of a new chain may take, and how soon it is tried again when it failed."""

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
        self._made: tuple[Chain, date] | None = None
        self._next_try = 0.0

    def __call__(self) -> Chain:
        """Return the chain, ready to answer."""
        month = self._today().replace(day=1)
        with self._lock:
            if self._made is None:
                self._made = self._built(month), month
            chain, of = self._made
            if of != month and time.monotonic() >= self._next_try:
                self._next_try = time.monotonic() + RETRY_SECONDS
                threading.Thread(target=self._renew, args=(month,), name="renew", daemon=True).start()
        return chain

    def _built(self, month: date) -> Chain:
        from askme.assemble import build_chain  # noqa: PLC0415 (chromadb, langchain: 2 s that the page needn't wait)

        chain = build_chain(self._settings, month, knowledge=self._knowledge)
        chain.warm()
        threading.Thread(target=rehearse, args=(chain, self._ended), name="rehearsal", daemon=True).start()
        return chain

    def _renew(self, month: date) -> None:
        try:
            made = self._built(month), month
        except Exception:  # noqa: BLE001 (no caller to tell; the old chain goes on answering)
            _log.exception("the chain could not be built for a new month; the old one goes on")
            return
        with self._lock:
            before, self._made, self._next_try = self._made, made, 0.0
        if before:
            before[0].close()

    def close(self) -> None:
        """End what goes on in the background, and close what is open."""
        self._ended.set()
        if self._made:
            self._made[0].close()


class _Server(uvicorn.Server):
    """A server that starts a piece of work as soon as it listens, so that neither delays the other."""

    def __init__(self, config: uvicorn.Config, get_chain: ChainLater) -> None:
        super().__init__(config)
        self._get_chain = get_chain

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        _log.info("listening on http://%s:%d", self.config.host, self.config.port)
        threading.Thread(target=self._warm, name="warm", daemon=True).start()

    def _warm(self) -> None:
        try:
            self._get_chain()
        except Exception:  # noqa: BLE001 (no caller to tell; the first question tries again and tells its visitor)
            _log.exception("the chain could not be made ready")


def serve(settings: Settings) -> None:
    """Serve the page until the process is told to end.

    Raises:
        KnowledgeError: the résumé can't be read.
    """
    signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again when it is done; its default would end us on the spot
    configure(settings.log_level, "%(levelname)s %(name)s: %(message)s")
    knowledge = load_knowledge(settings.knowledge_dir)  # once: an edit is taken up by the next start, and whole
    get_chain = ChainLater(settings, knowledge)
    app = build_app(get_chain, settings, knowledge)
    config = uvicorn.Config(
        app,
        host=settings.address,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        _Server(config, get_chain).run()
    finally:
        get_chain.close()


def _end(*_: object) -> None:
    """End in good order: what is to be done at exit gets done."""
    sys.exit(0)
