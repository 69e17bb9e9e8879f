"""Two replicas beside one: answers a second when as many visitors ask as can be served, each replica on one core.

The visitors and Chroma's server run on the same machine and take their share of it, so two replicas get less than two
cores: what is printed is a lower bound of what a machine of its own for each gives.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.crowd import UNLIMITED, Crowd, event_of, failures, questions, stay
from benchmarks.measure import folder
from benchmarks.report import Row, Table
from benchmarks.served import HOST, Server, free_port, served
from benchmarks.startup import APP
from benchmarks.visitors import Visit

VISITORS, SECONDS, ROUNDS = 12, 10, 3
"""Visitors of each replica, how long they stay, and how often it is measured: one replica and two in turns."""
MORE = 1.6
"""What two replicas should give beside one."""
_CHROMA = "import sys; from chromadb.cli.cli import app; sys.exit(app())"
_SETTINGS = {**UNLIMITED, "ASKME_CACHE_ANSWERS": "0", "ASKME_LOG_LEVEL": "WARNING"}


def run() -> Table:
    """Measure; needs a system that can tie a process to a core (Linux), and two cores."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        return Table("replicas", [], ["needs Linux and two cores"])
    rows: list[Row] = []
    with folder() as base, _chroma(base / "chroma") as url:
        for what, settings in (("an index each", {}), ("one Chroma server", {"ASKME_CHROMA_URL": url})):
            rows += _compared(what, base, {**_SETTINGS, **settings})
    notes = [
        f"{VISITORS} visitors of each replica for {SECONDS} s, each asking as soon as the last answer is there; the "
        f"best of {ROUNDS} rounds, one replica and two in turns; no kept answers, no limits",
        f"aim: two replicas take 1 / {MORE} of the time of one; visitors and Chroma share the two cores with them",
    ]
    return Table("replicas, each on one core", rows, notes)


def _compared(what: str, base: Path, settings: dict[str, str]) -> list[Row]:
    cores = sorted(os.sched_getaffinity(0))[:2]
    alone, both = [], []
    with ExitStack() as running:
        pair = [running.enter_context(_replica(core, base / f"{what}-{core}", settings)) for core in cores]
        for number in range(ROUNDS + 1):
            crowds = (_stay(pair[:1]), _stay(pair))
            if number:  # the first is what only the first visitors pay for
                alone.append(crowds[0])
                both.append(crowds[1])
    one, two = max(map(_per_second, alone)), max(map(_per_second, both))
    seen = [crowd for crowds in (*alone, *both) for crowd in crowds]
    return [
        Row(f"{what}: answers a second, one replica", one, ""),
        Row(f"{what}: answers a second, two replicas", two, "", one),
        Row(
            f"{what}: time of an answer, two replicas beside one", 1 / two, "ms", 1 / one, aim_ratio=round(1 / MORE, 3)
        ),
        Row(f"{what}: processor time of an answer, two replicas beside one", _cpu(both), "ms", _cpu(alone)),
        *(failures(what, crowd) for crowd in seen if failures(what, crowd).value),
    ]


@contextmanager
def _replica(core: int, data_dir: Path, settings: dict[str, str]) -> Iterator[Server]:
    """Run a replica on one core: threads that it starts stay there."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        replica = served(APP, data_dir, **settings)
        server = replica.__enter__()
    finally:
        os.sched_setaffinity(0, allowed)
    try:
        server.seconds_to_200("/healthz")
        yield server
    finally:
        replica.__exit__(None, None, None)


def _stay(servers: Sequence[Server]) -> list[Crowd]:
    """Return what became of a crowd at each of these servers, all there at the same time."""
    visits = [Visit(server.port, event_of(server), VISITORS, SECONDS, questions()) for server in servers]
    with ThreadPoolExecutor(len(servers)) as pool:
        return list(pool.map(stay, servers, visits))


def _per_second(crowds: Sequence[Crowd]) -> float:
    return sum(crowd.per_second for crowd in crowds)


def _cpu(rounds: Sequence[Sequence[Crowd]]) -> float | None:
    """Return the processor seconds of the replicas for an answer, over all rounds: a busy machine changes it little."""
    crowds = [crowd for crowds in rounds for crowd in crowds]
    if any(crowd.cpu is None for crowd in crowds):
        return None
    return sum(crowd.cpu or 0.0 for crowd in crowds) / sum(len(crowd.answered) for crowd in crowds)


@contextmanager
def _chroma(files: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-c", _CHROMA, "run", "--path", str(files), "--host", HOST, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (ours)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError("Chroma's server doesn't start")
            time.sleep(0.1)
        yield f"http://{HOST}:{port}"
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
