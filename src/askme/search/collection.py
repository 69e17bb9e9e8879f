"""A collection of texts and their vectors: in a sealed folder, brought up to date text by text, or in memory."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from askme.errors import IndexBroken, ModelError
from askme.search.chroma import (
    Asked,
    Ranking,
    Row,
    Vectors,
    chroma_error,
    chroma_version,
    collection,
    count,
    disk_client,
    memory_client,
    nearest,
    remove,
    stored_vector,
    write,
    written_to,
)
from askme.search.snapshot import Manifest, building, current, locked, publish, verify, working_copy, writable

SAME = 0.99
"""Cosine of a text with itself, less what float32 and an approximate search take."""
EMBEDDED_AT_ONCE = 250
_log = logging.getLogger(__name__)


class Text(Protocol):
    """What is found by its vector."""

    @property
    def id(self) -> str:
        """Its own name in the collection."""

    @property
    def text(self) -> str:
        """What is embedded."""

    @property
    def hash(self) -> str:
        """What changes when the text does."""

    @property
    def notes(self) -> Mapping[str, str]:
        """What is written beside the vector."""


@dataclass
class Embedder:
    """Makes vectors of texts, all of one length. `name` changes with whatever else decides them.

    `cheap` is one that makes vectors again whenever that proves something. One that is fitted to the texts of its
    collection keeps its state in the collection's folder; most have none.
    """

    name: str
    embed: Callable[[list[str]], list[list[float]]]
    cheap: bool = False

    def fit(self, texts: list[str]) -> None:
        """Take the state for a new collection of just these texts."""

    def extend(self, texts: list[str]) -> None:
        """Make room for more texts, so that the vectors of others stay valid; raises IndexBroken when there is none."""

    def save(self, folder: Path) -> None:
        """Write the state into a folder."""

    def load(self, folder: Path) -> None:
        """Take the state of the collection in a folder; raises IndexBroken when it can't be read."""


@dataclass(frozen=True)
class OpenCollection:
    """A collection ready to be asked. `written` counts the texts that opening it had to write."""

    vectors: Vectors
    dimension: int
    written: int

    @property
    def size(self) -> int:
        """How many texts there are."""
        return count(self.vectors)

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        """Return for each vector the ids and cosine distances of the `k` nearest texts, the nearest first.

        Raises:
            IndexBroken: the store can't be read; somebody damaged its files while it was open.
        """
        try:
            return nearest(self.vectors, asked, k)
        except chroma_error() as error:
            raise IndexBroken(f"the index can't be asked ({error.__class__.__name__})") from error


@dataclass(frozen=True)
class _Sealed:
    """A sealed store with what it holds, how much of it was written now, and why."""

    folder: Path
    manifest: Manifest
    written: int = 0
    why: str = ""


