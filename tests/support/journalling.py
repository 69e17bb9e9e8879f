"""What tests of the journal share: a clock that is set by hand, answers made up, processes that are killed.

As a program it prints what happened as JSON: `journalling.py kill FILE TIMES`, `journalling.py write FILE TIMES`,
`journalling.py measure FILE`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from askme.journal.journal import Journal
from askme.types import Answer, Citation

ADDRESS = "203.0.113.77"
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


class Clock:
    """Tells the time it is set to."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


def answer(question="what did he do at TikTok?", cites=("tiktok.lite.3",), **changed):
    """Return an answer as the chain would give it."""
    made = {
        "question": question,
        "standalone_question": question,
        "language": "en",
        "status": "answered",
        "text": "He did X. [1]",
        "mode": "extractive",
        "citations": tuple(Citation(n, id_, "X", "某", "TikTok") for n, id_ in enumerate(cites, 1)),
        "timings_ms": {"retrieve": 4.0, "total": 10.0},
        "retrieved": (*cites, "tiktok.lite.1"),
    }
    return Answer(**made | changed)


def written(path):
    """Return the bytes of everything beside and in a journal's file, once nobody has it open."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def _write_until_killed(path, pipe):
    journal, end = Journal(path), time.monotonic() + 10
    while time.monotonic() < end:
        identifier = journal.record(answer(), ADDRESS)
        journal.rate(identifier, "up")
        if journal.flush():
            os.write(pipe, identifier.encode())
    os._exit(0)


def kill(path, times):
    """Kill a writing process at random moments; tell which ids it had been told are kept, and which are."""
    acknowledged = []
    for _ in range(times):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _write_until_killed(path, writing)
        os.close(writing)
        time.sleep(random.uniform(0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as told:
            text = told.read()
        acknowledged += [text[i : i + 16] for i in range(0, len(text), 16)]
    journal = Journal(path)
    kept = {event.id: event.thumb for event in journal.events()}
    again = journal.record(answer(), ADDRESS)
    return {
        "acknowledged": len(acknowledged),
        "lost": [id_ for id_ in acknowledged if kept.get(id_) != "up"],
        "works": journal.flush() and again in {event.id for event in journal.events()},
        "aside": [file.name for file in path.parent.glob("*.broken-*")],
    }


def write(path, times):
    """Record answers one by one."""
    journal = Journal(path)
    for number in range(times):
        journal.record(answer(f"question {number}"), ADDRESS)
        journal.flush()
    return {"problem": journal.problem}


def measure(path, times=2000):
    """Return how many milliseconds `record` takes, and a commit of one note after it."""
    journal, noting, writing = Journal(path, limit=2 * times), [], []
    for number in range(times):
        started = time.perf_counter()
        journal.record(answer(), ADDRESS)
        noting.append((time.perf_counter() - started) * 1000)
        if number % 20 == 0:
            journal.flush()
            writing.append((time.perf_counter() - started) * 1000)
    journal.close()
    return {name: _spread(took) for name, took in (("record", noting), ("record and flush", writing))}


def _spread(took):
    percentiles = statistics.quantiles(took, n=100)
    return {"p50": round(percentiles[49], 3), "p99": round(percentiles[98], 3), "max": round(max(took), 3)}


if __name__ == "__main__":
    task, file, *numbers = sys.argv[1:]
    told = {"kill": kill, "write": write, "measure": measure}[task](Path(file), *map(int, numbers))
    sys.stdout.write(json.dumps(told) + "\n")
