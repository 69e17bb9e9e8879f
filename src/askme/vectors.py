"""Chroma, as askme uses it: explicit vectors, cosine distance, no telemetry, nothing read from the environment."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

Vectors: TypeAlias = "Chroma"
"""A collection, for the annotations of others."""
BATCH = 1000
"""Documents written at once."""


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

    cosine: Any = {"hnsw": {"space": "cosine", "ef_search": 1000, "ef_construction": 200}}
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


def nearest(vectors: Chroma, vector: list[float], k: int) -> list[str]:
    """Return which bullets the `k` nearest documents belong to, the nearest first, a bullet as often as it is found."""
    asked: list[Any] = [vector]
    found = vectors._collection.query(query_embeddings=asked, n_results=k, include=["metadatas"])
    return [str(metadata["id"]) for metadata in (found["metadatas"] or [[]])[0]]
