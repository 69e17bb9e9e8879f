"""Search by meaning: texts by a neural embedder in a collection of their own, on disk, in memory or on a server.

It is an addition: whatever fails here, words alone answer.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from askme.errors import IndexBroken, ModelError
from askme.llm.embeddings import Embedder as RemoteEmbedder
from askme.search.chroma import Ranking
from askme.search.collection import Embedder, LocalCollection, OpenCollection, Text
from askme.search.documents import pieces
from askme.search.server_vectors import ServerVectors
from askme.settings import Settings
from askme.storage.addresses import ServerAddress
from askme.types import Knowledge

COLLECTION, TITLE = "semantic", "index by meaning"
BUILD_SECONDS, SERVER_SECONDS = 30.0, 60.0
AGAIN_SECONDS = 60.0
"""After which what couldn't be made is tried again, when it is asked for."""
NEAREST = 60
"""Texts taken for a question; they belong to about a third as many bullets."""
_log = logging.getLogger(__name__)


class DenseIndex:
    """The nearest of some texts by one embedder's vectors. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913 (what a collection is, and where)
        self, name: str, title: str, texts: Sequence[Text], embedder: Embedder, folder: Path,
        address: ServerAddress | None = None,
    ) -> None:  # fmt: skip
        """Open and embed nothing yet; `title` is what the log calls it. `folder` is used while no server can be."""
        self._title, self._count = title, len(texts)
        self._local = LocalCollection(name, title, texts, embedder, folder)
        self._lock = threading.Lock()
        self._opened: OpenCollection | None = None
        self._again = math.inf
        self.shared = ServerVectors(name, title, texts, embedder, address) if address else None

    def refresh(self) -> str:
        """Bring the collection up to date and return its size in words, "" after a failure, which is logged.

        Only what is new or has changed is embedded. When a server for collections can't be used, one's own is.
        """
        if self.shared:
            self.shared.keeper.start(SERVER_SECONDS)
            if self.shared.keeper.current():
                return f"{self._count} texts, {self.shared.dimension} dimensions, on the server"
            if not self.shared.keeper.down:
                return ""  # another replica is at it
        return self._refresh_local()

    def _refresh_local(self) -> str:
        with self._lock:
            try:
                opened = self._opened = self._local.open()
            except (ModelError, IndexBroken) as error:
                _log.warning("the %s is off: %s", self._title, error)
                self._again = time.monotonic() + AGAIN_SECONDS
                return ""
        return f"{opened.size} texts, {opened.dimension} dimensions"

    @property
    def dimension(self) -> int:
        """The dimension of what can be asked now, 0 when nothing can.

        A server that is down is the reason to make a collection of one's own.
        """
        if self.shared:
            usable = self.shared.keeper.current() is not None
            if self.shared.keeper.down and self._opened is None and not self._lock.locked():
                self._refresh_in_background()
            if usable:
                return self.shared.dimension
        return self._opened.dimension if self._opened else 0

    def nearest(self, vector: list[float], k: int) -> Ranking:
        """Return ids and cosine distances of the `k` nearest texts; none when that can't be told now."""
        found = self.shared.nearest([vector], k) if self.shared else []
        opened = self._opened
        if found or opened is None or opened.dimension != len(vector):
            return found[0] if found else []
        try:
            return opened.nearest([vector], k)[0]
        except IndexBroken as error:
            self._reopen(opened, error)
            return []

    def _reopen(self, broken: OpenCollection, error: IndexBroken) -> None:
        """Open the collection anew in the background: somebody damaged its files while it was open."""
        if self._opened is broken:
            self._opened = None
            _log.warning("%s: %s; it is opened anew", self._title, error)
            self._refresh_in_background()

    def try_again(self) -> None:
        """Make in the background what couldn't be made, if that is some time ago."""
        if time.monotonic() >= self._again:
            self._again = math.inf
            self._refresh_in_background()

    def _refresh_in_background(self) -> None:
        threading.Thread(target=self._refresh_local, name="semantic", daemon=True).start()


class SemanticIndex:
    """Bullets by the meaning of short texts of theirs: a bullet is as near as its nearest text."""

    def __init__(self, knowledge: Knowledge, embedder: RemoteEmbedder, settings: Settings) -> None:
        """Nothing is opened or sent yet."""
        texts, url = pieces(knowledge), settings.chroma_url.get_secret_value()
        self._bullets = {text.id: text.bullet for text in texts}
        self._embedder, self._seconds = embedder, settings.embedding_seconds
        patient = Embedder(embedder.name, partial(embedder.embed, seconds=BUILD_SECONDS))
        address = ServerAddress.read(url) if url else None
        self.index = DenseIndex(COLLECTION, TITLE, texts, patient, settings.data_dir / COLLECTION, address)

    def refresh(self) -> str:
        """Bring the collection up to date; see `DenseIndex.refresh`."""
        return self.index.refresh()

    def rank(self, question: str) -> tuple[str, ...]:
        """Return the bullets nearest to `question`, the nearest first; none when that can't be told now."""
        dimension = self.index.dimension
        if not self._embedder.health.available():
            return ()
        if not dimension:
            self.index.try_again()
            return ()
        try:
            vector = self._embedder.embed([question], self._seconds)[0]
        except ModelError:
            return ()
        if len(vector) != dimension:
            message = f"vectors have {len(vector)} dimensions, the store {dimension}; words alone answer"
            self._embedder.health.failed(ModelError("unknown", message))
            return ()
        return tuple(dict.fromkeys(self._bullets[id_] for id_, _ in self.index.nearest(vector, NEAREST)))
