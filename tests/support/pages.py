"""The page for the browser tests: over the real résumé, and over answers made to measure."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from serving import free_port, running_app

from askme.resume.loader import load_knowledge
from askme.settings import Settings
from askme.types import Answer, Citation, Done, Event, Knowledge, Retrieved, Sentence, Status, Turn

CITED, BESIDE = "tiktok.distillation.3", "shopee.jrc.2"


@dataclass
class ScriptedChain:
    """Answers with the number of earlier turns, in three pieces; what a question says changes how.

    "slowly": with time to press Stop. "boom": fails at once, "late": after the first piece. "hold": until released.
    """

    knowledge: Knowledge
    released: threading.Event = field(default_factory=threading.Event)
    forgotten: list[Answer] = field(default_factory=list)
    assistant: None = None
    mode = "extractive"

    def stream(self, question: str, history: Sequence[Turn] = (), stop: object = None) -> Iterator[Event]:
        if "boom" in question:
            raise RuntimeError(question)
        bullet = self.knowledge.bullets[CITED]
        cited = (Citation(1, bullet.id, bullet.text.en, bullet.text.zh, "TikTok"),)
        yield Retrieved(question, (CITED, BESIDE))
        if "hold" in question:
            self.released.wait(60)
        pieces = ("Well, ", "there were ", f"{len(history)} before [1]")
        for piece in pieces:
            time.sleep(1.2 if "slowly" in question else 0.05)
            if "late" in question and piece != pieces[0]:
                raise RuntimeError(question)
            yield Sentence(piece, cited if piece == pieces[-1] else ())
        status: Status = "declined" if "poem" in question else "answered"
        yield Done(Answer(question, question, "en", status, "".join(pieces), "extractive", cited, {}))

    def forget(self, answer: Answer) -> None:
        self.forgotten.append(answer)

    def suggest(self, answer: Answer) -> tuple[str, ...]:
        return ("And what then?",)


@dataclass(frozen=True)
class Scripted:
    """A running page over a scripted chain."""

    address: str
    port: int
    chain: ScriptedChain
    data_dir: Path


@contextmanager
def scripted_page(data_dir: Path, **settings: object) -> Iterator[Scripted]:
    """Serve the page over a scripted chain in this process."""
    from askme.web.gradio_app import build_app  # noqa: PLC0415 (2 s, which tests without a page shouldn't pay)

    made = Settings(data_dir=data_dir, **settings)  # type: ignore[arg-type]
    chain = ScriptedChain(load_knowledge(made.knowledge_dir))
    port = free_port()
    app = build_app(lambda: chain, made)  # type: ignore[arg-type,return-value]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Scripted(f"http://127.0.0.1:{port}", port, chain, data_dir)
    chain.released.set()
    server.should_exit = True
    server.force_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    with scripted_page(tmp_path_factory.mktemp("scripted")) as page:
        yield page


@pytest.fixture(scope="session")
def resume_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real app."""
    with running_app(tmp_path_factory.mktemp("page")) as address:
        yield address
