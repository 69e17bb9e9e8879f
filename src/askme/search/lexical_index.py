"""Search by words: the documents by TF-IDF in a collection on disk, in memory, or on a server."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from askme.errors import IndexBroken
from askme.search.chroma import Asked, Ranking
from askme.search.collection import Embedder, LocalCollection
from askme.search.documents import Document
from askme.search.server_vectors import ServerVectors
from askme.search.tfidf import LexicalEmbedding, version
from askme.storage.addresses import ServerAddress
from askme.types import Hit

COLLECTION, TITLE = "lexical", "index"
PATIENCE = 10.0
"""Seconds in which opening waits for the server; memory answers from then until it is there."""
_STATE = "embedding.npz"
_log = logging.getLogger(__name__)

Nearest = Callable[[Asked, int], list[Ranking]]
"""Vectors and `k` → for each the ids of the `k` nearest documents with their cosine distances."""


@dataclass(frozen=True)
class Index:
    """A collection ready to be asked. `written` counts the documents that opening it had to write.

    `where` tells whether a question asked now would be answered by a server that replicas share.
    """

    embedding: LexicalEmbedding
    vectors: Any
    nearest: Nearest = field(repr=False)
    documents: dict[str, Document]
    written: int
    where: Callable[[], Literal["server", "local"]] = field(default=lambda: "local", repr=False)

    @property
    def size(self) -> int:
        """How many documents there are."""
        return len(self.documents)

    def score(self, question: str, identifiers: list[str], kind: Literal["bullet", "notice"]) -> list[Hit]:
        """Return the similarity of just these documents, the best first: when a search of the nearest isn't enough."""
        found = (Hit(id_, kind, self.embedding.similarity(question, self.documents[id_].text)) for id_ in identifiers)
        return sorted(found, key=lambda hit: -hit.score)

    def overlap(self, question: str, identifier: str) -> float:
        """Return how much of a question's weight, 0 to 1, lies in words of that document."""
        return self.embedding.overlap(question, self.documents[identifier].text)

    def search(self, question: str, k: int) -> list[Hit]:
        """Return the `k` documents nearest to `question` by cosine similarity, the best first.

        Raises:
            IndexBroken: the store can't be read; somebody damaged its files while it was open.
        """
        return self.search_all((question,), k)[0]

    def search_all(self, questions: Sequence[str], k: int) -> list[list[Hit]]:
        """Return what `search` does for each of several questions, in one request to the collection."""
        queries = [self.embedding.embed_query(question) for question in questions]
        lengths = [float(np.linalg.norm(query)) for query in queries]
        asked = [query for query, length in zip(queries, lengths, strict=True) if length]
        if not asked:
            return [[] for _ in questions]
        found = iter(self.nearest(asked, min(k, self.size)))
        return [self._hits(next(found), length) if length else [] for length in lengths]

    def _hits(self, found: Ranking, length: float) -> list[Hit]:
        try:
            return [Hit(id_, self.documents[id_].kind, (1 - distance) * length) for id_, distance in found]
        except KeyError as error:
            raise IndexBroken("the index holds what nobody wrote") from error


class LexicalEmbedder(Embedder):
    """TF-IDF fitted to the texts of its collection. The state lies beside their vectors."""

    def __init__(self) -> None:
        """Nothing is fitted yet."""
        super().__init__(version(), self._embed, cheap=True)
        self.embedding = LexicalEmbedding.fit([])

    def _embed(self, texts: list[str]) -> list[list[float]]:
        return self.embedding.embed_documents(texts)

    def fit(self, texts: list[str]) -> None:
        """Count the words of all texts."""
        self.embedding = LexicalEmbedding.fit(texts)

    def extend(self, texts: list[str]) -> None:
        """Give new texts a dimension each, as long as there are dimensions left."""
        extended = self.embedding.extended(texts)
        if extended is None:
            raise IndexBroken("much has changed since the index was built")
        self.embedding = extended

    def save(self, folder: Path) -> None:
        """Write the state into a folder."""
        self.embedding.save(folder / _STATE)

    def load(self, folder: Path) -> None:
        """Take the state of the collection in a folder."""
        try:
            self.embedding = LexicalEmbedding.load(folder / _STATE)
        except (OSError, ValueError, KeyError) as error:
            raise IndexBroken("the embedding of the index can't be read") from error


def open_index(documents: list[Document], data_dir: Path, rebuild: bool = False) -> Index:
    """Return an index of exactly `documents`, kept in a folder below `data_dir`, or in memory where none can be."""
    embedder = LexicalEmbedder()
    folder = data_dir / COLLECTION
    if not folder.exists() and (data_dir / "current").exists():
        _log.info("%s: an earlier askme kept its index here: current, index.lock, store-* may be deleted", data_dir)
    opened = LocalCollection(COLLECTION, TITLE, documents, embedder, folder).open(rebuild)
    return Index(embedder.embedding, opened.vectors, opened.nearest, _by_id(documents), opened.written)


def open_shared(documents: list[Document], address: ServerAddress, rebuild: bool = False) -> Index:
    """Return an index of exactly `documents` on a server, where it is built unless it is there."""
    embedder = LexicalEmbedder()
    embedder.fit([document.text for document in documents])
    shared = ServerVectors(COLLECTION, TITLE, documents, embedder, address)
    shared.keeper.start(PATIENCE, rebuild)
    written = shared.keeper.written
    return Index(embedder.embedding, shared, shared.nearest, _by_id(documents), written, lambda: shared.where)


def _by_id(documents: Sequence[Document]) -> dict[str, Document]:
    return {document.id: document for document in documents}
