"""A résumé to be searched by meaning, and an index of it whose embeddings come from the scripted server."""

import importlib
from dataclasses import replace

import pytest
from modelled import KEY, kept
from tiny import both

from askme.llm.embeddings import Embedder
from askme.resume.loader import load_knowledge
from askme.search.dense_index import SemanticIndex
from askme.settings import load_settings
from askme.types import Expansion

CAKES = range(2, 62)


@pytest.fixture
def knowledge(tiny_knowledge):
    """The pastry cook, with 60 more cakes."""
    small = load_knowledge(tiny_knowledge)
    cake = small.bullets["hotel.1"]
    cakes = [replace(cake, id=f"hotel.{n}", text=both(f"蛋糕 {n}", f"cake {n}"), expansion=Expansion()) for n in CAKES]
    return replace(small, bullets=small.bullets | {one.id: one for one in cakes})


@pytest.fixture
def index(server, tmp_path):
    """Make an index of some knowledge with `server` behind it: `index(knowledge, embedding_model="other")`."""
    importlib.import_module("langchain_openai")
    usual = {
        "openai_api_key": KEY,
        "openai_base_url": server.url,
        "data_dir": tmp_path / "data",
        "embedding_model": "e",
    }

    def made(knowledge, **knobs):
        settings = load_settings(**(usual | knobs))
        return kept(SemanticIndex(knowledge, Embedder(settings), settings))

    return made


def texts(server, since=0):
    """Return the texts that were sent to be embedded, after the first `since` calls."""
    return [text for request in server.embedded[since:] for text in request.body["input"]]


def changed(knowledge, identifier, **fields):
    return replace(
        knowledge, bullets=knowledge.bullets | {identifier: replace(knowledge.bullets[identifier], **fields)}
    )
