"""settings → a running web server; the chain gets ready in the background once the server listens.

The end of the process, at SIGTERM or the first Ctrl-C: no new questions (whoever asks is told to try again), running
answers are finished and delivered, then the connections of open pages end, and the process with code 0. A second
signal ends it at once.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from socket import socket
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from askme.logging_setup import configure
from askme.resume.loader import load_knowledge
from askme.settings import Settings
from askme.web.gradio_app import build_app
from askme.web.readiness import ChainLater

if TYPE_CHECKING:
    from askme.web.routes import Life

GRACE_SECONDS = 2
"""What a connection may hold up the end of the process once all answers are delivered."""
LONGER_SECONDS = 5.0
"""What a running answer may take beyond the time that an answer by the model has."""
SETTLED_SECONDS = 0.4
"""Nothing has run for so long: what was answered last is delivered."""
MOST_CONNECTIONS = 800
"""Beyond it uvicorn says 503. An open page holds one or two, a slow sender one; Linux allows 1,024 files by default."""
IDLE_SECONDS = 10
"""A connection without a request is closed after so long."""

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """A server that makes the chain as soon as it listens, so that neither delays the other, and ends with grace."""

    def __init__(self, config: uvicorn.Config, get_chain: ChainLater, life: Life, patience: float) -> None:
        super().__init__(config)
        self._get_chain, self._life, self._patience = get_chain, life, patience
        self._asked_to_end = self._busy_at = 0.0

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        _log.info("listening on http://%s:%d", self.config.host, self.config.port)
        threading.Thread(target=self._get_chain.keep_trying, name="warm", daemon=True).start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal: the first begins to close, the next ends it."""
        self.should_exit = self.force_exit = self._life.closing
        if not self._life.closing:
            self._life.closing = True
            self._asked_to_end = self._busy_at = time.monotonic()

    async def on_tick(self, counter: int) -> bool:
        """Look ten times a second whether to end."""
        if self._life.closing and self._delivered():
            self._life.over.set()
            self.should_exit = True
        return await super().on_tick(counter)

    def _delivered(self) -> bool:
        now = time.monotonic()
        if self._life.busy:
            self._busy_at = now
        return now - self._busy_at > SETTLED_SECONDS or now - self._asked_to_end > self._patience


def serve(settings: Settings) -> None:
    """Serve the page until the process is told to end.

    Raises:
        KnowledgeError: the résumé can't be read.
    """
    form = "%(levelname)s %(name)s: %(message)s"
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]  # Gradio looks for it at each step of an answer
    configure(settings.log_level, form, settings.secrets, settings.log_format == "json")
    knowledge = load_knowledge(settings.knowledge_dir)  # once: an edit is taken up by the next start, and whole
    get_chain = ChainLater(settings, knowledge)
    app = build_app(get_chain, settings, knowledge)
    config = uvicorn.Config(
        app,
        host=settings.address,
        port=settings.port,
        http="h11",  # which takes 64 kB of headers, httptools any number
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        _Server(config, get_chain, app.state.life, settings.total_seconds + LONGER_SECONDS).run()
    finally:
        get_chain.close()
