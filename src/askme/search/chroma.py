"""Chroma, as askme uses it: explicit vectors, cosine distance, no telemetry, nothing read from the environment."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from askme.errors import StoreDown
from askme.storage.addresses import ServerAddress

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

Vectors: TypeAlias = "Chroma"
"""A collection, for the annotations of others."""
Asked: TypeAlias = Sequence[Sequence[float]]
"""The vectors of one search."""
Ranking: TypeAlias = list[tuple[str, float]]
"""Ids of documents with their cosine distances, the nearest first."""
BATCH = 1000
"""Documents written at once."""
SERVER_BATCH = 250
"""The same over the network; Chroma Cloud takes 300."""
_COSINE: dict[str, Any] = {"hnsw": {"space": "cosine", "ef_search": 1000, "ef_construction": 200}}


def disk_client(folder: Path) -> Any:
    """Return a client of the store in `folder`."""
    import chromadb

    return chromadb.PersistentClient(folder, settings=_quiet())


def memory_client() -> Any:
    """Return a client of the store in memory, which all such clients of a process share."""
    import chromadb

    return chromadb.EphemeralClient(_quiet())


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, _env_file=None)


def collection(client: Any, embedding: Embeddings | None, name: str) -> Chroma:
    """Return the collection of that name, made when it isn't there."""
    from langchain_chroma import Chroma

    cosine: Any = _COSINE
    return Chroma(collection_name=name, client=client, embedding_function=embedding, collection_configuration=cosine)


def count(vectors: Chroma) -> int:
    """Return how many documents a collection holds."""
    return int(vectors._collection.count())


def close(vectors: Chroma) -> None:
    """Release the files of a collection's store."""
    vectors._client.close()


def chroma_error() -> type[Exception]:
    """Return what Chroma raises when a store can't be read."""
    from chromadb.errors import ChromaError

    return ChromaError


def chroma_version() -> str:
    """Return the version of the library: another one may lay out its files differently."""
    return metadata.version("chromadb")


def write(vectors: Chroma, identifiers: list[str], embeddings: list[list[float]], of: list[str]) -> None:
    """Add or replace documents by their vectors; `of` says which bullet each belongs to."""
    metadatas: list[Any] = [{"id": one} for one in of]
    rows: list[Any] = list(embeddings)
    for start in range(0, len(identifiers), BATCH):
        part = slice(start, start + BATCH)
        vectors._collection.upsert(ids=identifiers[part], embeddings=rows[part], metadatas=metadatas[part])


def remove(vectors: Chroma, identifiers: list[str]) -> None:
    """Delete documents."""
    for start in range(0, len(identifiers), BATCH):
        vectors._collection.delete(ids=identifiers[start : start + BATCH])


def nearest(vectors: Chroma, asked: Asked, k: int) -> list[Ranking]:
    """Return for each vector the ids and cosine distances of the `k` nearest documents, the nearest first.

    LangChain's searches also read the texts and all that is noted of them, which takes longer than the search.
    """
    rows: list[Any] = list(asked)
    return _rankings(vectors._collection.query(query_embeddings=rows, n_results=k, include=["distances"]))


def _rankings(found: Any) -> list[Ranking]:
    pairs = zip(found["ids"], found["distances"], strict=True)
    return [[(str(id_), float(far)) for id_, far in zip(*pair, strict=True)] for pair in pairs]


@dataclass(frozen=True)
class Row:
    """A document on a server: its vector and what is noted beside it."""

    id: str
    vector: Sequence[float]
    notes: Mapping[str, str]


