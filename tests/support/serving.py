"""The real app as a process of its own, for the tests that meet it from outside."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from surroundings import clean_environment

from askme.settings import ROOT

START_SECONDS = 120
"""What a start may take on a busy machine."""
_CHANCE = random.SystemRandom()


def free_port() -> int:
    """Return a port below those that the system gives to connections, so that none takes it before it is used."""
    while True:
        port = _CHANCE.randrange(10_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def app(log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start the app as a Space does, `python app.py`, without the package installed."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**clean_environment(), **environment},
            stdout=output,
            stderr=output,
        )


@contextmanager
def running_app(data_dir: Path, **environment: str) -> Iterator[str]:
    """Yield the address of the app over the real résumé, once it serves its page."""
    port, log = free_port(), data_dir / "app.log"
    process = app(log, **{"GRADIO_SERVER_PORT": str(port), "ASKME_DATA_DIR": str(data_dir)} | environment)
    try:
        awaited_page(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def ready(address: str) -> dict[str, Any]:
    """Wait until the app can answer; return what /healthz tells then."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=30) as reply:
                return dict(json.load(reply))
        except urllib.error.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"{address} does not get ready")


def awaited_page(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail(f"the app does not serve {address}:\n{log.read_text()}")
