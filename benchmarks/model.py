"""The scripted model: tests/support/openai_server.py, which answers with the evidence it is given, under its ids."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.measure import ROOT

sys.path.append(str(ROOT / "tests" / "support"))
_stub: Any = import_module("openai_server")

KEY = "sk-benchmark"
SENTENCES = 3
"""Of one reply, at most."""
CHUNK, FIRST_AFTER, EVERY = 4, 0.2, 0.01
"""Characters of a delta; seconds before the first and between two, where a reply is paced."""
_LINE = re.compile(r"^- (.+?)[.。]? \[([\w.-]+)\]$", re.MULTILINE)
_NEAREST = re.compile(r"^Nearest lines: (.+)$", re.MULTILINE)
_SEVERAL = re.compile(r"\.\s|[。!?！？]")


def said(body: dict[str, Any]) -> str:
    """Return the reply to a request: the lines nearest to its question that are one sentence, in their own words."""
    fixed, asked = (message["content"] for message in body["messages"][:2])
    lines = {id_: text for text, id_ in _LINE.findall(f"{fixed}\n{asked}")}
    nearest = _NEAREST.search(asked)
    near = [id_ for id_ in (nearest[1].split(", ") if nearest else ()) if id_ in lines]
    plain = [f"{lines[id_]} [{id_}]." for id_ in near if not _SEVERAL.search(lines[id_])]
    if not plain:
        return "NOT_STATED\nThe résumé doesn't say that [none]."
    return "\n".join(("ANSWERED", " ".join(plain[:SENTENCES])))


def instant() -> Any:
    """Return a server in this process whose `chats` can be looked at; it doesn't wait."""
    server = _stub.OpenAIServer()
    server.replies(lambda body: _stub.Reply(said(body)))
    return server


@contextmanager
def paced(seconds: float | None = None) -> Iterator[str]:
    """Give the address of a server in a process of its own: it must keep its pace whatever its clients compute.

    With `seconds`, an answer takes so long whatever its length.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, seconds), daemon=True)
    process.start()
    try:
        yield str(ours.recv())
    finally:
        ours.close()
        process.join()


def _serve(parent: Connection, seconds: float | None) -> None:
    def reply(body: dict[str, Any]) -> Any:
        text = said(body)
        every = EVERY if seconds is None else (seconds - FIRST_AFTER) / (len(text) / CHUNK)
        return _stub.Reply(text, chunk=CHUNK, first_after=FIRST_AFTER, every=every)

    with _stub.OpenAIServer() as server:
        server.replies(reply)
        parent.send(server.url)
        parent.poll(None)