class ChromaServer:
    """A server of Chroma's own. Safe to use from several threads.

    Every method may raise StoreDown, whose message holds nothing of the address or of what the server said; its kind
    is "gone" when a collection isn't there (any more).
    """

    def __init__(self, address: ServerAddress, seconds: float) -> None:
        """Connect to nothing yet; each step of a request may take `seconds`."""
        self._address, self._seconds = address, seconds
        self.place = {"tenant": address.tenant, "database": address.database}

    @cached_property
    def api(self) -> Any:
        """The requests of Chroma's client: its own `HttpClient` asks at once, and would wait for ever."""
        import httpx
        from chromadb.api import ServerAPI
        from chromadb.config import System

        settings = _quiet()
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        settings.chroma_api_impl = "chromadb.api.fastapi.FastAPI"
        settings.chroma_server_host = f"http{'s' * self._address.secure}://{host}:{self._address.port}"
        settings.chroma_server_http_port = self._address.port
        settings.chroma_server_ssl_enabled = self._address.secure
        settings.chroma_server_headers = dict(self._address.headers)
        api = System(settings).instance(ServerAPI)  # type: ignore[type-abstract]
        api._session.timeout = httpx.Timeout(self._seconds)  # type: ignore[attr-defined]
        weakref.finalize(self, api._session.close)  # type: ignore[attr-defined]
        return api

    def collections(self) -> list[ServerCollection]:
        """Return all collections."""
        found: list[Any] = []
        with _explained():
            while len(page := self.api.list_collections(100, len(found), **self.place)) == 100:
                found += page
        return [ServerCollection(self, model) for model in [*found, *page]]

    def create(self, name: str, notes: Mapping[str, str]) -> ServerCollection | None:
        """Return a new collection; None when there is one of that name. Of several at once, one gets it."""
        try:
            with _explained():
                model = self.api.create_collection(name, configuration=_COSINE, metadata=dict(notes), **self.place)
        except StoreDown as error:
            if error.kind == "refused" and any(one.name == name for one in self.collections()):
                return None
            raise
        return ServerCollection(self, model)

    def drop(self, name: str) -> None:
        """Delete a collection."""
        with _explained():
            self.api.delete_collection(name, **self.place)


class ServerCollection:
    """A collection on a server; see ChromaServer for what its methods raise."""

    def __init__(self, server: ChromaServer, model: Any) -> None:
        """`model` is the collection as Chroma's client describes it."""
        self._server, self._model, self._id = server, model, model.id
        self.name: str = model.name
        self.notes: dict[str, str] = {key: str(value) for key, value in (model.metadata or {}).items()}

    def on(self, server: ChromaServer) -> ServerCollection:
        """Return the same collection, asked with another patience."""
        return ServerCollection(server, self._model)

    def count(self) -> int:
        """Return how many documents there are."""
        with _explained():
            return int(self._server.api._count(self._id, **self._server.place))

    def write(self, rows: Sequence[Row]) -> None:
        """Add or replace documents."""
        with _explained():
            for start in range(0, len(rows), SERVER_BATCH):
                part = rows[start : start + SERVER_BATCH]
                ids, vectors = [row.id for row in part], _arrays([row.vector for row in part])
                notes = [dict(row.notes) for row in part]
                self._server.api._upsert(self._id, ids, vectors, notes, **self._server.place)

    def note(self, **notes: str) -> None:
        """Note something beside what is noted of the collection."""
        self.notes |= notes
        with _explained():
            self._server.api._modify(self._id, new_metadata=self.notes, **self._server.place)

    def read(self, ids: Sequence[str]) -> Iterator[Row]:
        """Yield those of these documents that are there."""
        for start in range(0, len(ids), SERVER_BATCH):
            part, include = list(ids[start : start + SERVER_BATCH]), ["embeddings", "metadatas"]
            with _explained():
                found = self._server.api._get(self._id, ids=part, include=include, **self._server.place)
                rows = zip(found["ids"], found["embeddings"], found["metadatas"], strict=True)
                read = [Row(id_, vector, dict(notes or {})) for id_, vector, notes in rows]
            yield from read

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        """Return for each vector ids and cosine distances of the `k` nearest documents, the nearest first."""
        with _explained():
            rows = _arrays(asked)
            found = self._server.api._query(self._id, rows, n_results=k, include=["distances"], **self._server.place)
            return _rankings(found)


def _arrays(vectors: Sequence[Sequence[float]]) -> list[Any]:
    import numpy as np

    return [np.asarray(vector, dtype=np.float32) for vector in vectors]


@contextmanager
def _explained() -> Iterator[None]:
    """Turn whatever Chroma's client raises into StoreDown."""
    import httpx
    from chromadb.errors import NotFoundError

    try:
        yield
    except NotFoundError:
        raise StoreDown("gone", "what was there is gone") from None
    except httpx.TimeoutException:
        raise StoreDown("slow", "no answer in time") from None
    except httpx.TransportError:
        raise StoreDown("unreachable", "server unreachable") from None
    except Exception as error:  # noqa: BLE001 (the client raises bare Exceptions, with what the server said in them)
        raise StoreDown("refused", f"the request failed ({error.__class__.__name__})") from None
