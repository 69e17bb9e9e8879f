"""Documents → a Chroma collection: opened when it is whole, brought up to date when it isn't."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from askme.errors import IndexBroken
from askme.search.chroma import (
    BATCH,
    Asked,
    Ranking,
    Vectors,
    chroma_error,
    chroma_version,
    close,
    collection,
    count,
    disk_client,
    memory_client,
    nearest,
)
from askme.search.documents import Document
from askme.search.snapshot import Manifest, building, current, locked, publish, verify, working_copy, writable
from askme.search.tfidf import LexicalEmbedding, version
from askme.types import Hit

COLLECTION = "lexical"
SAME = 0.99
"""Cosine of a text with itself, less what float32 and an approximate search take."""
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

    def score(self, question: str, identifiers: list[str], kind: Literal["bullet", "card", "notice"]) -> list[Hit]:
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
        try:
            found = iter(self.nearest(asked, min(k, self.size)))
            return [self._hits(next(found), length) if length else [] for length in lengths]
        except (chroma_error(), KeyError) as error:
            raise IndexBroken(f"the index can't be asked ({error.__class__.__name__})") from error

    def _hits(self, found: Ranking, length: float) -> list[Hit]:
        return [Hit(id_, self.documents[id_].kind, (1 - distance) * length) for id_, distance in found]


def open_index(documents: list[Document], data_dir: Path, rebuild: bool = False) -> Index:
    """Return an index of exactly `documents`, kept under `data_dir`, or in memory when that can't be written to.

    What is missing, damaged, stale or of another version is built anew; what is only stale keeps its vectors.
    """
    try:
        if writable(data_dir):
            return _on_disk(documents, data_dir, rebuild)
        why = "can't be written to"
    except (OSError, chroma_error()) as error:
        why = f"can't be used ({error.__class__.__name__})"
    _log.warning("%s %s: the index is kept in memory and built at every start", data_dir, why)
    return _in_memory(documents)


def _on_disk(documents: list[Document], data_dir: Path, rebuild: bool) -> Index:
    start = time.perf_counter()
    with locked(data_dir):
        try:
            if rebuild:
                raise IndexBroken("a rebuild was asked for")
            store, written, why = _refreshed(documents, data_dir)
        except IndexBroken as error:
            store, written, why = _built(documents, data_dir), len(documents), str(error)
        try:
            index = _opened(store, data_dir, documents, written)
        except IndexBroken as error:
            store, written, why = _built(documents, data_dir), len(documents), str(error)
            index = _opened(store, data_dir, documents, written, fresh=True)
    if why:
        took = time.perf_counter() - start
        _log.info("index: %s; wrote %d of %d documents in %.1f s", why, written, len(documents), took)
    return index


def _refreshed(documents: list[Document], data_dir: Path) -> tuple[Path, int, str]:
    store = current(data_dir)
    manifest = verify(store)
    if (manifest.chroma, manifest.embedding) != (chroma_version(), version()):
        raise IndexBroken("the index was made by another version")
    wanted = {document.id: document.hash for document in documents}
    if manifest.documents == wanted:
        return store, 0, ""
    stale = [document for document in documents if manifest.documents.get(document.id) != document.hash]
    embedding = _load_embedding(store).extended([document.text for document in stale])
    if embedding is None:
        raise IndexBroken("much has changed since the index was built")
    gone = [id_ for id_ in manifest.documents if id_ not in wanted]
    with building(data_dir, start_from=store) as folder:
        vectors = collection(disk_client(folder), embedding, COLLECTION)
        if gone:
            vectors.delete(ids=gone)
        _write(vectors, stale)
        close(vectors)
        return _sealed(folder, data_dir, documents, embedding), len(stale), "knowledge has changed"


def _built(documents: list[Document], data_dir: Path) -> Path:
    embedding = LexicalEmbedding.fit([document.text for document in documents])
    with building(data_dir) as folder:
        vectors = collection(disk_client(folder), embedding, COLLECTION)
        _write(vectors, documents)
        close(vectors)
        return _sealed(folder, data_dir, documents, embedding)


def _sealed(folder: Path, data_dir: Path, documents: list[Document], embedding: LexicalEmbedding) -> Path:
    embedding.save(folder / _STATE)
    wanted = {document.id: document.hash for document in documents}
    return publish(folder, data_dir, Manifest(wanted, embedding.dimension, chroma_version(), version()))


def _opened(store: Path, data_dir: Path, documents: list[Document], written: int, fresh: bool = False) -> Index:
    """Open a copy of a store and prove it; one that was built just now is used even when it can't be proven."""
    folder = working_copy(store, data_dir).folder
    embedding = _load_embedding(folder)
    vectors = collection(disk_client(folder), embedding, COLLECTION)
    index = Index(embedding, vectors, partial(nearest, vectors), by_id(documents), written)
    try:
        _prove(index, _held(vectors), documents)
    except IndexBroken as error:
        if not fresh:
            raise
        _log.warning("a fresh index is used although %s", error)
    return index


def _held(vectors: Vectors) -> int:
    try:
        return count(vectors)
    except chroma_error() as error:
        raise IndexBroken(f"the index can't be counted ({error.__class__.__name__})") from error


def _prove(index: Index, held: int, documents: list[Document]) -> None:
    """Ask for one document by its own text, and count; raises IndexBroken when the answer is another one."""
    if held != len(documents):
        raise IndexBroken(f"the index holds {held} documents instead of {len(documents)}")
    if not documents:
        return
    length = float(np.linalg.norm(index.embedding.embed_query(documents[0].text)))
    found = index.search(documents[0].text, 1)
    if not found or found[0].score < SAME * length:
        raise IndexBroken("the index doesn't find its own first document")


def _in_memory(documents: list[Document]) -> Index:
    embedding = LexicalEmbedding.fit([document.text for document in documents])
    vectors = collection(memory_client(), embedding, f"{COLLECTION}-{uuid.uuid4().hex}")
    _write(vectors, documents)
    return Index(embedding, vectors, partial(nearest, vectors), by_id(documents), len(documents))


def by_id(documents: Sequence[Document]) -> dict[str, Document]:
    """Return documents by their ids."""
    return {document.id: document for document in documents}


def _write(vectors: Vectors, documents: list[Document]) -> None:
    starts = range(0, len(documents), BATCH)
    for start in tqdm(starts, desc="indexing", unit="batch", disable=len(documents) <= BATCH or None):
        batch = documents[start : start + BATCH]
        vectors.add_texts(
            [document.text for document in batch],
            metadatas=[{"id": document.id, "kind": document.kind} for document in batch],
            ids=[document.id for document in batch],
        )


def _load_embedding(store: Path) -> LexicalEmbedding:
    try:
        return LexicalEmbedding.load(store / _STATE)
    except (OSError, ValueError, KeyError) as error:
        raise IndexBroken("the embedding of the index can't be read") from error
