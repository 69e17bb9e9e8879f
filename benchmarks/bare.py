"""The baselines: what Chroma and Gradio take when nothing of askme stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askme.search.lexical_index import Index

COLLECTION = "bare"
BATCH = 1000
HELLO = """\
import gradio as gr

with gr.Blocks(analytics_enabled=False) as hello:
    gr.Textbox()
hello.launch(ssr_mode=False, run_history=False, footer_links=[], show_error=False, mcp_server=False, quiet=True)
"""
"""A program that serves a Gradio page with one text box at GRADIO_SERVER_NAME and GRADIO_SERVER_PORT."""
ECHO = """\
import gradio as gr

async def echo(text):
    yield text

with gr.Blocks(analytics_enabled=False) as page:
    asked, told = gr.Textbox(), gr.Textbox()
    asked.submit(echo, asked, told)
page.queue(max_size=200, default_concurrency_limit=40)
page.launch(ssr_mode=False, run_history=False, footer_links=[], show_error=False, mcp_server=False, quiet=True)
"""
"""The same with two, of which the second gets what is sent from the first."""


ECHO = """\
import gradio as gr

chat = gr.ChatInterface(lambda message, history: "echo: " + message, analytics_enabled=False)
chat.launch(ssr_mode=False, run_history=False, footer_links=[], show_error=False, mcp_server=False, quiet=True)
"""
"""A program that serves Gradio's own chat page, which repeats what it is told."""


@dataclass(frozen=True)
class Vectors:
    """What a collection holds, as Chroma takes it."""

    ids: list[str]
    embeddings: Any
    texts: list[str]
    metadatas: list[Any]

    @classmethod
    def of(cls, index: Index) -> Vectors:
        """Read everything back out of an index."""
        found = index.vectors.get(include=["embeddings", "documents", "metadatas"])
        return cls(found["ids"], found["embeddings"], found["documents"], found["metadatas"])

    def documents(self) -> dict[str, tuple[str, tuple[float, ...]]]:
        """Return text and vector by id."""
        return {i: (t, tuple(v)) for i, t, v in zip(self.ids, self.texts, self.embeddings, strict=True)}


def build(folder: Path, vectors: Vectors) -> None:
    """Make a collection and fill it."""
    client = _client(folder)
    made = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    for start in range(0, len(vectors.ids), BATCH):
        _upsert(made, vectors, slice(start, start + BATCH))
    client.close()


def change(folder: Path, vectors: Vectors) -> None:
    """Open a collection and write its first document again."""
    client = _client(folder)
    _upsert(client.get_collection(COLLECTION, embedding_function=None), vectors, slice(1))
    client.close()


def open_and_ask(folder: Path, vectors: Vectors) -> None:
    """Open a collection, count it and ask it once."""
    client = _client(folder)
    found = client.get_collection(COLLECTION, embedding_function=None)
    found.count()
    found.query(query_embeddings=vectors.embeddings[:1], n_results=1)
    client.close()


def _upsert(collection: Any, vectors: Vectors, part: slice) -> None:
    collection.upsert(
        ids=vectors.ids[part],
        embeddings=vectors.embeddings[part],
        documents=vectors.texts[part],
        metadatas=vectors.metadatas[part],
    )


def _client(folder: Path) -> Any:
    import chromadb  # noqa: PLC0415 (0.9 s: `--help` and a wrong name needn't wait)
    from chromadb.config import Settings  # noqa: PLC0415 (as above)

    return chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False, _env_file=None))
