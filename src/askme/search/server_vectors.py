"""Texts' vectors on a Chroma server, no text itself: made once for all replicas, and taken over by the next release."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Literal

import numpy as np

from askme.errors import StoreDown
from askme.search.chroma import SERVER_BATCH, Asked, ChromaServer, Ranking, Row, ServerCollection
from askme.search.collection import SAME, Embedder, Text, embedded
from askme.search.replicated import ASK_SECONDS, BUILD_SECONDS, Keeper, Plan, SharedCollection
from askme.storage.addresses import ServerAddress

FORMAT = "1"
"""Counts up whenever what is written for a text changes."""
SILENT, SILENT_IF_CHEAP = 60.0, 10.0
"""Seconds that a builder may take for one batch: its call to an embedding server has 30."""
AS_SOURCES = 3
"""Other collections that are looked through for vectors."""


class ServerVectors:
    """The vectors of some texts on a server, made by one embedder. Safe to use from several threads.

    Vectors that are cheap are at hand too: those of the server are compared with them, and while it can't be asked,
    they are.
    """

    def __init__(  # noqa: PLR0913 (what a collection is, and where)
        self, kind: str, title: str, texts: Sequence[Text], embedder: Embedder, address: ServerAddress,
        silent: float = 0.0,
    ) -> None:  # fmt: skip
        """Ask for nothing yet; `kind` begins the collection's name, `title` is what the log calls it."""
        self._texts, self._embedder = {text.id: text for text in texts}, embedder
        self._own = _InMemory(list(self._texts), embedder.embed([t.text for t in texts])) if embedder.cheap else None
        self.dimension = 0
        silent = silent or (SILENT_IF_CHEAP if embedder.cheap else SILENT)
        plan = Plan(kind, fingerprint(texts, embedder.name), self._fill, self._problem, silent)
        shared = SharedCollection(ChromaServer(address, BUILD_SECONDS), plan)
        self.keeper = Keeper(ChromaServer(address, ASK_SECONDS), shared, title)

    @property
    def where(self) -> Literal["server", "local"]:
        """Where a question asked now would be answered."""
        return "server" if self.keeper.current() else "local"

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        """Return for each vector ids and cosine distances of the `k` nearest texts; nothing when that can't be told."""
        k = min(k, len(self._texts))
        found = self.keeper.nearest(asked, k)
        if any(len(one) < k or not all(id_ in self._texts for id_, _ in one) for one in found):
            self.keeper.lost(StoreDown("gone", "texts are missing"))
            found = []
        return found or (self._own.nearest(asked, k) if self._own else [])

    def _fill(self, made: ServerCollection, others: Sequence[ServerCollection]) -> int:
        """Write what others hold already, then embed the rest batch by batch, so that it can be seen to grow."""
        held = {} if self._embedder.cheap else self._held(others)
        made.write(list(held.values()))
        dimension = len(next(iter(held.values())).vector) if held else 0
        missing = [text for text in self._texts.values() if text.id not in held]
        for start in range(0, len(missing), SERVER_BATCH):
            batch = missing[start : start + SERVER_BATCH]
            rows = embedded(self._embedder, batch, dimension)
            made.write([Row(row.id, row.vector, self._notes(row.id)) for row in rows])
            dimension = len(rows[0].vector)
        return len(missing)

    def _held(self, others: Sequence[ServerCollection]) -> dict[str, Row]:
        """Return the rows that other collections hold for our texts, those used last looked through first."""
        held: dict[str, Row] = {}
        for other in sorted(others, key=lambda one: one.notes.get("used", ""), reverse=True)[:AS_SOURCES]:
            for row in other.read([id_ for id_ in self._texts if id_ not in held]):
                notes = self._notes(row.id)
                if row.notes.get("hash") == notes["hash"]:
                    held[row.id] = Row(row.id, row.vector, notes)
        return held

    def _notes(self, identifier: str) -> dict[str, str]:
        text = self._texts[identifier]
        return {**text.notes, "hash": _hash(text, self._embedder.name)}

    def _problem(self, held: ServerCollection) -> str:
        """Count, look at some rows, by chance others each time, and ask for one of them by its own vector."""
        count = held.count()
        if count != len(self._texts):
            return f"it holds {count} texts instead of {len(self._texts)}"
        if not count:
            return ""
        chosen = random.sample(sorted(self._texts), min(count, SERVER_BATCH * (2 if self._own else 1)))
        there = {row.id: row for row in held.read(chosen)}
        for id_ in chosen:
            if id_ not in there or there[id_].notes != self._notes(id_) or not self._own_vector(there[id_]):
                return f"{id_} isn't as it was written"
        vector = there[chosen[0]].vector
        self.dimension = len(vector)
        return "" if held.nearest([vector], 1)[0][0][1] <= 1 - SAME else f"{chosen[0]} isn't found"

    def _own_vector(self, row: Row) -> bool:
        """Whether a row's vector is the one this process has, if it has any."""
        return self._own is None or self._own.alike(row.id, row.vector)


class _InMemory:
    """Vectors at hand; the exact search takes longer the more there are."""

    def __init__(self, identifiers: list[str], vectors: Asked) -> None:
        shape = len(identifiers), len(vectors[0]) if vectors else 0
        self._ids, self._matrix = identifiers, np.asarray(vectors, dtype=np.float32).reshape(shape)
        self._numbers = {id_: number for number, id_ in enumerate(identifiers)}

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        return [self._ranking(np.asarray(vector, dtype=np.float32), k) for vector in asked]

    def _ranking(self, asked: np.ndarray[tuple[int], np.dtype[np.float32]], k: int) -> Ranking:
        lengths = np.linalg.norm(self._matrix, axis=1) * np.linalg.norm(asked)
        distances = 1 - self._matrix @ asked / np.maximum(lengths, np.finfo(np.float32).tiny)
        return [(self._ids[n], float(distances[n])) for n in np.argsort(distances, kind="stable")[:k]]

    def alike(self, identifier: str, vector: Sequence[float]) -> bool:
        """Whether the two have one direction: a store may have made them as long as 1."""
        own, other = self._matrix[self._numbers[identifier]], np.asarray(vector)
        lengths = float(np.linalg.norm(own) * np.linalg.norm(other))
        return len(own) == len(other) and (not lengths or float(own @ other) > SAME * lengths)


def fingerprint(texts: Sequence[Text], embedder: str) -> str:
    """Return what changes with any text, the embedder, or what is written of them."""
    rows = [f"{text.id} {' '.join(text.notes.values())} {_hash(text, embedder)}" for text in texts]
    return hashlib.sha256("\n".join([FORMAT, *rows]).encode()).hexdigest()[:32]


def _hash(text: Text, embedder: str) -> str:
    """Return what changes with the text or the embedder."""
    return hashlib.sha256(f"{embedder}\n{text.text}".encode()).hexdigest()[:32]
