"""Chroma's own server, `chroma run`, as a process that a test can kill, freeze, empty and start again."""

from __future__ import annotations

import http.client
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from serving import free_port
from surroundings import clean_environment

START_SECONDS = 60
_RUN = "import sys; from chromadb.cli.cli import app; sys.exit(app())"


class ChromaProcess:
    """A server on a port of its own, with its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        where = ["--path", str(self._folder / "files"), "--host", "127.0.0.1", "--port", str(self.port)]
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, "run", *where], stdout=log, stderr=log, env=clean_environment()
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, "Chroma's server doesn't answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
                connection.request("GET", "/api/v2/heartbeat")
                return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def wipe(self) -> None:
        """Lose everything, while it is down."""
        shutil.rmtree(self._folder / "files", ignore_errors=True)

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


def collection_names(server: Any, kind: str) -> list[str]:
    """Return the names of our collections of a kind."""
    return sorted(one.name for one in server.collections() if one.name.startswith(f"askme-{kind}-"))


@pytest.fixture(scope="module")
def chroma_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    made = ChromaProcess(tmp_path_factory.mktemp("chroma"))
    yield made
    made.thaw()
    made.kill()


@pytest.fixture
def chroma_server(chroma_process: ChromaProcess) -> ChromaProcess:
    """A running, empty Chroma: `.url`, `.kill()`, `.wipe()`, `.start()`, `.freeze()`, `.thaw()`."""
    from askme.search.chroma import ChromaServer  # noqa: PLC0415
    from askme.storage.addresses import ServerAddress  # noqa: PLC0415

    chroma_process.thaw()
    if not chroma_process.answers():
        chroma_process.kill()
        chroma_process.start()
    server = ChromaServer(ServerAddress.read(chroma_process.url), 30)
    for one in server.collections():
        server.drop(one.name)
    return chroma_process
