"""Programs that serve HTTP on loopback, started, asked and ended."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.measure import ROOT

HOST = "127.0.0.1"
PATIENCE = 60
"""Seconds for one start, and for one answer."""
_POLL = 0.005


@dataclass(frozen=True)
class Server:
    """A program under way; `started` is when, in seconds of the monotonic clock, `log` what it has said."""

    process: subprocess.Popen[bytes]
    port: int
    started: float
    log: IO[bytes]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def seconds_to_200(self, path: str) -> float:
        """Wait until `path` answers 200; return the seconds since the program was started.

        Raises:
            RuntimeError: it ended, or took longer than `PATIENCE`; shows the end of what it said.
        """
        while time.perf_counter() - self.started < PATIENCE and self.process.poll() is None:
            if self._status(path) == http.client.OK:
                return time.perf_counter() - self.started
            time.sleep(_POLL)
        self.log.seek(0)
        said = self.log.read().decode(errors="replace")[-2000:]
        raise RuntimeError(f"no answer from {self.url}{path} within {PATIENCE} s:\n{said}")

    def _status(self, path: str) -> int:
        try:
            with closing(http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


@contextmanager
def served(program: Path, data_dir: Path, **more: str) -> Iterator[Server]:
    """Run a Python program that reads its port from GRADIO_SERVER_PORT; it ends with the block.

    `more` is added to its environment.
    """
    port = free_port()
    env = (
        os.environ
        | more
        | {
            "GRADIO_SERVER_NAME": HOST,
            "GRADIO_SERVER_PORT": str(port),
            "ASKME_DATA_DIR": str(data_dir),
        }
    )
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, str(program)], cwd=ROOT, env=env, stdout=log, stderr=log)  # noqa: S603 (ours)
        try:
            yield Server(process, port, started, log)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a TCP port that is free at the moment."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