class LocalCollection:
    """A collection of exactly these texts for one process after another. Not for several threads at once."""

    def __init__(self, name: str, title: str, texts: Sequence[Text], embedder: Embedder, folder: Path) -> None:
        """Open nothing yet; `name` is the collection's, `title` what the log calls it, `folder` where it is kept."""
        self._name, self._title, self._folder, self._embedder = name, title, folder, embedder
        self._texts = {text.id: text for text in texts}
        self._wanted = {text.id: text.hash for text in texts}

    def open(self, rebuild: bool = False) -> OpenCollection:
        """Return it, in memory when the folder can't be written to.

        What is missing, damaged or of another version is built anew; what is only stale keeps its vectors. When what
        changed can't be embedded, the collection of before is returned.

        Raises:
            IndexBroken: another process holds the folder for long.
            ModelError: nothing could be embedded, and there is no collection of before.
        """
        try:
            if writable(self._folder):
                return self._on_disk(rebuild)
            why = "can't be written to"
        except (OSError, chroma_error()) as error:
            why = f"can't be used ({error.__class__.__name__})"
        _log.warning("%s %s: the %s is kept in memory and built at every start", self._folder, why, self._title)
        return self._in_memory()

    def _on_disk(self, rebuild: bool) -> OpenCollection:
        start = time.perf_counter()
        with locked(self._folder):
            try:
                if rebuild:
                    raise IndexBroken("a rebuild was asked for")
                store = self._refreshed()
                opened = self._opened(store)
            except IndexBroken as error:
                store = self._built(str(error))
                opened = self._opened(store, fresh=True)
        if store.why:
            took, whole = time.perf_counter() - start, len(self._texts)
            _log.info("%s: %s; wrote %d of %d texts in %.1f s", self._title, store.why, store.written, whole, took)
        return opened

    def _refreshed(self) -> _Sealed:
        store = current(self._folder)
        before = verify(store)
        if (before.chroma, before.embedding) != (chroma_version(), self._embedder.name):
            raise IndexBroken("the index was made by another version")
        if before.documents == self._wanted:
            return _Sealed(store, before)
        try:
            return self._renewed(store, before)
        except ModelError as error:
            _log.warning("the %s goes on with what there was before: %s", self._title, error)
            return _Sealed(store, before)

    def _renewed(self, store: Path, before: Manifest) -> _Sealed:
        """Return a new store made from the one before, in which only what that one doesn't have is embedded."""
        stale = [text for text in self._texts.values() if before.documents.get(text.id) != text.hash]
        self._embedder.load(store)
        self._embedder.extend([text.text for text in stale])
        with building(self._folder, start_from=store) as folder:
            with written_to(folder, self._name) as vectors:
                remove(vectors, [id_ for id_ in before.documents if id_ not in self._wanted])
                dimension = self._write(vectors, stale, before.dimension)
            return self._sealed(folder, dimension, len(stale), "knowledge has changed")

    def _built(self, why: str) -> _Sealed:
        texts = list(self._texts.values())
        self._embedder.fit([text.text for text in texts])
        with building(self._folder) as folder:
            with written_to(folder, self._name) as vectors:
                dimension = self._write(vectors, texts)
            return self._sealed(folder, dimension, len(texts), why)

    def _sealed(self, folder: Path, dimension: int, written: int, why: str) -> _Sealed:
        self._embedder.save(folder)
        manifest = Manifest(self._wanted, dimension, chroma_version(), self._embedder.name)
        return _Sealed(publish(folder, self._folder, manifest), manifest, written, why)

    def _opened(self, store: _Sealed, fresh: bool = False) -> OpenCollection:
        """Open a copy of a store and prove it; one that was built just now is used even when it can't be proven."""
        folder = working_copy(store.folder, self._folder).folder
        self._embedder.load(folder)
        opened = OpenCollection(collection(disk_client(folder), self._name), store.manifest.dimension, store.written)
        try:
            self._prove(opened, list(store.manifest.documents))
        except IndexBroken as error:
            if not fresh:
                raise
            _log.warning("a fresh %s is used although %s", self._title, error)
        return opened

    def _prove(self, opened: OpenCollection, identifiers: list[str]) -> None:
        """Count, and ask for one text by its own vector; raises IndexBroken when the answer is another one."""
        try:
            held = opened.size
            if held != len(identifiers):
                raise IndexBroken(f"the index holds {held} texts instead of {len(identifiers)}")
            if not identifiers:
                return
            vector = self._own_vector(opened, identifiers[0])
        except chroma_error() as error:
            raise IndexBroken(f"the index can't be counted ({error.__class__.__name__})") from error
        found = opened.nearest([vector], 1)[0] if vector else []
        if not found or found[0][1] > 1 - SAME:
            raise IndexBroken("the index doesn't find its own first text")

    def _own_vector(self, opened: OpenCollection, identifier: str) -> list[float]:
        """Return the vector of a text: made again where that costs nothing, else the one that was stored."""
        if self._embedder.cheap:
            return self._embedder.embed([self._texts[identifier].text])[0]
        return stored_vector(opened.vectors, identifier)

    def _in_memory(self) -> OpenCollection:
        texts = list(self._texts.values())
        self._embedder.fit([text.text for text in texts])
        vectors = collection(memory_client(), f"{self._name}-{uuid.uuid4().hex}")
        return OpenCollection(vectors, self._write(vectors, texts), len(texts))

    def _write(self, vectors: Vectors, texts: Sequence[Text], dimension: int = 0) -> int:
        """Embed and write texts batch by batch; return the dimension, which must be the one given, unless that is 0."""
        few = len(texts) <= EMBEDDED_AT_ONCE
        with tqdm(total=len(texts), desc=self._title, unit="text", disable=few or None) as progress:
            for start in range(0, len(texts), EMBEDDED_AT_ONCE):
                batch = texts[start : start + EMBEDDED_AT_ONCE]
                rows = embedded(self._embedder, batch, dimension)
                write(vectors, rows, [text.text for text in batch])
                dimension = len(rows[0].vector)
                progress.update(len(batch))
        return dimension


def embedded(embedder: Embedder, texts: Sequence[Text], dimension: int) -> list[Row]:
    """Return what is to be written of some texts; their vectors must have that dimension, unless it is 0.

    Raises:
        ModelError: the embedder gave none, or some of another dimension.
    """
    vectors = embedder.embed([text.text for text in texts])
    if dimension and len(vectors[0]) != dimension:
        raise ModelError("unknown", f"new vectors have {len(vectors[0])} dimensions, the others {dimension}")
    return [Row(text.id, vector, text.notes) for text, vector in zip(texts, vectors, strict=True)]
