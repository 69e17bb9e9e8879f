"""settings → a running web server; the chain gets ready in the background once the server listens."""

from __future__ import annotations

import logging
import threading
from datetime import date
from socket import socket
from typing import TYPE_CHECKING

import uvicorn

from askme.logs import configure
from askme.rehearsal import rehearse
from askme.settings import Settings
from askme.ui import build_app

if TYPE_CHECKING:
    from askme.chain import Chain

GRACE_SECONDS = 2
"""What an open page may hold up the end of the process: each keeps a connection open for as long as it is shown."""

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
        self._chain: Chain | None = None
        self._month = (0, 0)

    def __call__(self) -> Chain:
        """Return the chain, ready to answer."""
        with self._lock:
            month = (date.today().year, date.today().month)
            if self._chain is None or self._month != month:
                from askme.assemble import build_chain  # noqa: PLC0415 (chromadb, langchain: 2 s that the page needn't wait)

                chain = build_chain(self._settings)
                chain.warm()
                threading.Thread(target=rehearse, args=(chain, self._ended), name="rehearsal", daemon=True).start()
                if self._chain:
                    self._chain.close()
                self._chain, self._month = chain, month
        return self._chain

    def close(self) -> None:
        """End what goes on in the background, and close what is open."""
        self._ended.set()
        if self._chain:
            self._chain.close()


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
    configure(settings.log_level, "%(levelname)s %(name)s: %(message)s")
    get_chain = ChainLater(settings)
    app = build_app(get_chain, settings)
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
