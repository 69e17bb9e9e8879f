"""Search by meaning: a second collection with a neural embedding, several short documents for each bullet.

A bullet is as near as its nearest document. It is an addition: whatever fails here, words alone answer.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from askme.errors import IndexBroken, ModelError
from askme.llm.embeddings import Embedder
from askme.search.chroma import (
    Vectors,
    chroma_error,
    chroma_version,
    close,
    collection,
    count,
    disk_client,
    memory_client,
    nearest,
    remove,
    write,
)
from askme.search.dense_server import SharedMeaning
from askme.search.documents import pieces
from askme.search.snapshot import Manifest, building, current, locked, publish, verify, working_copy, writable
from askme.settings import Settings
from askme.storage.addresses import ServerAddress
from askme.types import Knowledge

if TYPE_CHECKING:
    pass

COLLECTION = "semantic"
BUILD_SECONDS, SERVER_SECONDS = 30.0, 60.0
NEAREST = 60
"""Documents taken for a question; they belong to about a third as many bullets."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Opened:
    vectors: Vectors
    dimension: int


class SemanticIndex:
    """The collection of one résumé. Safe to use from several threads."""

    def __init__(self, knowledge: Knowledge, embedder: Embedder, settings: Settings) -> None:
        """Nothing is opened or sent yet."""
        self._pieces, self._embedder = pieces(knowledge), embedder
        self._bullets = {piece.id: piece.bullet for piece in self._pieces}
        self._folder, self._seconds = settings.data_dir / "semantic", settings.embedding_seconds
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self.shared: SharedMeaning | None = None
        if url := settings.chroma_url.get_secret_value():
            embed = partial(embedder.embed, seconds=BUILD_SECONDS)
            self.shared = SharedMeaning(self._pieces, embedder.name, embed, ServerAddress.read(url))

    def refresh(self) -> str:
        """Bring the collection up to date and return its size in words, "" after a failure, which is logged.

        Only what is new or has changed is embedded. When a server for collections can't be used, one's own is.
        """
        if self.shared:
            self.shared.keeper.start(SERVER_SECONDS)
            if self.shared.keeper.current():
                return f"{len(self._pieces)} texts, {self.shared.dimension} dimensions, on the server"
            if not self.shared.keeper.down:
                return ""  # another replica is at it
        return self._refresh_own()

    def _refresh_own(self) -> str:
        with self._lock:
            try:
                self._opened = self._wherever()
            except (ModelError, IndexBroken) as error:
                _log.warning("search by meaning is off, words alone answer: %s", error)
                return ""
        return f"{count(self._opened.vectors)} texts, {self._opened.dimension} dimensions"

    def rank(self, question: str) -> tuple[str, ...]:
        """Return the bullets nearest to `question`, the nearest first; none when that can't be told now."""
        shared, opened = self._ready()
        dimension = shared.dimension if shared else opened.dimension if opened else 0
        if not dimension or not self._embedder.health.available():
            return ()
        try:
            vector = self._embedder.embed([question], self._seconds)[0]
        except ModelError:
            return ()
        if len(vector) != dimension:
            message = f"vectors have {len(vector)} dimensions, the store {dimension}; words alone answer"
            self._embedder.health.failed(ModelError("unknown", message))
            return ()
        found = shared.nearest(vector, NEAREST) if shared else []
        if not found and opened and opened.dimension == dimension:
            found = self._nearest(opened, vector)
        return tuple(dict.fromkeys(found))

    def _nearest(self, opened: _Opened, vector: list[float]) -> list[str]:
        try:
            found = nearest(opened.vectors, [vector], NEAREST)
            return [self._bullets[id_] for id_, _ in found[0] if id_ in self._bullets]
        except chroma_error() as error:
            self._reopen(opened, error)
            return []

    def _reopen(self, broken: _Opened, error: Exception) -> None:
        """Open the collection anew in the background: somebody damaged its files while it was open."""
        if self._opened is broken:
            self._opened = None
            _log.warning("search by meaning broke off (%s): it is opened anew", error.__class__.__name__)
            threading.Thread(target=self._refresh_own, name="semantic", daemon=True).start()

    def _wherever(self) -> _Opened:
        """Open the collection on disk, or make it in memory when it can't be kept there."""
        try:
            if writable(self._folder):
                return self._on_disk()
        except (OSError, chroma_error()) as error:
            _log.warning("%s can't be used (%s): the vectors stay in memory", self._folder, error.__class__.__name__)
        return self._in_memory()

    def _ready(self) -> tuple[SharedMeaning | None, _Opened | None]:
        """Return what can be asked now; a server that is down is the reason to make an own collection."""
        if self.shared is None:
            return None, self._opened
        usable = self.shared.keeper.current() is not None
        if self.shared.keeper.down and self._opened is None and not self._lock.locked():
            threading.Thread(target=self._refresh_own, name="semantic", daemon=True).start()
        return self.shared if usable else None, self._opened

    def _on_disk(self) -> _Opened:
        with locked(self._folder):
            try:
                store = current(self._folder)
                manifest = verify(store)
                if (manifest.chroma, manifest.embedding) != (chroma_version(), self._embedder.name):
                    raise IndexBroken("another model or version")
            except IndexBroken:
                return self._open(*self._built(None, Manifest({}, 0, chroma_version(), self._embedder.name)))
            wanted = {piece.id: piece.hash for piece in self._pieces}
            if manifest.documents == wanted:
                return self._open(store, manifest.dimension)
            try:
                return self._open(*self._built(store, manifest))
            except ModelError as error:
                _log.warning("search by meaning goes on with the store of before: %s", error)
                return self._open(store, manifest.dimension)

    def _built(self, store: Path | None, before: Manifest) -> tuple[Path, int]:
        """Return a new sealed store, made from the one before by embedding what that one doesn't have."""
        start = time.perf_counter()
        stale = [piece for piece in self._pieces if before.documents.get(piece.id) != piece.hash]
        made = self._embedder.embed([piece.text for piece in stale], BUILD_SECONDS) if stale else []
        dimension = len(made[0]) if made else before.dimension
        if before.dimension and dimension != before.dimension:
            raise ModelError("unknown", f"new vectors have {dimension} dimensions, the store {before.dimension}")
        wanted = {piece.id: piece.hash for piece in self._pieces}
        with building(self._folder, start_from=store) as folder:
            vectors = collection(disk_client(folder), None, COLLECTION)
            remove(vectors, [id_ for id_ in before.documents if id_ not in wanted])
            write(vectors, [piece.id for piece in stale], made, [piece.bullet for piece in stale])
            close(vectors)
            sealed = publish(folder, self._folder, Manifest(wanted, dimension, chroma_version(), self._embedder.name))
        took = time.perf_counter() - start
        _log.info("search by meaning: embedded %d of %d texts in %.1f s", len(stale), len(self._pieces), took)
        return sealed, dimension

    def _open(self, store: Path, dimension: int) -> _Opened:
        vectors = collection(disk_client(working_copy(store, self._folder).folder), None, COLLECTION)
        if not count(vectors):
            raise IndexBroken("the collection is empty")
        return _Opened(vectors, dimension)

    def _in_memory(self) -> _Opened:
        made = self._embedder.embed([piece.text for piece in self._pieces], BUILD_SECONDS)
        vectors = collection(memory_client(), None, f"{COLLECTION}-{uuid.uuid4().hex}")
        write(vectors, [piece.id for piece in self._pieces], made, [piece.bullet for piece in self._pieces])
        return _Opened(vectors, len(made[0]))
