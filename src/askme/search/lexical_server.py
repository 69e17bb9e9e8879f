"""The index on a Chroma server: ids and vectors only, no text. While the server can't be asked, memory answers."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Literal

import numpy as np

from askme.errors import StoreDown
from askme.search.chroma import SERVER_BATCH, Asked, ChromaServer, Ranking, Row, ServerCollection
from askme.search.documents import Document
from askme.search.lexical_index import SAME, Index, by_id
from askme.search.replicated import ASK_SECONDS, BUILD_SECONDS, Keeper, Plan, SharedCollection
from askme.search.tfidf import LexicalEmbedding, version
from askme.storage.addresses import ServerAddress

KIND, FORMAT = "lexical", "1"
"""`FORMAT` counts up whenever what is written for a document changes."""
PROVEN = 2 * SERVER_BATCH
"""Documents that are compared, by chance others each time."""
PATIENCE = 10.0
"""Seconds in which opening waits for the server; memory answers from then until it is there."""


def open_shared(documents: list[Document], address: ServerAddress, rebuild: bool = False) -> Index:
    """Return an index of exactly `documents` on a server, where it is built unless it is there."""
    embedding = LexicalEmbedding.fit([document.text for document in documents])
    vectors = SharedVectors(documents, embedding.embed_documents([document.text for document in documents]), address)
    vectors.keeper.start(PATIENCE, rebuild)
    return Index(embedding, vectors, vectors.nearest, by_id(documents), vectors.keeper.written, lambda: vectors.where)


class SharedVectors:
    """Searches on the server, or else in memory, which takes longer the more documents there are."""

    def __init__(self, documents: Sequence[Document], vectors: list[list[float]], address: ServerAddress) -> None:
        """Ask for nothing yet."""
        self._documents = {document.id: document for document in documents}
        self._matrix = np.asarray(vectors, dtype=np.float32).reshape(len(documents), len(vectors[0]) if vectors else 0)
        self._ids = list(self._documents)
        plan = Plan(KIND, fingerprint(documents), self._fill, self._problem)
        shared = SharedCollection(ChromaServer(address, BUILD_SECONDS), plan)
        self.keeper = Keeper(ChromaServer(address, ASK_SECONDS), shared, "index")

    @property
    def where(self) -> Literal["server", "local"]:
        """Where a question asked now would be answered."""
        return "server" if self.keeper.current() else "local"

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        """Return for each vector the ids of the `k` nearest documents, each with its cosine distance."""
        found = self.keeper.nearest(asked, k)
        if any(len(one) < k or not all(id_ in self._documents for id_, _ in one) for one in found):
            self.keeper.lost(StoreDown("gone", "documents are missing"))
            found = []
        return found or [self._nearest(vector, k) for vector in asked]

    def _nearest(self, vector: Sequence[float], k: int) -> Ranking:
        asked = np.asarray(vector, dtype=np.float32)
        lengths = np.linalg.norm(self._matrix, axis=1) * np.linalg.norm(asked)
        distances = 1 - self._matrix @ asked / np.maximum(lengths, np.finfo(np.float32).tiny)
        return [(self._ids[n], float(distances[n])) for n in np.argsort(distances, kind="stable")[:k]]

    def _fill(self, made: ServerCollection, others: Sequence[ServerCollection]) -> int:
        rows = [Row(id_, self._matrix[n].tolist(), self._notes(id_)) for n, id_ in enumerate(self._ids)]
        made.write(rows)
        return len(rows)

    def _notes(self, identifier: str) -> dict[str, str]:
        document = self._documents[identifier]
        return {"kind": document.kind, "hash": document.hash}

    def _problem(self, held: ServerCollection) -> str:
        """Count, compare vectors with those of this process, and ask for a document by its own vector."""
        count = held.count()
        if count != len(self._ids):
            return f"it holds {count} documents instead of {len(self._ids)}"
        chosen = random.sample(range(count), min(count, PROVEN))
        there = {row.id: row for row in held.read([self._ids[n] for n in chosen])}
        for n in chosen:
            row = there.get(self._ids[n])
            if row is None or row.notes != self._notes(row.id) or not _alike(row.vector, self._matrix[n]):
                return f"{self._ids[n]} isn't as it was written"
        vector = self._matrix[chosen[0]].tolist() if chosen else []
        if vector and held.nearest([vector], 1)[0][0][1] > 1 - SAME:
            return f"{self._ids[chosen[0]]} isn't found"
        return ""


def fingerprint(documents: Sequence[Document]) -> str:
    """Return what changes with any document, the embedding, or what is written of them."""
    parts = [FORMAT, version(), *(f"{document.id} {document.kind} {document.hash}" for document in documents)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two vectors have one direction: a store may have made them as long as 1."""
    a, b = np.asarray(one), np.asarray(other)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return len(a) == len(b) and (not lengths or float(a @ b) > SAME * lengths)
